import { errorOf, funnelSteps, type LossFacts, lossReason } from '../domain/losses.ts'
import { reportMeasures } from '../domain/report.ts'
import {
  type ClockDimension,
  type CountedStep,
  countedSteps,
  type GroupValue,
  isClock,
  type ReportDimension,
  type ReportFilters,
  type ReportGroup,
  type ReportPeriod,
} from '../domain/report-query.ts'
import { shiftOf, type ZoneOffset, zoneOffsets } from '../domain/zone-offsets.ts'
import type { Database, DbOrTx } from '../store/db.ts'
import {
  type FoundTransaction,
  type FoundTransactionRow,
  foundTransactionOf,
  type TransactionPlace,
} from '../store/transaction-search.ts'
import { type CallConditions, conditionSql, filterSql, isAny } from './call-conditions.ts'
import { type CountedPeriod, overCounted, shifts } from './counted-facets.ts'
import { inSnapshot } from './in-snapshot.ts'
import { readSql } from './read-sql.ts'
import { reportParts } from './report-parts.ts'

/** Which number: all conditions hold at once. */
export interface CallsBehindQuery extends ReportPeriod {
  readonly accountId: string
  readonly timeZone: string
  readonly filters: ReportFilters
  /** Counted by this figure; null, here and below: any. */
  readonly step: CountedStep | null
  /** That came to this step of the funnel, or beyond. */
  readonly reached: (typeof funnelSteps)[number] | null
  /** That did not come to this step, having come to the one before. */
  readonly lostAt: (typeof funnelSteps)[number] | null
  /** Code of a loss. */
  readonly reason: string | null
  /** Of a row of the report. */
  readonly group: ReportGroup
}

const page = readSql('calls-behind.sql').replace(':measures', reportMeasures.map((name) => `own.${name}`).join(', '))
const hourMs = 3_600_000

/**
 * The calls behind a number of a report, the newest first. The hours that hold some are found by the sums, so that a page
 * costs the same however long the period is.
 */
export async function callsBehind(
  db: Database,
  query: CallsBehindQuery,
  { after, limit }: { readonly after: TransactionPlace | null; readonly limit: number },
): Promise<{ readonly transactions: readonly FoundTransaction[]; readonly next: TransactionPlace | null }> {
  return inSnapshot(db, async (tx) => {
    const wanted = await wantedOf(tx, query)
    const rows = wanted === null ? [] : await rowsOf(tx, wanted, after, limit + 1)
    const last = rows[limit - 1]
    return {
      transactions: rows.slice(0, limit).map(foundTransactionOf),
      next: rows.length > limit && last !== undefined ? { at: last.place, callId: last.call_id } : null,
    }
  })
}

interface Wanted {
  readonly period: CountedPeriod
  readonly conditions: CallConditions
}

/** Null: filters and group leave nothing. */
async function wantedOf(tx: DbOrTx, query: CallsBehindQuery): Promise<Wanted | null> {
  const { accountId, from, to, group } = query
  const filters = narrowed(query.filters, group)
  if (filters === null) return null
  const period = { accountId, from, to, filters, offsets: zoneOffsets(query.timeZone, from, to) }
  const codes = [...(query.reason === null ? [] : [query.reason]), ...('reason' in group ? [textOf(group.reason)] : [])]
  const isReason = (facts: LossFacts) => {
    const code = lossReason(facts)?.code ?? null
    return (isAny(filters.reasons) || filters.reasons!.includes(code)) && codes.every((one) => one === code)
  }
  const isError = (facts: LossFacts) => !('error' in group) || (errorOf(facts)?.code ?? null) === textOf(group.error)
  const anyFacts = isAny(filters.reasons) && codes.length === 0 && !('error' in group)
  const facts = anyFacts ? null : await factsAmong(tx, period, (one) => isReason(one) && isError(one))
  return {
    period,
    conditions: {
      step: query.step,
      reached: query.reached && funnelSteps.indexOf(query.reached),
      stoppedAt: query.lostAt && funnelSteps.indexOf(query.lostAt) - 1,
      askedChannel: 'askedChannel' in group ? { is: textOf(group.askedChannel) } : null,
      facts,
      clock: Object.fromEntries(
        Object.entries(group).filter(([dimension]) => isClock(dimension as ReportDimension)),
      ) as Partial<Record<ClockDimension, string | number>>,
    },
  }
}

const textOf = (value: GroupValue | undefined): string | null => {
  if (value === null || value === undefined) return null
  return typeof value === 'object' ? value.id : String(value)
}

const filterNames = {
  channel: 'channels',
  skill: 'skills',
  handoff: 'handoffs',
  ivrNumber: 'ivrNumbers',
  sender: 'senders',
  country: 'countries',
  template: 'templates',
  variant: 'variants',
} as const satisfies Partial<Record<ReportDimension, keyof ReportFilters>>

/** The filters and a row's values at once; null when they contradict each other. */
function narrowed(filters: ReportFilters, group: ReportGroup): ReportFilters | null {
  const found: Record<string, readonly (string | null)[]> = { ...filters }
  for (const [dimension, name] of Object.entries(filterNames)) {
    if (!(dimension in group)) continue
    const value = textOf(group[dimension as ReportDimension])
    if (!isAny(filters[name]) && !filters[name]!.includes(value)) return null
    found[name] = [value]
  }
  return found
}

async function factsAmong(
  tx: DbOrTx,
  period: CountedPeriod,
  isWanted: (facts: LossFacts) => boolean,
): Promise<readonly LossFacts[]> {
  const { losses } = await reportParts(tx, period, [], { apart: true })
  return losses.flatMap(({ facts }) => (facts !== null && isWanted(facts) ? [facts] : []))
}

async function rowsOf(
  tx: DbOrTx,
  wanted: Wanted,
  after: TransactionPlace | null,
  most: number,
): Promise<readonly FoundTransactionRow[]> {
  const hours = await hoursWithCalls(tx, wanted, after)
  const found: FoundTransactionRow[] = []
  // The local clock may leave out what an hour holds: then more are looked into at once, and still more.
  for (let enough = most; hours.length > 0 && found.length < most; enough *= 2) {
    const some: Hour[] = []
    for (let calls = 0; hours.length > 0 && calls < enough; calls += some.at(-1)!.calls) some.push(hours.shift()!)
    found.push(...(await pageOf(tx, wanted, some, after, most - found.length)))
  }
  return found
}

interface Hour {
  readonly hour: Date
  readonly calls: number
}

/** The newest first. */
async function hoursWithCalls(
  tx: DbOrTx,
  { period, conditions }: Wanted,
  after: TransactionPlace | null,
): Promise<Hour[]> {
  const measure = countedSteps[conditions.step ?? 'attempted']
  const upTo = after === null ? period.to : new Date(Date.parse(`${after.at.replace(' ', 'T')}:00`) + 1)
  const to = upTo < period.to ? upTo : period.to
  if (to <= period.from) return []
  const { sql, parameters } = overCounted(
    { ...period, to },
    [],
    (bind) => `, told_of as (
      select counted.*, senders.connector
      from counted left join senders on senders.account_id = $1 and senders.sender_id = counted.sender_id)
    select date_trunc('hour', since, 'UTC') as hour, sum(times * ${measure})::float8 as calls
    from told_of where ${conditionSql(conditions, bind, { clock: false })}
    group by 1 having sum(times * ${measure}) > 0 order by 1 desc`,
    { hours: true },
  )
  const hours = await tx.unsafe<Hour[]>(sql, parameters as never)
  return hours.filter(({ hour }) => mayHold(hour.getTime(), conditions.clock, period.offsets))
}

/** Whether some moment of an hour of UTC may be of that local time. */
function mayHold(at: number, clock: CallConditions['clock'], offsets: readonly ZoneOffset[]): boolean {
  const labels = [at, at + hourMs - 1].map((moment) => new Date(moment + shiftOf(offsets, moment)))
  const day = clock.day === undefined || labels.some((label) => label.toISOString().startsWith(String(clock.day)))
  const weekday = clock.weekday === undefined || labels.some((label) => (label.getUTCDay() || 7) === clock.weekday)
  const hour = clock.hourOfDay === undefined || labels.some((label) => label.getUTCHours() === clock.hourOfDay)
  const exactly = [clock.hour, clock.minute].every((label) => {
    const begin = label === undefined ? at : Date.parse(String(label))
    return Number.isNaN(begin) || Math.abs(begin - at) < 2 * hourMs
  })
  return day && weekday && hour && exactly
}

async function pageOf(
  tx: DbOrTx,
  { period, conditions }: Wanted,
  hours: readonly Hour[],
  after: TransactionPlace | null,
  most: number,
): Promise<readonly FoundTransactionRow[]> {
  const within = (at: number) => new Date(Math.min(Math.max(at, period.from.getTime()), period.to.getTime()))
  const parameters: unknown[] = [
    period.accountId,
    hours.map(({ hour }) => within(hour.getTime()).toISOString()),
    hours.map(({ hour }) => within(hour.getTime() + hourMs).toISOString()),
    ...shifts(period.offsets),
    ...[after?.at ?? null, after?.callId ?? null, most],
  ]
  const bind = (value: unknown) => `$${parameters.push(value)}`
  const sql = page
    .replace(':filters', () => filterSql(period.filters, bind))
    .replace(':conditions', () => conditionSql(conditions, bind, { clock: true }))
  return tx.unsafe<FoundTransactionRow[]>(sql, parameters as never)
}
