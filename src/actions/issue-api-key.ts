import type { Deps } from '../deps.ts'
import type { Privilege } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { type IssuedApiKey, insertApiKey, mostApiKeys } from '../store/api-keys.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

/**
 * Makes an API key; its secrets are told this once.
 * @throws Problem `invalid-request`; `conflict` when the account has all the keys it may have.
 */
export async function issueApiKey(
  deps: Deps,
  caller: Caller,
  accountId: string,
  input: { title: string; privileges: readonly Privilege[] },
): Promise<IssuedApiKey> {
  return changeAccount(deps, caller, accountId, async (tx) => {
    const fault = checkName('The title', input.title)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })
    const issued = await insertApiKey(tx, deps.cipher, accountId, input)
    if (issued === null) {
      throw new Problem('conflict', {
        sentence: `An account has at most ${mostApiKeys} API keys`,
        details: ['Keys cannot be deleted; enable or renew a disabled one instead.'],
      })
    }
    await recordAudit(tx, accountId, caller, {
      action: 'api-key.create',
      subject: issued.appKey,
      before: null,
      after: input,
    })
    return issued
  })
}
