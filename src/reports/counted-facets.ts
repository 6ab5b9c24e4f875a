import { partMeasures, reportMeasures } from '../domain/report.ts'
import { planReport, type ReportGrain, type ReportPlan } from '../domain/report-plan.ts'
import type { ReportDimension, ReportFilters, ReportPeriod } from '../domain/report-query.ts'
import type { ZoneOffset } from '../domain/zone-offsets.ts'
import { type Bind, filterSql, isAny } from './call-conditions.ts'
import { readSql } from './read-sql.ts'

/** What sums and calls say of each measure; of repeats, which have sums of their own, they say nothing. */
const measured = (said: (name: (typeof reportMeasures)[number]) => string) =>
  partMeasures
    .map((name) =>
      (reportMeasures as readonly string[]).includes(name) ? said(name as never) : `0::bigint as ${name}`,
    )
    .join(', ')

const begin = readSql('counted-facets.sql')
  .replaceAll(
    ':measures',
    measured((name) => name),
  )
  .replaceAll(
    ':own_measures',
    measured((name) => `own.${name}`),
  )
  .replaceAll(
    ':other_costs',
    measured((name) => (name === 'cost_micros' ? 'other.micros::bigint' : '0::bigint')),
  )
const repeatChanges = readSql('repeat-changes.sql')
const repeatedCalls = readSql('repeated-calls.sql').replace(
  ':no_measures',
  reportMeasures.map(() => '0::bigint').join(', '),
)

/** Sums of days know these dimensions, and filters of them. */
const knownOfDays: readonly ReportDimension[] = [
  ...(['channel', 'skill', 'handoff', 'sender'] as const),
  ...(['reason', 'error', 'day', 'weekday'] as const),
]
const filtersOfDays: readonly string[] = ['channels', 'skills', 'handoffs', 'senders', 'reasons']

export interface CountedPeriod extends ReportPeriod {
  readonly accountId: string
  readonly filters: ReportFilters
  readonly offsets: readonly ZoneOffset[]
}

export interface Statement {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

/**
 * A statement over `counted`: what the calls of a period count for.
 * @param dimensions by which it tells apart.
 * @param rest what follows: `select … from counted …`.
 * @param options.hours true when it looks at more than dimensions and filters say: nothing from sums of days. `repeatDays`:
 *   how soon another call makes one a repeated one; without it none is.
 */
export function overCounted(
  period: CountedPeriod,
  dimensions: readonly ReportDimension[],
  rest: (bind: Bind) => string,
  options: { readonly hours?: boolean; readonly repeatDays?: number } = {},
): Statement {
  const { accountId, from, to, filters, offsets } = period
  const days =
    options.hours !== true &&
    dimensions.every((dimension) => knownOfDays.includes(dimension)) &&
    Object.entries(filters).every(([name, list]) => isAny(list) || filtersOfDays.includes(name))
  const plan = planReport({ from, until: to }, grainOf(dimensions), offsets, { days })
  const parameters = [accountId, ...planned(plan), ...shifts(offsets), ...[from, to]]
  const bind: Bind = (value) => `$${parameters.push(value)}`
  const { repeatDays } = options
  const repeats = repeatDays === undefined ? '' : repeatedCalls.replaceAll(':repeat_days', bind(repeatDays))
  const sql = begin
    .replace(':repeat_changes', () => (repeats === '' ? '' : repeatChanges))
    .replace(':repeated_calls', () => repeats)
    .replaceAll(':one_by_one', isWhole(plan, period) ? 'c.attempted_at >= $11 and c.attempted_at < $12' : listed)
    .replace(':filters', () => filterSql(filters, bind))
  return { sql: `${sql}${rest(bind)}`, parameters }
}

const listed = 'c.call_id = any(array(select call_id from one_by_one))'
/** A long period that is read from the calls alone is quicker read in the order in which they lie. */
const longMs = 6 * 3_600_000
const isWhole = ({ spans }: ReportPlan, { from, to }: ReportPeriod): boolean =>
  spans.length === 1 && spans[0]!.from <= from && spans[0]!.until >= to && to.getTime() - from.getTime() >= longMs

const planned = ({ spans, hoursFrom, hoursUntil, daysFrom, daysUntil, splitHours }: ReportPlan): unknown[] => [
  ...[spans.map(({ from }) => from.toISOString()), spans.map(({ until }) => until.toISOString())],
  ...[hoursFrom, hoursUntil, daysFrom, daysUntil],
  splitHours.map((hour) => hour.toISOString()),
]

/** Seconds, and since when; the first from any time on: a sum of an hour or day may begin before the period does. */
export const shifts = (offsets: readonly ZoneOffset[]): unknown[] => [
  offsets.map(({ shiftMs }) => shiftMs / 1000),
  offsets.map(({ since }, place) => (place === 0 ? '-infinity' : new Date(since).toISOString())),
]

function grainOf(dimensions: readonly ReportDimension[]): ReportGrain {
  if (dimensions.includes('minute')) return 'minute'
  if (dimensions.some((dimension) => dimension === 'hour' || dimension === 'hourOfDay')) return 'hour'
  return dimensions.some((dimension) => dimension === 'day' || dimension === 'weekday') ? 'day' : 'none'
}
