import type { Static } from 'typebox'
import { percentDone } from '../../domain/export.ts'
import type { StoredSchedule } from '../../store/export-schedules.ts'
import type { StoredExport } from '../../store/exports.ts'
import type { exportAnswer, scheduleAnswer } from './export-schemas.ts'

/** @param names of the brand's people by id. */
export function presentExport(one: StoredExport, names: ReadonlyMap<string, string>): Static<typeof exportAnswer> {
  const { exportId, kind, format, masked, state, rows, lookedAt, bytes, failure, askedBy, scheduleId, delivered } = one
  const time = (at: Date | null) => at?.toISOString() ?? null
  return {
    ...{ exportId, kind, format, masked, state, rows, lookedAt, bytes, failure, askedBy, scheduleId, delivered },
    from: one.since.toISOString(),
    to: one.until.toISOString(),
    about: one.about === null ? null : Math.round(one.about),
    percent: percentDone(state, one),
    createdAt: one.createdAt.toISOString(),
    startedAt: time(one.startedAt),
    finishedAt: time(one.finishedAt),
    nextTryAt: time(state === 'waiting' && one.tries > 0 ? one.nextTryAt : null),
    expiresAt: time(one.expiresAt),
    fetchable: state === 'done' && one.fileName !== null,
    askedByName: names.get(askedBy.replace(/^user:/, '')) ?? null,
  }
}

/** @param last its newest export; undefined: there was none. */
export function presentSchedule(
  schedule: StoredSchedule,
  last: StoredExport | undefined,
  names: ReadonlyMap<string, string>,
): Static<typeof scheduleAnswer> {
  const { query, nextRunAt, ...rest } = schedule
  return {
    ...rest,
    filters: (query.filters ?? {}) as Static<typeof scheduleAnswer>['filters'],
    groupBy: [...(query.groupBy ?? [])],
    repeatDays: query.repeatDays ?? null,
    nextRunAt: nextRunAt.toISOString(),
    last: last === undefined ? null : presentExport(last, names),
  }
}
