import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'

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
