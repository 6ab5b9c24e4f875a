import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { type IssuedApp, renewAppSecret } from '../store/app-installs.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

/** Gives an OAuth client a new secret, told this once; the old one stops working at once. @throws Problem `not-found` */
export async function renewApp(deps: Deps, caller: Caller, accountId: string, clientId: string): Promise<IssuedApp> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    if (config.appInstalls.get(clientId)?.internal !== false) throw new Problem('not-found')
    const issued = await renewAppSecret(tx, accountId, clientId)
    await recordAudit(tx, accountId, caller, {
      action: 'app.renew',
      subject: clientId,
      before: null,
      after: { secrets: 'changed' },
    })
    return issued
  })
}
