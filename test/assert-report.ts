import assert from 'node:assert/strict'
import { lossSteps } from '../src/domain/losses.ts'
import { isCalendar, type ReportDimension, type ReportGroup, type ReportQuery } from '../src/domain/report-query.ts'
import { type Report, report } from '../src/reports/report.ts'
import type { Database } from '../src/store/db.ts'
import type { CallRow } from './random-calls.ts'
import { callsAsked, dimensionOf, lossOf, reachedOf, slowFigures } from './slow-report.ts'

/** What a row of a report says of a dimension, as `dimensionOf` says it of a call: of what has a name the id. */
export function groupValue(group: ReportGroup, dimension: ReportDimension): string | number | null {
  const value = group[dimension] ?? null
  return typeof value === 'object' && value !== null ? value.id : value
}

/**
 * Asks for a whole report. Every figure, row and loss of it must be what a slow and obvious look at the calls says.
 * @param all calls of the brand, whenever.
 */
export async function assertReport(db: Database, query: ReportQuery, all: readonly CallRow[]): Promise<Report> {
  const { groupBy, timeZone, repeatDays } = query
  const title = JSON.stringify(query)
  const told = await report(db, query, 100_000)
  const calls = callsAsked(all, query, query)
  assert.deepEqual(told.totals, slowFigures(calls, all, repeatDays), title)
  const others = query.compareWith && callsAsked(all, query.compareWith, query)
  assert.deepEqual(told.compared, others && slowFigures(others, all, repeatDays), title)
  assert.equal(told.more, false)

  const slowKey = (call: CallRow) => JSON.stringify(groupBy.map((dimension) => dimensionOf(call, dimension, timeZone)))
  const rows = new Map(
    told.rows.map((row) => [JSON.stringify(groupBy.map((dimension) => groupValue(row.group, dimension))), row]),
  )
  assert.equal(rows.size, told.rows.length)
  const groups = Map.groupBy(groupBy.length === 0 ? [] : calls, slowKey)
  for (const [key, group] of groups)
    assert.deepEqual(rows.get(key)?.figures, slowFigures(group, all, repeatDays), `${title} ${key}`)
  for (const [key, { figures }] of rows) if (!groups.has(key)) assert.equal(figures.attempted, 0, `${title} ${key}`)
  // Days and the like are matched by their place, which is another's business.
  if (groupBy.length > 0 && others !== null && !groupBy.some(isCalendar))
    for (const [key, group] of Map.groupBy(others, slowKey))
      assert.deepEqual(rows.get(key)?.compared, slowFigures(group, all, repeatDays), `${title} ${key}`)

  assert.deepEqual(
    told.losses.map(({ step, reached, lost, reasons }) => ({
      ...{ step, reached, lost },
      reasons: Object.fromEntries(reasons.map(({ code, calls }) => [code, calls])),
    })),
    lossSteps.map((step, place) => {
      const lost = calls.filter((call) => reachedOf(call) === place)
      const byReason = Map.groupBy(lost, (call) => lossOf(call)!)
      return {
        step,
        reached: calls.filter((call) => reachedOf(call) > place).length,
        lost: lost.length,
        reasons: Object.fromEntries([...byReason].map(([code, group]) => [code, group.length])),
      }
    }),
    title,
  )
  return told
}
