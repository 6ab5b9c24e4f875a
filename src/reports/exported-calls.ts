import type { Channel } from '../domain/channel.ts'
import type { ExportColumn, ExportRow, ExportSpan, ExportValue } from '../domain/export.ts'
import { funnelSteps, type LossFacts, lossReason } from '../domain/losses.ts'
import { masked } from '../domain/masked.ts'
import type { ReportFilters } from '../domain/report-query.ts'
import { errorSentence, reportedError } from '../domain/reported-error.ts'
import type { DbOrTx } from '../store/db.ts'
import { readSql } from './read-sql.ts'

/** Calls of one statement: some tens of milliseconds, and about a megabyte at most. */
const callsOfOneLook = 1_000

/** What a file tells of each call. Published names of the reporting API where it has one. */
export const callColumns = [
  { name: 'call_id', type: 'text' },
  { name: 'attempted_at', type: 'time' },
  { name: 'consumer', type: 'text' },
  { name: 'consumer_id', type: 'text' },
  { name: 'country', type: 'text' },
  { name: 'ivr_number', type: 'text' },
  { name: 'handoff_id', type: 'text' },
  { name: 'handoff', type: 'text' },
  { name: 'skill', type: 'text' },
  { name: 'asked_skill', type: 'text' },
  { name: 'channel', type: 'text' },
  { name: 'asked_channel', type: 'text' },
  { name: 'eligible', type: 'boolean' },
  { name: 'reached', type: 'text' },
  { name: 'loss_reason', type: 'text' },
  { name: 'has_sdes', type: 'boolean' },
  { name: 'status', type: 'text' },
  { name: 'invited_at', type: 'time' },
  { name: 'sent_at', type: 'time' },
  { name: 'delivered_at', type: 'time' },
  { name: 'read_at', type: 'time' },
  { name: 'replied_at', type: 'time' },
  { name: 'failed_at', type: 'time' },
  { name: 'skipped_at', type: 'time' },
  { name: 'opted_out_at', type: 'time' },
  { name: 'conversation_id', type: 'text' },
  { name: 'conversation_created_at', type: 'time' },
  { name: 'conversation_taken_at', type: 'time' },
  { name: 'conversation_closed_at', type: 'time' },
  { name: 'error_source', type: 'text' },
  { name: 'error_code', type: 'text' },
  { name: 'error_message', type: 'text' },
  { name: 'csat', type: 'whole' },
  { name: 'cost', type: 'number' },
  { name: 'cost_currency', type: 'text' },
  { name: 'sender', type: 'text' },
  { name: 'first_message', type: 'text' },
  { name: 'override_message', type: 'text' },
  { name: 'template', type: 'text' },
  { name: 'variant', type: 'text' },
] as const satisfies readonly ExportColumn[]

/** With the columns of the statement. */
type Row = Readonly<Record<string, unknown>>

/** Where a look ended: the last call's time, to the microsecond as the database writes it, and its id. */
interface Place {
  readonly at: string
  readonly callId: string
}

const listing = readSql('listed-calls.sql')
const telling = readSql('exported-calls.sql')

/**
 * Calls of a span of time in the order of their time, look by look, each as it is when it is looked at. Every call is told
 * once: its time never changes. There is no snapshot of the whole: one that is held for as long as a large export takes
 * would keep the database from tidying up what eligibility leaves behind.
 * @yields rows to write and how many calls were looked at for them.
 */
export async function* exportedCalls(
  db: DbOrTx,
  accountId: string,
  { since, until }: ExportSpan,
  filters: ReportFilters,
  hidden: boolean,
): AsyncGenerator<{ readonly rows: readonly ExportRow[]; readonly lookedAt: number }> {
  const { channels, skills, handoffs, ivrNumbers, senders, countries, templates, variants } = filters
  const filtered = [channels, skills, handoffs, ivrNumbers, senders, countries, templates, variants]
  const reasons = listed(filters.reasons)
  let after: Place | null = null
  while (true) {
    const place: Place | null = after
    // Begun at the place itself: in a plan made for any place the comparison with it is no condition of the index.
    const begin = place === null ? since : new Date(`${place.at.replace(' ', 'T')}:00`)
    const parameters = [accountId, begin, until, place?.at ?? null, place?.callId ?? null, callsOfOneLook]
    const found: readonly Place[] = await db.unsafe<Place[]>(listing, parameters as never, { prepare: true })
    const last = found.at(-1)
    if (last === undefined) return
    const wanted = filtered.map((words) => listed(words)?.map((word) => word ?? '') ?? null)
    const told = await db.unsafe<Row[]>(telling, [accountId, found.map(({ callId }) => callId), ...wanted] as never, {
      prepare: true,
    })
    const rows = told.map((row) => rowOf(row, hidden))
    const kept = reasons === null ? rows : rows.filter((row) => reasons.includes(row.loss_reason as string | null))
    yield { rows: kept, lookedAt: found.length }
    if (found.length < callsOfOneLook) return
    after = last
  }
}

/** No list, or an empty one: any. */
const listed = <T>(list: readonly T[] | undefined): readonly T[] | null =>
  list === undefined || list.length === 0 ? null : list

function rowOf(row: Row, hidden: boolean): ExportRow {
  const text = (name: string) => (row[name] ?? null) as string | null
  const facts: LossFacts = {
    channel: text('channel') as Channel | null,
    connector: text('connector'),
    source: text('error_source'),
    code: text('error_code'),
    stage: text('error_stage'),
    reached: row.reached as number,
    loss: text('loss'),
  }
  const error = reportedError(facts)
  const told: Record<string, ExportValue> = {}
  for (const { name } of callColumns) told[name] = (row[name] ?? null) as ExportValue
  const shown = (address: string | null) => (address !== null && hidden ? masked(address) : address)
  return Object.assign(told, {
    consumer: shown(text('consumer')),
    consumer_id: shown(text('consumer_id')),
    reached: funnelSteps[facts.reached] ?? null,
    loss_reason: lossReason(facts)?.code ?? null,
    cost: row.cost_currency === null ? null : Number(row.cost_micros) / 1_000_000,
    error_source: error?.source ?? null,
    error_code: error?.code ?? null,
    error_message: error === null ? null : errorSentence(error, text('error_message')),
  })
}

/** About how many calls a span of time has, by the hours it touches: for a percentage, not for a report. */
export async function countAbout(db: DbOrTx, accountId: string, { since, until }: ExportSpan): Promise<number> {
  const [row] = await db<{ calls: number }[]>`
    select (
        select coalesce(sum(calls), 0) from call_counts
        where account_id = ${accountId} and unit = 'hour' and since >= date_trunc('hour', ${since}::timestamptz, 'UTC')
          and since < ${until}
      )::float8 + (
        select count(*) from report_changes
        where account_id = ${accountId} and counted is null and attempted_at >= ${since} and attempted_at < ${until}
      ) as calls`
  return row!.calls
}
