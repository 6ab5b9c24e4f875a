import type { Deps } from '../deps.ts'
import type { AppInstall } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { updateAppInstall } from '../store/app-installs.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

export type AppChange = Partial<Pick<AppInstall, 'title' | 'privileges' | 'enabled'>>

/** Changes what may change of an OAuth client. @throws Problem `not-found` (the internal app too), `invalid-request` */
export async function saveApp(
  deps: Deps,
  caller: Caller,
  accountId: string,
  clientId: string,
  change: AppChange,
): Promise<Required<AppChange> & { clientId: string }> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const app = config.appInstalls.get(clientId)
    if (app === undefined || app.internal) throw new Problem('not-found')
    const before = { clientId, title: app.title, privileges: app.privileges, enabled: app.enabled }
    const after = { ...before, ...change }
    const fault = checkName('The title', after.title)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })
    await updateAppInstall(tx, accountId, after)
    await recordAudit(tx, accountId, caller, { action: 'app.change', subject: clientId, before, after })
    return after
  })
}
