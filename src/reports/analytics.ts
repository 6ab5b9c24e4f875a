import type { Channel } from '../domain/channel.ts'
import type { ReportCounts } from '../domain/report.ts'
import { reportWindow } from '../domain/report-window.ts'
import { errorKey, type KeptError, reportedError } from '../domain/reported-error.ts'
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

type Count = Extract<
  keyof ReportCounts,
  'attempted' | 'eligible' | 'skipped' | 'sent' | 'failed' | 'delivered' | 'read' | 'replied' | 'closed'
>

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

type Row = Record<Count | 'csat_count' | 'csat_sum', number> & {
  day: string
  channel: Channel | null
  skill: string | null
  handoffId: string | null
  errorSource: string | null
  errorCode: string | null
  errorStage: string | null
  connector: string | null
}

const statement = readSql('counted.sql', 'analytics.sql')
const counts = [
  'attempted',
  'eligible',
  'skipped',
  'sent',
  'failed',
  'delivered',
  'read',
  'replied',
  'closed',
] as const satisfies readonly Count[]

/** What became of a brand's calls, by day (UTC), channel and skill. As of this moment: whatever is committed counts. */
export async function analytics(db: DbOrTx, query: AnalyticsQuery): Promise<readonly AnalyticsRow[]> {
  const window = reportWindow(query.from, query.until)
  const rows = await db.unsafe<Row[]>(
    statement,
    [
      ...[query.accountId, window.from, window.until, window.hoursFrom, window.hoursUntil],
      ...[window.daysFrom, window.daysUntil, query.channels, query.skills, query.handoffIds, null, query.byHandoff],
    ] as never,
    { prepare: true },
  )
  return [...Map.groupBy(rows, groupOf).values()].map(rowOf)
}

const groupOf = ({ day, channel, skill, handoffId }: Row) => JSON.stringify([day, channel, skill, handoffId])

/** @param parts of one group, by error. */
function rowOf(parts: readonly Row[]): AnalyticsRow {
  const { day, channel, skill, handoffId } = parts[0]!
  const total = (name: keyof Row) => parts.reduce((sum, part) => sum + (part[name] as number), 0)
  const errors: Record<string, number> = {}
  for (const part of parts) {
    const error = reportedError(keptOf(part))
    if (error !== null) errors[errorKey(error)] = (errors[errorKey(error)] ?? 0) + part.attempted
  }
  const scores = total('csat_count')
  return {
    ...{ day, channel, skill, handoffId },
    ...(Object.fromEntries(counts.map((name) => [name, total(name)])) as Record<Count, number>),
    csat: scores === 0 ? null : total('csat_sum') / scores,
    errors,
  }
}

const keptOf = (row: Row): KeptError => ({
  channel: row.channel,
  connector: row.connector,
  source: row.errorSource,
  code: row.errorCode,
  stage: row.errorStage,
})
