import type { Deps } from '../deps.ts'
import { nextRun, periodOf } from '../domain/export-schedule.ts'
import { atomic, type Tx } from '../store/db.ts'
import { lockDueSchedule, moveSchedule } from '../store/export-schedules.ts'
import { insertScheduledExport } from '../store/exports.ts'

/** Of one round; the next is seconds later. */
const mostAtOnce = 100

/**
 * Enters the exports whose hour has come, of every brand. After a standstill each missed period gets its file, one after
 * the other. Each is entered in the tx that moves its schedule on, so it is entered once.
 */
export async function startScheduledExports(deps: Deps): Promise<void> {
  for (let started = 0; started < mostAtOnce; started += 1) {
    if (!(await atomic(deps.db, (tx) => startOne(tx, deps.clock.now())))) return
  }
}

/** @returns whether one was due. */
async function startOne(tx: Tx, now: Date): Promise<boolean> {
  const due = await lockDueSchedule(tx, now)
  if (due === null) return false
  const { accountId, scheduleId, kind, format, query, masked, nextRunAt } = due
  const span = periodOf(due, nextRunAt)
  await insertScheduledExport(tx, accountId, scheduleId, { kind, format, query, span, masked, askedBy: 'system' })
  await moveSchedule(tx, accountId, scheduleId, nextRun(due, nextRunAt))
  return true
}
