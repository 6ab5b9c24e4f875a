import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'

/** A consumer's message that its provider can be told about. */
export interface InboundMessage {
  readonly messageId: string
  readonly senderId: string
  readonly providerId: string
}

/**
 * Notes that a person has seen the conversation, locked by this tx, up to a message of it or, with null, to its end.
 * Seeing never goes back. What the consumer wrote after the owner's mark is unread.
 * @returns the newest message of the consumer's among what is newly seen; null when there is none.
 */
export async function noteSeen(
  tx: DbOrTx,
  accountId: string,
  seen: { readonly conversationId: string; readonly userId: string; readonly upTo: string | null },
): Promise<string | null> {
  const { conversationId, userId, upTo } = seen
  const [row] = await tx<{ message_id: string | null }[]>`
    with place as (
      select max(message_number) as number from messages
      where account_id = ${accountId} and conversation_id = ${conversationId}
        and (${upTo}::uuid is null or message_id = ${upTo}::uuid)),
    before as (
      select coalesce(max(message_number), 0) as number from seen_marks
      where account_id = ${accountId} and conversation_id = ${conversationId} and user_id = ${userId}),
    mark as (
      insert into seen_marks as mark (account_id, conversation_id, user_id, message_number)
      select ${accountId}, ${conversationId}::uuid, ${userId}::uuid, number from place where number is not null
      on conflict (account_id, conversation_id, user_id)
        do update set message_number = excluded.message_number, at = now()
        where mark.message_number < excluded.message_number
      returning message_number),
    shown as (
      update conversations set version = version + 1
      where account_id = ${accountId} and conversation_id = ${conversationId} and owner_id = ${userId}
        and exists(select from mark))
    select (select m.message_id from messages m, before
      where m.account_id = ${accountId} and m.conversation_id = ${conversationId} and m.direction = 'in'
        and m.message_number > before.number and m.message_number <= mark.message_number
      order by m.message_number desc limit 1) as message_id
    from mark`
  if (row !== undefined) touchConversation(tx, accountId, conversationId)
  return row?.message_id ?? null
}

/** Seconds for which WhatsApp shows that an answer is being written, less the time to say it again. */
const typingShownSeconds = 20

/**
 * Notes that the consumer is to be shown that an agent types, unless they are being shown it.
 * @returns the consumer's newest message, by which the provider knows where; null when there is nothing to tell.
 */
export async function noteTypingShown(tx: DbOrTx, accountId: string, conversationId: string): Promise<string | null> {
  const [row] = await tx<{ message_id: string | null }[]>`
    with shown as (
      update conversations set typing_shown_at = clock_timestamp()
      where account_id = ${accountId} and conversation_id = ${conversationId}
        and (typing_shown_at is null
          or typing_shown_at < clock_timestamp() - make_interval(secs => ${typingShownSeconds}))
      returning 1)
    select (select message_id from messages
      where account_id = ${accountId} and conversation_id = ${conversationId} and direction = 'in'
      order by message_number desc limit 1) as message_id
    from shown`
  return row?.message_id ?? null
}

/** A consumer's message as its provider knows it; null for one of ours, or one whose provider gave it no id. */
export async function findInbound(db: DbOrTx, accountId: string, messageId: string): Promise<InboundMessage | null> {
  const [row] = await db<{ sender_id: string; provider_id: string }[]>`
    select sender_id, provider_id from messages
    where account_id = ${accountId} and message_id = ${messageId} and direction = 'in' and provider_id is not null`
  return row === undefined ? null : { messageId, senderId: row.sender_id, providerId: row.provider_id }
}
