import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { lockExportSchedule, deleteExportSchedule as remove } from '../store/export-schedules.ts'

/**
 * Deletes a schedule. Files that it has made stay where they are.
 * @throws Problem `forbidden`, `not-found`
 */
export async function deleteExportSchedule(
  deps: Deps,
  caller: Caller,
  accountId: string,
  scheduleId: string,
): Promise<void> {
  demand(caller, 'export-schedules.change')
  await atomic(deps.db, async (tx) => {
    const before = await lockExportSchedule(tx, accountId, scheduleId)
    if (before === null) throw new Problem('not-found')
    await remove(tx, accountId, scheduleId)
    await recordAudit(tx, accountId, caller, {
      action: 'export-schedule.delete',
      subject: scheduleId,
      before,
      after: null,
    })
  })
}
