import type { Deps } from '../deps.ts'
import type { Privilege } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { type IssuedApp, insertAppInstall } from '../store/app-installs.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

/** An account that makes clients without end fills every process's memory with its configuration. */
const mostApps = 100

/**
 * Makes an OAuth client; its secret is told this once.
 * @throws Problem `invalid-request`; `conflict` when the account has all the apps it may have.
 */
export async function issueApp(
  deps: Deps,
  caller: Caller,
  accountId: string,
  input: { title: string; privileges: readonly Privilege[] },
): Promise<IssuedApp> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const fault = checkName('The title', input.title)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })
    if ([...config.appInstalls.values()].filter((app) => !app.internal).length >= mostApps) {
      throw new Problem('conflict', { sentence: `An account has at most ${mostApps} apps` })
    }
    const issued = await insertAppInstall(tx, accountId, input)
    await recordAudit(tx, accountId, caller, {
      action: 'app.create',
      subject: issued.clientId,
      before: null,
      after: input,
    })
    return issued
  })
}
