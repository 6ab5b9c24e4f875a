import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { type IssuedApiKey, renewApiKey as storeNewSecrets } from '../store/api-keys.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

/** Gives a key new secrets, told this once; the old ones stop working at once. @throws Problem `not-found` */
export async function renewApiKey(
  deps: Deps,
  caller: Caller,
  accountId: string,
  appKey: string,
): Promise<IssuedApiKey> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    if (!config.apiKeys.has(appKey)) throw new Problem('not-found')
    const issued = await storeNewSecrets(tx, deps.cipher, accountId, appKey)
    await recordAudit(tx, accountId, caller, {
      action: 'api-key.renew',
      subject: appKey,
      before: null,
      after: { secrets: 'changed' },
    })
    return issued
  })
}
