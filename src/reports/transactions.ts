import type { Channel } from '../domain/channel.ts'
import { refusalSentence } from '../domain/losses.ts'
import type { ReportedStatus } from '../domain/report.ts'
import { reportWindow } from '../domain/report-window.ts'
import { errorSentence, reportedError } from '../domain/reported-error.ts'
import { atomic, type Database, type DbOrTx } from '../store/db.ts'
import { readSql } from './read-sql.ts'

export interface TransactionsQuery {
  readonly accountId: string
  /** When the calls were attempted. */
  readonly from: Date
  /** Not included. */
  readonly until: Date
  /** Null, here and below: any. */
  readonly channels: readonly string[] | null
  /** By name. */
  readonly skills: readonly string[] | null
  readonly statuses: readonly ReportedStatus[] | null
}

/** Where a page ends: the last call's time, to the microsecond as the database writes it, and its id. */
export interface ReportPlace {
  readonly at: string
  readonly callId: string
}

/** A call's journey as the compatible API tells it. Times are null while a step has not happened. */
export interface ReportedTransaction {
  readonly callId: string
  readonly attemptedAt: Date
  /** The one used; before that, the one that would be. */
  readonly channel: Channel | null
  readonly skill: string | null
  /** As asked for. */
  readonly initialChannel: Channel | null
  readonly initialSkill: string | null
  readonly handoffId: string
  readonly handoffTitle: string | null
  readonly ivrNumber: string | null
  readonly consumerId: string | null
  readonly conversationId: string | null
  readonly eligible: boolean
  readonly invitedAt: Date | null
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly readAt: Date | null
  readonly failedAt: Date | null
  readonly skippedAt: Date | null
  readonly optedOutAt: Date | null
  /** A reply into a conversation that was open already counts, too. */
  readonly conversationCreatedAt: Date | null
  readonly conversationClosedAt: Date | null
  /** Null: on its way, or never invited. */
  readonly status: ReportedStatus | null
  readonly error: { readonly source: string; readonly code: string; readonly message: string } | null
  readonly csat: number | null
  readonly firstMessage: string | null
  readonly overrideMessage: string | null
  readonly template: string | null
  /** The IVR told something of the consumer. */
  readonly hasSdes: boolean
  /** On which the invite was begun, in order. */
  readonly triedChannels: readonly Channel[]
  /** Why which channel was left out, at eligibility and when sending. */
  readonly refusals: readonly Refusal[]
}

export interface Refusal {
  readonly channel: Channel | null
  readonly code: string
  readonly sentence: string
}

interface KeptRefusal {
  readonly channel: Channel | null
  readonly code: string
}

type Row = Omit<ReportedTransaction, 'error' | 'triedChannels' | 'refusals'> & {
  reasons: readonly KeptRefusal[] | null
  tried: readonly Channel[] | null
  skipped: readonly KeptRefusal[] | null
  place: string
  errorSource: string | null
  errorCode: string | null
  errorStage: string | null
  errorMessage: string | null
  connector: string | null
}

const page = readSql('transactions.sql', 'transaction-rows.sql')
const named = readSql('named-transactions.sql', 'transaction-rows.sql')
const totals = readSql('counted.sql', 'transaction-totals.sql')
/** When nothing is filtered, of which there is a count of its own: it costs no more however much calls differ. */
const unfilteredPlace = readSql('call-place.sql')

/** Calls after a place, in the order of their time; the same cost at any depth. */
export async function transactionsAfter(
  db: DbOrTx,
  query: TransactionsQuery,
  after: ReportPlace | null,
  limit: number,
): Promise<{ transactions: readonly ReportedTransaction[]; next: ReportPlace | null }> {
  const rows = await rowsAfter(db, query, after, limit + 1)
  const last = rows[limit - 1]
  return {
    transactions: rows.slice(0, limit).map(transactionOf),
    next: rows.length > limit && last !== undefined ? { at: last.place, callId: last.callId } : null,
  }
}

const isFiltered = ({ channels, skills, statuses }: TransactionsQuery): boolean =>
  channels !== null || skills !== null || statuses !== null

/**
 * What a filter lets through may be anywhere: it is looked for in the first hour, then in ever longer spans after it, so
 * that a page costs what lies before its end and not the whole window.
 */
async function rowsAfter(
  db: DbOrTx,
  query: TransactionsQuery,
  after: ReportPlace | null,
  most: number,
): Promise<readonly Row[]> {
  // Begun at the place itself: the calls before it are not so much as passed over.
  const first = new Date(
    Math.max(query.from.getTime(), after === null ? 0 : Date.parse(`${after.at.replace(' ', 'T')}:00`)),
  )
  if (!isFiltered(query)) return pageOf(db, { ...query, from: first }, { after, offset: 0, limit: most })
  const found: Row[] = []
  let from = first
  for (const spanMs of [hourMs, 6 * hourMs, dayMs, 7 * dayMs, 30 * dayMs, Number.POSITIVE_INFINITY]) {
    const until = new Date(Math.min(query.until.getTime(), first.getTime() + spanMs))
    found.push(...(await pageOf(db, { ...query, from, until }, { after, offset: 0, limit: most - found.length })))
    if (found.length >= most || until >= query.until) break
    from = until
  }
  return found
}

/** Calls from an offset on, and how many there are in all. Days and hours before the page are passed over by their sums. */
export async function transactionsAt(
  db: Database,
  query: TransactionsQuery,
  offset: number,
  limit: number,
): Promise<{ transactions: readonly ReportedTransaction[]; total: number }> {
  return atomic(db, async (tx) => {
    // Sums and page must tell of the same moment.
    await tx`set transaction isolation level repeatable read, read only`
    // Planned once: with every month's partition to count, that takes longer than the look itself (measured: 2.2 ms and 1.3 ms).
    if (!isFiltered(query)) await tx`set local plan_cache_mode = force_generic_plan`
    const { total, stretch } = await (isFiltered(query) ? filteredStretch : unfilteredStretch)(tx, query, offset, limit)
    if (offset >= total || limit === 0) return { transactions: [], total }
    const rows = await pageOf(tx, { ...query, ...stretch }, { after: null, offset: stretch.offset, limit })
    return { transactions: rows.map(transactionOf), total }
  })
}

/** Calls by their ids, in the order of their time; those that are none of the account's are passed over. */
export async function transactionsNamed(
  db: DbOrTx,
  query: TransactionsQuery,
  callIds: readonly string[],
): Promise<readonly ReportedTransaction[]> {
  const { accountId, from, until, channels, skills, statuses } = query
  const rows = await db.unsafe<Row[]>(named, [accountId, from, until, callIds, channels, skills, statuses] as never, {
    prepare: true,
  })
  return rows.map(transactionOf)
}

interface Total {
  readonly since: Date
  readonly total: number
}

interface Stretch {
  readonly from: Date
  /** Not included: the page is full before. */
  readonly until: Date
  /** Calls to pass over within. */
  readonly offset: number
}

interface Found {
  readonly total: number
  readonly stretch: Stretch
}

async function unfilteredStretch(tx: DbOrTx, query: TransactionsQuery, offset: number, limit: number): Promise<Found> {
  const [found] = await tx.unsafe<(Stretch & { total: number })[]>(
    unfilteredPlace,
    [query.accountId, ...spansOf(query, { days: true }), offset, limit] as never,
    { prepare: true },
  )
  return { total: found!.total, stretch: found! }
}

async function filteredStretch(tx: DbOrTx, query: TransactionsQuery, offset: number, limit: number): Promise<Found> {
  const days = await totalsOf(tx, query, 'day')
  const total = days.reduce((sum, day) => sum + day.total, 0)
  const inDays = narrowed({ from: query.from, until: query.until, offset }, days, dayMs, limit)
  if (offset >= total || inDays.offset <= walked) return { total, stretch: inDays }
  const hours = await totalsOf(tx, { ...query, ...inDays, until: endOfDay(inDays) }, 'hour')
  return { total, stretch: narrowed(inDays, hours, hourMs, limit) }
}

/** Where to go on: from the unit in which the offset is used up, to the one in which the page is full. */
function narrowed(stretch: Stretch, units: readonly Total[], unitMs: number, limit: number): Stretch {
  let { from, offset } = stretch
  let rest = 0
  for (const { since, total } of units) {
    if (rest === 0 && since > from) from = since
    if (rest === 0 && offset >= total) offset -= total
    else rest += total
    if (rest >= offset + limit)
      return { from, offset, until: new Date(Math.min(stretch.until.getTime(), since.getTime() + unitMs)) }
  }
  return { from, offset, until: stretch.until }
}

/** So many calls are passed over one by one sooner than hours are counted. */
const walked = 500
const hourMs = 3_600_000
const dayMs = 24 * hourMs
const endOfDay = ({ from, until }: Stretch): Date =>
  new Date(Math.min(until.getTime(), (Math.floor(from.getTime() / dayMs) + 1) * dayMs))

function spansOf(query: TransactionsQuery, options: { readonly days: boolean }): readonly Date[] {
  const { from, until, hoursFrom, hoursUntil, daysFrom, daysUntil } = reportWindow(query.from, query.until, options)
  return [from, until, hoursFrom, hoursUntil, daysFrom, daysUntil]
}

function totalsOf(tx: DbOrTx, query: TransactionsQuery, unit: 'day' | 'hour'): Promise<readonly Total[]> {
  const { accountId, channels, skills, statuses } = query
  return tx.unsafe<Total[]>(
    totals,
    [accountId, ...spansOf(query, { days: unit === 'day' }), channels, skills, null, statuses, unit] as never,
    { prepare: true },
  )
}

function pageOf(
  db: DbOrTx,
  query: TransactionsQuery,
  where: { after: ReportPlace | null; offset: number; limit: number },
): Promise<readonly Row[]> {
  const { accountId, from, until, channels, skills, statuses } = query
  const { after, offset, limit } = where
  return db.unsafe<Row[]>(
    page,
    [
      ...[accountId, from, until, after?.at ?? null, after?.callId ?? null, channels, skills, statuses, offset, limit],
      isFiltered(query) ? null : offset + limit,
    ] as never,
    { prepare: true },
  )
}

function transactionOf(row: Row): ReportedTransaction {
  const { place: _place, errorSource, errorCode, errorStage, errorMessage, connector, ...rest } = row
  const { reasons, tried, skipped, ...told } = rest
  const { channel } = told
  const error = reportedError({ channel, connector, source: errorSource, code: errorCode, stage: errorStage })
  return {
    ...told,
    error: error === null ? null : { ...error, message: errorSentence(error, errorMessage) },
    triedChannels: [...new Set(tried ?? [])],
    // A yes that was given without knowing is among eligibility's reasons, and left nothing out.
    refusals: [...(reasons ?? []).filter(({ code }) => !code.startsWith('lookup_')), ...(skipped ?? [])].map(
      ({ channel: left, code }) => ({
        ...{ channel: left, code: code.replaceAll('-', '_') },
        sentence: refusalSentence(code.replaceAll('-', '_')),
      }),
    ),
  }
}
