import { randomUUID } from 'node:crypto'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { checkExportSchedule, type ExportSchedule, nextRun } from '../domain/export-schedule.ts'
import { may } from '../domain/policy.ts'
import { Problem } from '../errors.ts'
import { lockAccount } from '../store/accounts.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import {
  listExportSchedules,
  lockExportSchedule,
  mostSchedules,
  putExportSchedule,
  type StoredSchedule,
} from '../store/export-schedules.ts'

export type ScheduleDraft = Omit<ExportSchedule, 'scheduleId' | 'masked'>

const blank = {
  enabled: true,
  format: 'csv',
  query: {},
  every: 'day',
  hour: 3,
  weekday: null,
  monthDay: null,
  timeZone: 'UTC',
} as const satisfies Partial<ScheduleDraft>

/**
 * Adds a schedule (`scheduleId` null: one is made) or changes the parts given. Numbers in its files are whole when whoever
 * saves it may read them whole.
 * @param secret of the bucket's access key; undefined: it stays what it was.
 * @throws Problem `forbidden`, `not-found`, `conflict`, `invalid-request` with a sentence for each fault
 */
export async function saveExportSchedule(
  deps: Deps,
  caller: Caller,
  accountId: string,
  scheduleId: string | null,
  change: Partial<ScheduleDraft>,
  secret: string | undefined,
): Promise<StoredSchedule> {
  demand(caller, 'export-schedules.change')
  return atomic(deps.db, async (tx) => {
    if (!(await lockAccount(tx, accountId))) throw new Problem('not-found')
    const before = scheduleId === null ? null : await lockExportSchedule(tx, accountId, scheduleId)
    if (scheduleId !== null && before === null) throw new Problem('not-found')
    if (before === null && (await listExportSchedules(tx, accountId)).length >= mostSchedules) {
      throw new Problem('invalid-request', { details: [`A brand has ${mostSchedules} schedules at most.`] })
    }
    const merged = { ...blank, ...(before === null ? {} : draftOf(before)), ...change } as ScheduleDraft
    const after: ExportSchedule = {
      ...merged,
      weekday: merged.every === 'week' ? merged.weekday : null,
      monthDay: merged.every === 'month' ? merged.monthDay : null,
      masked: !may(caller, 'consumers.read-addresses'),
      scheduleId: scheduleId ?? randomUUID(),
    }
    // A secret belongs to where it was given for: it must not be sent to another server.
    const keeps = before?.hasSecret === true && sameKey(before, after)
    const hasSecret = after.destination?.to === 'bucket' && (secret !== undefined || keeps)
    const faults =
      after.destination === undefined
        ? ['The schedule needs a destination.']
        : checkExportSchedule(after, { hasSecret, hasFolder: deps.config.exportFolder !== null })
    if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
    const nextRunAt = nextRun(after, deps.clock.now())
    const kept = after.destination.to === 'folder' ? null : keeps && secret === undefined ? undefined : (secret ?? null)
    await putExportSchedule(tx, deps.cipher, accountId, after, { nextRunAt, secret: kept })
    await recordAudit(tx, accountId, caller, {
      action: before === null ? 'export-schedule.create' : 'export-schedule.change',
      subject: after.scheduleId,
      before,
      after: { ...after, ...(secret === undefined ? {} : { secrets: 'changed' }) },
    })
    return { ...after, nextRunAt, hasSecret }
  })
}

const draftOf = ({ scheduleId: _id, masked: _masked, nextRunAt: _next, hasSecret: _has, ...draft }: StoredSchedule) =>
  draft

function sameKey(before: ExportSchedule, after: ExportSchedule): boolean {
  const [a, b] = [before.destination, after.destination]
  return a.to === 'bucket' && b?.to === 'bucket' && a.endpoint === b.endpoint && a.accessKeyId === b.accessKeyId
}
