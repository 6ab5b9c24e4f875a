import type { Deps } from '../deps.ts'
import type { Region } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import { checkName } from '../domain/check-name.ts'
import { Problem } from '../errors.ts'
import { type AccountRow, listAccounts, updateAccount } from '../store/accounts.ts'
import { recordAudit } from '../store/audit.ts'
import { changeAccount } from '../store/change-account.ts'

/**
 * Renames, moves, disables or enables a brand. A disabled brand's credentials, users and calls are refused; nothing of it is lost.
 * @throws Problem `invalid-request`; AccountUnknown
 */
export async function saveAccount(
  deps: Deps,
  caller: Caller,
  accountId: string,
  change: { title?: string; region?: Region; enabled?: boolean },
): Promise<AccountRow> {
  return changeAccount(deps, caller, accountId, async (tx) => {
    const fault = change.title === undefined ? null : checkName('The name', change.title)
    if (fault !== null) throw new Problem('invalid-request', { details: [fault] })
    const [before] = await listAccounts(tx, accountId)
    await updateAccount(tx, accountId, change)
    const [after] = await listAccounts(tx, accountId)
    await recordAudit(tx, accountId, caller, { action: 'account.change', subject: accountId, before, after })
    return after!
  })
}
