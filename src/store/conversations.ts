import { randomUUID } from 'node:crypto'
import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'

export interface OpenConversation {
  readonly conversationId: string
  readonly channel: Channel
  readonly senderId: string
  readonly address: string
  readonly skillId: string
  readonly state: 'queued' | 'assigned'
  readonly ownerId: string | null
  /** The call it began with; null for an ordinary inbound conversation. */
  readonly callId: string | null
}

interface OpenRow {
  conversation_id: string
  channel: Channel
  sender_id: string
  address: string
  skill_id: string
  state: 'queued' | 'assigned'
  owner_id: string | null
  call_id: string | null
}

const openOf = (row: OpenRow): OpenConversation => ({
  conversationId: row.conversation_id,
  channel: row.channel,
  senderId: row.sender_id,
  address: row.address,
  skillId: row.skill_id,
  state: row.state,
  ownerId: row.owner_id,
  callId: row.call_id,
})

/** The newest open conversation with a consumer on any channel, known by phone number or by address; null when there is none. */
export async function findOpenConversation(
  tx: DbOrTx,
  accountId: string,
  consumer: { phone?: string | null; address?: string | null },
): Promise<OpenConversation | null> {
  const [row] = await tx<OpenRow[]>`
    select conversation_id, channel, sender_id, address, skill_id, state, owner_id, call_id from (
      select * from conversations
      where account_id = ${accountId} and consumer_phone = ${consumer.phone ?? null} and state <> 'closed'
      union
      select * from conversations
      where account_id = ${accountId} and address = ${consumer.address ?? null} and state <> 'closed') open
    order by opened_at desc, conversation_id limit 1`
  return row === undefined ? null : openOf(row)
}

/**
 * Opens a conversation in the queue of its skill, under `lockConsumer`. Who talked to this consumer last is preferred.
 * @returns its id, or null when one is open with this consumer on this sender already (the unique index says so).
 */
export async function openConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: {
    readonly channel: Channel
    readonly senderId: string
    readonly address: string
    readonly consumerPhone: string | null
    readonly skillId: string
    readonly callId: string | null
    readonly at: Date
  },
): Promise<string | null> {
  const { at } = conversation
  const [row] = await tx<{ conversation_id: string }[]>`
    insert into conversations (account_id, conversation_id, channel, sender_id, address, consumer_phone, skill_id, state,
      call_id, opened_at, queued_at, last_inbound_at, last_message_at, priority, preferred_agent)
    values (${accountId}, ${randomUUID()}, ${conversation.channel}, ${conversation.senderId}, ${conversation.address},
      ${conversation.consumerPhone}, ${conversation.skillId}, 'queued', ${conversation.callId}, ${at}, ${at}, ${at}, ${at},
      coalesce((select priority from skills where account_id = ${accountId} and skill_id = ${conversation.skillId}), 0),
      (select handled_by from conversations where account_id = ${accountId} and address = ${conversation.address}
        and handled_by is not null order by opened_at desc limit 1))
    on conflict (account_id, sender_id, address) where state <> 'closed' do nothing
    returning conversation_id`
  if (row !== undefined) touchConversation(tx, accountId, row.conversation_id, true)
  return row?.conversation_id ?? null
}

/**
 * Notes that the consumer wrote into an open conversation, and keeps it open until the tx ends.
 * @returns where it stands; null when it was closed meanwhile: the message then belongs elsewhere.
 */
export async function noteInbound(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
  at: Date,
): Promise<{ state: 'queued' | 'assigned'; skillId: string } | null> {
  const [row] = await tx<{ state: 'queued' | 'assigned'; skill_id: string }[]>`
    update conversations set last_inbound_at = greatest(last_inbound_at, ${at}),
      last_message_at = greatest(last_message_at, ${at}), version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and state <> 'closed'
    returning state, skill_id`
  if (row === undefined) return null
  touchConversation(tx, accountId, conversationId)
  return { state: row.state, skillId: row.skill_id }
}

/**
 * Ties an invite and its call to the conversation that answers it: the first answer counts, and no other conversation
 * may claim the invite later. One that began without a call learns the consumer's number, whose STOP then binds it too.
 * @param opened whether the answer opened the conversation, or went into one that was open already.
 */
export async function recordAnswer(
  tx: DbOrTx,
  accountId: string,
  callId: string,
  answer: { readonly conversationId: string; readonly opened: boolean; readonly at: Date },
): Promise<void> {
  await tx`
    update invites set conversation_id = ${answer.conversationId}
    where account_id = ${accountId} and call_id = ${callId} and conversation_id is null`
  if (!answer.opened)
    await tx`
      update conversations set consumer_phone = calls.consumer_phone from calls
      where conversations.account_id = ${accountId} and conversations.conversation_id = ${answer.conversationId}
        and conversations.consumer_phone is null and calls.account_id = ${accountId} and calls.call_id = ${callId}`
  await tx`
    update calls set replied_at = coalesce(replied_at, ${answer.at}),
      conversation_id = coalesce(conversation_id, ${answer.conversationId}),
      conversation_created_at = coalesce(conversation_created_at, ${answer.opened ? answer.at : null}::timestamptz),
      -- Into a conversation that an agent has already: handled from here on.
      conversation_taken_at = coalesce(conversation_taken_at, case when ${!answer.opened} then (
        select ${answer.at}::timestamptz from conversations
        where account_id = ${accountId} and conversation_id = ${answer.conversationId} and owner_id is not null) end)
    where account_id = ${accountId} and call_id = ${callId}`
}

/** The phone number that a call came from; null when there is no such call. */
export async function phoneOfCall(tx: DbOrTx, accountId: string, callId: string): Promise<string | null> {
  const [row] = await tx<{ consumer_phone: string }[]>`
    select consumer_phone from calls where account_id = ${accountId} and call_id = ${callId}`
  return row?.consumer_phone ?? null
}
