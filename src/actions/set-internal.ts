import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { setInternalApp } from '../store/app-installs.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'
import { setInternalUser } from '../store/internal-user.ts'

/** Whether the account's internal user and app are there and enabled; without them the contract answers 1200 and 1201. */
export interface InternalParts {
  readonly user: boolean
  readonly app: boolean
}

/** Enables or disables the internal user and app; what is not given stays. */
export async function setInternal(
  deps: Deps,
  caller: Caller,
  accountId: string,
  change: Partial<InternalParts>,
): Promise<InternalParts> {
  return changeAccount(deps, caller, accountId, async (tx, config) => {
    const before = { user: config.internalUser, app: config.internalApp }
    const after = { ...before, ...change }
    if (change.user !== undefined) await setInternalUser(tx, accountId, change.user)
    if (change.app !== undefined) await setInternalApp(tx, accountId, change.app)
    await recordAudit(tx, accountId, caller, { action: 'internal.change', subject: accountId, before, after })
    return after
  })
}
