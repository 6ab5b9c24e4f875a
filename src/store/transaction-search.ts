import type postgres from 'postgres'
import type { Channel } from '../domain/channel.ts'
import { outcomeOf, type TransactionOutcome } from '../domain/transaction.ts'
import type { DbOrTx } from './db.ts'

/** One call in a list of them. */
export interface FoundTransaction {
  readonly callId: string
  readonly attemptedAt: Date
  readonly consumerPhone: string
  readonly handoffId: string
  readonly handoffTitle: string | null
  readonly skill: string | null
  readonly ivrNumber: string | null
  readonly availableChannels: readonly Channel[]
  /** The channel the invite went out on; null while there is none. */
  readonly channel: Channel | null
  readonly outcome: TransactionOutcome
  readonly conversationId: string | null
  readonly errorCode: string | null
}

export interface TransactionQuery {
  /** E.164, whole; null: anybody's. */
  readonly phone: string | null
  /** Then nothing else is looked at. */
  readonly callId: string | null
  readonly from: Date
  /** Not included. */
  readonly to: Date
}

/** Where a page ends: the last call's time, to the microsecond as the database writes it, and its id. */
export interface TransactionPlace {
  readonly at: string
  readonly callId: string
}

type Where = postgres.PendingQuery<FoundTransactionRow[]>

/** A call with the names of its handoff and skill, as a list of calls reads it. */
export interface FoundTransactionRow {
  call_id: string
  attempted_at: Date
  place: string
  consumer_phone: string
  handoff_id: string
  handoff_title: string | null
  skill: string | null
  ivr_number: string | null
  available_channels: Channel[]
  channel: Channel | null
  conversation_id: string | null
  error_code: string | null
  invited_at: Date | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  failed_at: Date | null
  skipped_at: Date | null
  replied_at: Date | null
  opted_out_at: Date | null
  conversation_created_at: Date | null
  conversation_closed_at: Date | null
}

const hourMs = 3_600_000
/**
 * Calls come far too often for a tree by time to be kept on the hot path: there is a summary of pages, which finds a span
 * of time but in no order. So the newest page is looked for in the last hour, then in ever longer spans before it.
 */
const spansMs = [hourMs, 6 * hourMs, 24 * hourMs, 7 * 24 * hourMs]

/** One page of an account's calls, newest first. */
export async function searchTransactions(
  db: DbOrTx,
  accountId: string,
  query: TransactionQuery,
  page: { readonly after: TransactionPlace | null; readonly limit: number },
): Promise<{ transactions: readonly FoundTransaction[]; next: TransactionPlace | null }> {
  const rows = await rowsOf(db, accountId, query, page)
  const last = rows[page.limit - 1]
  return {
    transactions: rows.slice(0, page.limit).map(foundTransactionOf),
    next: rows.length > page.limit && last !== undefined ? { at: last.place, callId: last.call_id } : null,
  }
}

async function rowsOf(
  db: DbOrTx,
  accountId: string,
  query: TransactionQuery,
  { after, limit }: { readonly after: TransactionPlace | null; readonly limit: number },
): Promise<readonly FoundTransactionRow[]> {
  const { phone, callId, from, to } = query
  const rowsWhere = (which: Where, most: number) => db<FoundTransactionRow[]>`
    select c.*, c.attempted_at::text as place, h.title as handoff_title, k.name as skill
    from (select * from calls where account_id = ${accountId} and ${which}
      order by attempted_at desc, call_id desc limit ${most}) c
    left join handoffs h using (account_id, handoff_id) left join skills k using (account_id, skill_id)
    order by c.attempted_at desc, c.call_id desc`
  if (callId !== null) return after === null ? rowsWhere(db<FoundTransactionRow[]>`call_id = ${callId}`, 1) : []
  const before =
    after === null
      ? db<FoundTransactionRow[]>`attempted_at < ${to}`
      : db<
          FoundTransactionRow[]
        >`attempted_at <= ${after.at}::timestamptz and (attempted_at, call_id) < (${after.at}::timestamptz, ${after.callId}::uuid)`
  if (phone !== null)
    return rowsWhere(
      db<FoundTransactionRow[]>`consumer_phone = ${phone} and attempted_at >= ${from} and ${before}`,
      limit + 1,
    )

  const newest =
    after === null ? to : new Date(Math.min(to.getTime(), Date.parse(`${after.at.replace(' ', 'T')}:00`) + 1))
  const found: FoundTransactionRow[] = []
  let until: Date | null = null
  for (const span of [...spansMs, Number.POSITIVE_INFINITY]) {
    const since = new Date(Math.max(from.getTime(), newest.getTime() - span))
    const upper: Where = until === null ? before : db<FoundTransactionRow[]>`attempted_at < ${until}`
    found.push(
      ...(await rowsWhere(db<FoundTransactionRow[]>`attempted_at >= ${since} and ${upper}`, limit + 1 - found.length)),
    )
    if (found.length > limit || since <= from) break
    until = since
  }
  return found
}

export const foundTransactionOf = (row: FoundTransactionRow): FoundTransaction => ({
  callId: row.call_id,
  attemptedAt: row.attempted_at,
  consumerPhone: row.consumer_phone,
  handoffId: row.handoff_id,
  handoffTitle: row.handoff_title,
  skill: row.skill,
  ivrNumber: row.ivr_number,
  availableChannels: row.available_channels,
  channel: row.channel,
  outcome: outcomeOf(
    {
      invitedAt: row.invited_at,
      sentAt: row.sent_at,
      deliveredAt: row.delivered_at,
      readAt: row.read_at,
      failedAt: row.failed_at,
      skippedAt: row.skipped_at,
      repliedAt: row.replied_at,
      optedOutAt: row.opted_out_at,
      conversationCreatedAt: row.conversation_created_at,
      conversationClosedAt: row.conversation_closed_at,
    },
    row.available_channels.length > 0,
  ),
  conversationId: row.conversation_id,
  errorCode: row.error_code,
})
