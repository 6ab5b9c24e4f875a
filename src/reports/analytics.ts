import type { Channel } from '../domain/channel.ts'
import { analyticsMeasures } from '../domain/report.ts'
import { reportWindow } from '../domain/report-window.ts'
import { errorKey, reportedError } from '../domain/reported-error.ts'
import type { DbOrTx } from '../store/db.ts'
import { readSql } from './read-sql.ts'

export interface AnalyticsQuery {
  readonly accountId: string
  /** When the calls were attempted. */
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** Null, here and below: any. */
  readonly channels: readonly string[] | null
  /** By name. */
  readonly skills: readonly string[] | null
  readonly handoffIds: readonly string[] | null
  /** Told apart by handoff, too. */
  readonly byHandoff: boolean
}

type Count = Exclude<(typeof analyticsMeasures)[number], 'csat_count' | 'csat_sum'>

export interface AnalyticsRow extends Readonly<Record<Count, number>> {
  /** YYYY-MM-DD, UTC. */
  readonly day: string
  /** Null: a call that no channel was asked for. */
  readonly channel: Channel | null
  readonly skill: string | null
  /** Null unless told apart. */
  readonly handoffId: string | null
  /** Null: nobody gave a score. */
  readonly csat: number | null
  /** By `source_code` of the published dictionary. */
  readonly errors: Readonly<Record<string, number>>
}

type Sums = Readonly<Record<(typeof analyticsMeasures)[number], number>>

/** Of one group of a day; with `days`: an error of one group, and how many `calls` have it on which day, which may stand there twice. */
type Row = Sums & {
  readonly day: string
  readonly channel: Channel | null
  readonly skill: string | null
  readonly handoffId: string | null
  readonly connector: string | null
  readonly source: string | null
  readonly code: string | null
  readonly stage: string | null
  readonly days: readonly string[] | null
  readonly calls: readonly number[] | null
}

const measures = analyticsMeasures.join(', ')
const counts = analyticsMeasures.filter((name): name is Count => name !== 'csat_count' && name !== 'csat_sum')
const whole = readSql('analytics.sql')
  .replaceAll(':measures', measures)
  .replace(':sums', analyticsMeasures.map((name) => `sum(times * ${name})::float8 as ${name}`).join(', '))
  .replace(':no_sums', analyticsMeasures.map(() => 'null').join(', '))
const ofWholeDays = whole.replace(':edges', '')
const ofAnySpan = whole.replace(':edges', readSql('analytics-edges.sql').replaceAll(':measures', measures))

/** What became of a brand's calls, by day (UTC), channel and skill. As of this moment: whatever is committed counts. */
export async function analytics(db: DbOrTx, query: AnalyticsQuery): Promise<readonly AnalyticsRow[]> {
  const { from, until, hoursFrom, hoursUntil, daysFrom, daysUntil } = reportWindow(query.from, query.until)
  const isWholeDays = daysFrom.getTime() === from.getTime() && daysUntil.getTime() === until.getTime()
  const rows = await db.unsafe<Row[]>(
    isWholeDays ? ofWholeDays : ofAnySpan,
    [
      ...[query.accountId, hoursFrom, hoursUntil, daysFrom, daysUntil],
      ...[query.channels, query.skills, query.handoffIds, query.byHandoff],
      ...(isWholeDays ? [] : [from, until]),
    ] as never,
    { prepare: true },
  )
  const errors = errorsOf(rows)
  return rows.flatMap((row) => (row.days === null ? [rowOf(row, errors.get(row.day + groupOf(row)) ?? {})] : []))
}

const groupOf = ({ channel, skill, handoffId }: Row) => JSON.stringify([channel, skill, handoffId])

/** By day and group; what the dictionary has one code for is one error. */
function errorsOf(rows: readonly Row[]): ReadonlyMap<string, Record<string, number>> {
  const found = new Map<string, Record<string, number>>()
  for (const row of rows) {
    const error = row.days === null ? null : reportedError(row)
    if (error === null) continue
    const name = errorKey(error)
    const group = groupOf(row)
    for (const [place, day] of row.days!.entries()) {
      const ofGroup = found.get(day + group) ?? {}
      found.set(day + group, ofGroup)
      ofGroup[name] = (ofGroup[name] ?? 0) + row.calls![place]!
      // Sums and what they have not come to may cancel out.
      if (ofGroup[name] === 0) delete ofGroup[name]
    }
  }
  return found
}

const rowOf = ({ csat_count, csat_sum, ...row }: Row, errors: Readonly<Record<string, number>>): AnalyticsRow => ({
  ...(Object.fromEntries(counts.map((name) => [name, row[name]])) as Record<Count, number>),
  ...{ day: row.day, channel: row.channel, skill: row.skill, handoffId: row.handoffId },
  csat: csat_count === 0 ? null : csat_sum / csat_count,
  errors,
})
