import type { Channel } from '../domain/channel.ts'
import type { Direction, MessageStatus, ShownKind, StoredMedia } from '../domain/message.ts'
import type { DbOrTx } from './db.ts'

/** A message, or a note, as it stands in a conversation. */
export interface ConversationMessage {
  readonly messageId: string
  readonly conversationId: string | null
  /** Orders the messages of a conversation, and is where an earlier page of them ends. */
  readonly number: string
  readonly direction: Direction
  readonly kind: ShownKind
  readonly channel: Channel
  readonly text: string
  readonly media: readonly StoredMedia[]
  readonly author: { readonly userId: string; readonly name: string } | null
  readonly clientId: string | null
  /** How far a message to the consumer has come; null for one from the consumer, and for a note. */
  readonly status: MessageStatus | null
  readonly failureKind: string | null
  readonly createdAt: Date
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly readAt: Date | null
  readonly failedAt: Date | null
}

interface MessageRow {
  message_id: string
  conversation_id: string | null
  message_number: string
  direction: Direction
  kind: ShownKind
  channel: Channel
  body: string
  media: StoredMedia[] | null
  author_id: string | null
  author_name: string | null
  client_id: string | null
  status: MessageStatus | null
  failure_kind: string | null
  created_at: Date
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  failed_at: Date | null
}

const messageOf = (row: MessageRow): ConversationMessage => ({
  messageId: row.message_id,
  conversationId: row.conversation_id,
  number: row.message_number,
  direction: row.direction,
  kind: row.kind,
  channel: row.channel,
  text: row.body,
  media: row.media ?? [],
  author: row.author_id === null ? null : { userId: row.author_id, name: row.author_name ?? '' },
  clientId: row.client_id,
  status: row.status,
  failureKind: row.failure_kind,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  deliveredAt: row.delivered_at,
  readAt: row.read_at,
  failedAt: row.failed_at,
})

const messages = (db: DbOrTx) => db`
  select m.message_id, m.conversation_id, m.message_number, m.direction, m.kind, m.channel, m.body, m.media, m.author_id, u.name as author_name,
  m.client_id, m.status, m.failure_kind, m.created_at, m.sent_at, m.delivered_at, m.read_at, m.failed_at
  from messages m left join users u on u.account_id = m.account_id and u.user_id = m.author_id`

/** In the columns of a message. */
const notes = (db: DbOrTx) => db`
  select n.note_id, n.conversation_id, n.message_number, 'out', 'note', c.channel, n.body, null::jsonb, n.author_id, u.name,
    n.client_id, null::text, null::text, n.created_at, null::timestamptz, null::timestamptz, null::timestamptz, null::timestamptz
  from notes n join conversations c on c.account_id = n.account_id and c.conversation_id = n.conversation_id
    left join users u on u.account_id = n.account_id and u.user_id = n.author_id`

/**
 * Messages and notes of a conversation, oldest first: the newest `limit` of them, or of those before number `before`.
 * @returns `earlier`: where the page before this one ends; null when there is none.
 */
export async function listMessages(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  page: { readonly before: string | null; readonly limit: number },
): Promise<{ messages: readonly ConversationMessage[]; earlier: string | null }> {
  const rows = await db<MessageRow[]>`
    (${messages(db)}
      where m.account_id = ${accountId} and m.conversation_id = ${conversationId}
        and (${page.before}::bigint is null or m.message_number < ${page.before}::bigint)
      order by m.message_number desc limit ${page.limit + 1})
    union all
    (${notes(db)}
      where n.account_id = ${accountId} and n.conversation_id = ${conversationId}
        and (${page.before}::bigint is null or n.message_number < ${page.before}::bigint)
      order by n.message_number desc limit ${page.limit + 1})
    order by message_number desc limit ${page.limit + 1}`
  const shown = rows.slice(0, page.limit).map(messageOf).reverse()
  return { messages: shown, earlier: rows.length > page.limit ? shown[0]!.number : null }
}

/** Messages and notes of conversations by their ids, in no order; ids of none are passed over. */
export async function viewMessages(
  db: DbOrTx,
  accountId: string,
  messageIds: readonly string[],
): Promise<readonly ConversationMessage[]> {
  if (messageIds.length === 0) return []
  const ids = [...messageIds]
  const rows = await db<MessageRow[]>`
    ${messages(db)} where m.account_id = ${accountId} and m.message_id = any(${ids}::uuid[])
    union all
    ${notes(db)} where n.account_id = ${accountId} and n.note_id = any(${ids}::uuid[])`
  return rows.map(messageOf)
}

/** One message of a conversation; null when there is none. */
export async function findMessage(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  messageId: string,
): Promise<ConversationMessage | null> {
  const [row] = await db<MessageRow[]>`
    ${messages(db)} where m.account_id = ${accountId} and m.message_id = ${messageId} and m.conversation_id = ${conversationId}`
  return row === undefined ? null : messageOf(row)
}

/** The reply that a page sent under this id of its own, if it arrived. */
export async function findReply(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
  clientId: string,
): Promise<{ messageId: string; authorId: string | null; body: string; templateId: string | null } | null> {
  const [row] = await db<{ message_id: string; author_id: string | null; body: string; template_id: string | null }[]>`
    select message_id, author_id, body, template_id from messages
    where account_id = ${accountId} and conversation_id = ${conversationId} and client_id = ${clientId}`
  if (row === undefined) return null
  return { messageId: row.message_id, authorId: row.author_id, body: row.body, templateId: row.template_id }
}

/**
 * The last invites to a consumer within 30 days, newest first: what the original shows the agent beside a conversation,
 * because an outbound message is no part of its transcript (reference: Agent Workspace).
 */
export async function lastInvites(
  db: DbOrTx,
  accountId: string,
  addresses: readonly string[],
): Promise<readonly ConversationMessage[]> {
  const rows = await db<MessageRow[]>`
    ${messages(db)} where m.account_id = ${accountId} and m.address = any(${[...addresses]}) and m.direction = 'out' and m.kind = 'invite'
      and m.created_at > now() - interval '30 days'
    order by m.created_at desc limit 5`
  return rows.map(messageOf)
}
