import type { DeviceCaller } from '../domain/caller.ts'
import type { MessageKind, MessageStatus, StoredMedia } from '../domain/message.ts'
import type { DbOrTx } from './db.ts'
import { sayConsumerTypes } from './typing.ts'

/** What names a consumer's inbox: the consumer is the brand's, whichever of its apps they use. */
export type Inbox = Pick<DeviceCaller, 'accountId' | 'consumerId'>

/** A message as the consumer sees it in the app. */
export interface InboxMessage {
  readonly messageId: string
  /** Orders the messages, and is where an earlier page of them ends. */
  readonly number: string
  /** The number of its newest change in this inbox: a stream that told it goes on after it. */
  readonly change: string
  readonly direction: 'in' | 'out'
  readonly kind: MessageKind
  readonly title: string | null
  readonly text: string
  /** Files that an agent sent; the text is then their caption. */
  readonly media: readonly StoredMedia[]
  /** Of the brand's messages; null for the consumer's own. */
  readonly status: MessageStatus | null
  /** The provider id that the consumer's own message was stored with; null for the brand's. */
  readonly providerId: string | null
  /** It belongs to a conversation; a consumer's message that does not is kept and read by nobody. */
  readonly inConversation: boolean
  readonly at: Date
}

interface Row {
  message_id: string
  message_number: string
  inbox_change: string
  direction: 'in' | 'out'
  kind: MessageKind
  title: string | null
  body: string
  media: StoredMedia[] | null
  status: MessageStatus | null
  provider_id: string | null
  in_conversation: boolean
  created_at: Date
}

const messageOf = (row: Row): InboxMessage => ({
  messageId: row.message_id,
  number: row.message_number,
  change: row.inbox_change,
  direction: row.direction,
  kind: row.kind,
  title: row.title,
  text: row.body,
  media: row.media ?? [],
  status: row.status,
  providerId: row.direction === 'in' ? row.provider_id : null,
  inConversation: row.in_conversation,
  at: row.created_at,
})

const columns = (db: DbOrTx) => db`
  message_id, message_number, inbox_change, direction, kind, title, body, media, status, provider_id,
  conversation_id is not null as in_conversation, created_at`

/**
 * What the app may show. Not before it was claimed: until then an opt-out or its end may still stop it (promise P4). The
 * push is only the bell: a reply whose push failed stands in the chat all the same; an invite that failed is none.
 */
const shown = (db: DbOrTx) => db`
  inbox_change is not null and (direction = 'in' or status in ('sending', 'unknown', 'sent', 'delivered', 'read')
    or (status = 'failed' and kind <> 'invite' and coalesce(failure_kind, '') not in ('expired', 'opted-out')))`

const of = (db: DbOrTx, { accountId, consumerId }: Inbox) => db`
  account_id = ${accountId} and address = ${consumerId} and channel = 'inapp'`

/**
 * The newest `limit` messages, or of those before message number `before`, oldest first.
 * @returns `earlier`: where the page before ends; null when there is none. `change`: the inbox's newest change as of
 *   this page, after which a stream misses nothing.
 */
export async function listInbox(
  db: DbOrTx,
  inbox: Inbox,
  page: { readonly before: string | null; readonly limit: number },
): Promise<{ messages: readonly InboxMessage[]; earlier: string | null; change: string }> {
  // First the number: what changes in between is then told twice rather than never.
  const change = await lastChange(db, inbox)
  const rows = await db<Row[]>`
    select ${columns(db)} from messages where ${of(db, inbox)} and ${shown(db)}
      and (${page.before}::bigint is null or message_number < ${page.before}::bigint)
    order by message_number desc limit ${page.limit + 1}`
  const messages = rows.slice(0, page.limit).map(messageOf).reverse()
  return { messages, earlier: rows.length > page.limit ? messages[0]!.number : null, change }
}

/** Messages that are new or have changed since change number `after`, in the order of their changes. */
export async function changedInbox(
  db: DbOrTx,
  inbox: Inbox,
  after: string,
  limit: number,
): Promise<readonly InboxMessage[]> {
  const rows = await db<Row[]>`
    select ${columns(db)} from messages where ${of(db, inbox)} and ${shown(db)} and inbox_change > ${after}::bigint
    order by inbox_change limit ${limit}`
  return rows.map(messageOf)
}

/** The consumer's own message that was stored with this provider id; null when there is none. */
export async function findInInbox(db: DbOrTx, inbox: Inbox, providerId: string): Promise<InboxMessage | null> {
  const [row] = await db<Row[]>`
    select ${columns(db)} from messages where ${of(db, inbox)} and direction = 'in' and provider_id = ${providerId}`
  return row === undefined ? null : messageOf(row)
}

/**
 * The app that the consumer's next message belongs to: that of the open conversation, else of the newest invite, which
 * rang in every app of its handoff and was answered in any of them; null: neither.
 */
export async function senderAnswered(db: DbOrTx, inbox: Inbox): Promise<string | null> {
  const [row] = await db<{ sender_id: string | null }[]>`
    select coalesce(
      (select sender_id from conversations where account_id = ${inbox.accountId} and address = ${inbox.consumerId}
        and channel = 'inapp' and state <> 'closed' order by opened_at desc limit 1),
      (select sender_id from messages where ${of(db, inbox)} and ${shown(db)} and kind = 'invite'
        order by message_number desc limit 1)) as sender_id`
  return row?.sender_id ?? null
}

/** Those of these messages of the brand's that this inbox shows. */
export async function inboxHolds(db: DbOrTx, inbox: Inbox, messageIds: readonly string[]): Promise<readonly string[]> {
  const rows = await db<{ message_id: string }[]>`
    select message_id from messages where ${of(db, inbox)} and ${shown(db)} and direction = 'out'
      and message_id = any(${[...messageIds]}::uuid[]) order by message_id`
  return rows.map((row) => row.message_id)
}

/** The number of the newest change; 0 while there was none. */
export async function lastChange(db: DbOrTx, { accountId, consumerId }: Inbox): Promise<string> {
  const [row] = await db<{ last_change: string }[]>`
    select last_change from inapp_inboxes
    where account_id = ${accountId} and consumer_id = ${consumerId}`
  return row?.last_change ?? '0'
}

/** Notes that somebody types, at most once a second: a page says so at every key. */
export async function noteTyping(db: DbOrTx, inbox: Inbox, who: 'consumer' | 'agent'): Promise<void> {
  const { accountId, consumerId } = inbox
  const at = db(`${who}_typing_at`)
  const rows = await db`
    insert into inapp_inboxes as inbox (account_id, consumer_id, ${at})
    values (${accountId}, ${consumerId}, now())
    on conflict (account_id, consumer_id) do update set ${at} = now()
      where inbox.${at} is null or inbox.${at} < now() - interval '1 second'
    returning 1`
  if (rows.length === 0) return
  await db`select pg_notify('inapp_inbox', ${`${accountId}/`} || md5(${consumerId}))`
  if (who === 'consumer') await sayConsumerTypes(db, accountId, consumerId)
}

/** Whether the consumer was typing within the last `seconds`. */
export async function consumerTypes(db: DbOrTx, { accountId, consumerId }: Inbox, seconds: number): Promise<boolean> {
  const rows = await db`
    select 1 from inapp_inboxes where account_id = ${accountId} and consumer_id = ${consumerId}
      and consumer_typing_at > now() - make_interval(secs => ${seconds})`
  return rows.length > 0
}
