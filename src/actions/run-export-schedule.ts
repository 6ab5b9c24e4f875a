import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { lastRun, periodOf } from '../domain/export-schedule.ts'
import { Problem } from '../errors.ts'
import { actorOf, recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { lockExportSchedule } from '../store/export-schedules.ts'
import { insertScheduledExport } from '../store/exports.ts'

/**
 * Makes and delivers the file of the last whole period now, whether it was made before or not: to try a new destination, or
 * after a mend. There is one file all the same.
 * @returns the export's id.
 * @throws Problem `forbidden`, `not-found`
 */
export async function runExportSchedule(
  deps: Deps,
  caller: Caller,
  accountId: string,
  scheduleId: string,
): Promise<{ exportId: string }> {
  demand(caller, 'export-schedules.change')
  return atomic(deps.db, async (tx) => {
    const schedule = await lockExportSchedule(tx, accountId, scheduleId)
    if (schedule === null) throw new Problem('not-found')
    const { kind, format, query, masked } = schedule
    const span = periodOf(schedule, lastRun(schedule, deps.clock.now()))
    const askedBy = actorOf(caller)
    const exportId = await insertScheduledExport(tx, accountId, scheduleId, {
      ...{ kind, format, query, span, masked, askedBy },
    })
    const after = { exportId }
    await recordAudit(tx, accountId, caller, {
      action: 'export-schedule.run',
      subject: scheduleId,
      before: null,
      after,
    })
    return { exportId }
  })
}
