import type { Channel } from '../domain/channel.ts'
import type { ConversationFacts } from '../domain/conversation-acts.ts'
import type { DbOrTx } from './db.ts'
import { isOptedOut } from './opt-outs.ts'
import { touchConversation } from './touched.ts'
import { recordStep } from './transactions.ts'

/** A conversation as those see it who work on it. */
export interface WorkedConversation extends ConversationFacts {
  readonly conversationId: string
  readonly channel: Channel
  readonly senderId: string
  /** The consumer's address on the channel. */
  readonly address: string
  readonly callId: string | null
  readonly lastInboundAt: Date | null
  /** Counts every change: whoever has an older number has seen something else. */
  readonly version: string
}

interface WorkRow {
  conversation_id: string
  channel: Channel
  sender_id: string
  address: string
  skill_id: string
  state: 'queued' | 'assigned' | 'closed'
  owner_id: string | null
  handled_by: string | null
  call_id: string | null
  last_inbound_at: Date | null
  version: string
}

/** The consumer's address of a conversation, which `lockConsumer` needs before anything is locked; null: no such conversation. */
export async function addressOfConversation(
  db: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<string | null> {
  const [row] = await db<{ address: string }[]>`
    select address from conversations where account_id = ${accountId} and conversation_id = ${conversationId}`
  return row?.address ?? null
}

/**
 * The conversation, locked until the tx ends: of two who want it the second sees what the first has done (promise P8).
 * Whether the consumer has opted out is only certain under `lockConsumer`.
 */
export async function lockConversation(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<WorkedConversation | null> {
  const [row] = await tx<WorkRow[]>`
    select conversation_id, channel, sender_id, address, skill_id, state, owner_id, handled_by, call_id, last_inbound_at,
      version
    from conversations where account_id = ${accountId} and conversation_id = ${conversationId} for update`
  if (row === undefined) return null
  return {
    conversationId: row.conversation_id,
    channel: row.channel,
    senderId: row.sender_id,
    address: row.address,
    skillId: row.skill_id,
    state: row.state,
    ownerId: row.owner_id,
    handledBy: row.handled_by,
    callId: row.call_id,
    lastInboundAt: row.last_inbound_at,
    version: row.version,
    consumerOptedOut: await isOptedOut(tx, accountId, row.address, row.channel),
  }
}

/** The skills whose queues a user may take from. */
export async function skillsHeld(db: DbOrTx, accountId: string, userId: string): Promise<readonly string[]> {
  const rows = await db<{ skill_id: string }[]>`
    select skill_id from user_skills where account_id = ${accountId} and user_id = ${userId}`
  return rows.map((row) => row.skill_id)
}

/** Gives a queued conversation, locked by this tx, to its one owner, and tells the transactions that led to it. */
export async function giveConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  userId: string,
): Promise<void> {
  const { conversationId } = conversation
  await tx`
    update conversations set state = 'assigned', owner_id = ${userId}, handled_by = ${userId},
      taken_at = coalesce(taken_at, now()), version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and state = 'queued'`
  touchConversation(tx, accountId, conversationId)
  await tx`
    update calls set conversation_taken_at = coalesce(conversation_taken_at, now())
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await recordWork(tx, accountId, conversation, 'conversation-taken', { userId })
}

/** Closes a conversation locked by this tx: it leaves its owner or its queue. */
export async function endConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  userId: string,
): Promise<void> {
  const { conversationId } = conversation
  await tx`
    update conversations set state = 'closed', owner_id = null, closed_at = now(), closed_by = 'agent', version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and state <> 'closed'`
  touchConversation(tx, accountId, conversationId)
  await tx`
    update calls set conversation_closed_at = coalesce(conversation_closed_at, now())
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await recordWork(tx, accountId, conversation, 'conversation-closed', { userId })
}

/** Notes that an agent has written, in a conversation locked by this tx. */
export async function noteReply(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  reply: { messageId: string; userId: string },
): Promise<void> {
  await tx`
    update conversations set last_message_at = greatest(last_message_at, now()), typing_shown_at = null, version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversation.conversationId}`
  touchConversation(tx, accountId, conversation.conversationId)
  await recordWork(tx, accountId, conversation, 'agent-replied', reply)
}

/** An ordinary inbound conversation came of no call, and has no transaction. */
async function recordWork(
  tx: DbOrTx,
  accountId: string,
  { callId, channel, conversationId }: WorkedConversation,
  step: string,
  details: Record<string, string>,
): Promise<void> {
  if (callId !== null) await recordStep(tx, accountId, callId, step, { channel, conversationId, ...details })
}
