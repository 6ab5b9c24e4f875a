import type { Channel } from '../domain/channel.ts'
import type { ConversationFacts } from '../domain/conversation-acts.ts'
import type { ReturnReason, Routing } from '../domain/routing.ts'
import type { DbOrTx } from './db.ts'
import { stoppedInRow } from './opt-outs.ts'
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
  readonly lastMessageAt: Date
  readonly queuedAt: Date
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
  last_message_at: Date
  queued_at: Date
  version: string
  offered_to: string | null
  offer_stands: boolean
  joined_by: string[]
  routing: Routing
  stopped: boolean
}

/**
 * The conversation, locked until the tx ends: of two who want it the second sees what the first has done (promise P8).
 * Whether the consumer has opted out is only certain under `lockConsumerOfConversation`.
 */
export async function lockConversation(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<WorkedConversation | null> {
  const [row] = await tx<WorkRow[]>`
    select c.conversation_id, c.channel, c.sender_id, c.address, c.skill_id, c.state, c.owner_id, c.handled_by, c.call_id,
      c.last_inbound_at, c.last_message_at, c.queued_at, c.version, c.offered_to, ${routingNow(tx)} as routing,
      coalesce(c.offered_until > clock_timestamp(), false) as offer_stands, ${stoppedInRow(tx)} as stopped,
      array(select j.user_id from conversation_joins j
        where j.account_id = c.account_id and j.conversation_id = c.conversation_id) as joined_by
    from conversations c join skills k using (account_id, skill_id)
    where c.account_id = ${accountId} and c.conversation_id = ${conversationId} for update of c`
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
    lastMessageAt: row.last_message_at,
    queuedAt: row.queued_at,
    version: row.version,
    offeredTo: row.offered_to,
    offerStands: row.offer_stands,
    joinedBy: row.joined_by,
    routing: row.routing,
    consumerOptedOut: row.stopped,
  }
}

/** How the conversations of a skill `k` reach agents now: of a disabled one nothing is offered, so that what still waits is taken. */
export const routingNow = (db: DbOrTx) => db`case when k.enabled then k.routing else 'pull' end`

/** The skills whose queues a user may take from. */
export async function skillsHeld(db: DbOrTx, accountId: string, userId: string): Promise<readonly string[]> {
  const rows = await db<{ skill_id: string }[]>`
    select skill_id from user_skills where account_id = ${accountId} and user_id = ${userId}`
  return rows.map((row) => row.skill_id)
}

/** How a conversation came to its owner; a step of the transaction. */
export type GivenStep = 'conversation-taken' | 'conversation-transferred' | 'conversation-assigned'

/**
 * Gives an open conversation, locked by this tx, to its one owner, who may be another than before, and tells the
 * transactions that led to it. That the agent can be given one more is decided before, under `lockAgent`.
 */
export async function giveConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  userId: string,
  step: GivenStep = 'conversation-taken',
): Promise<void> {
  const { conversationId } = conversation
  await endOffer(tx, accountId, conversation, conversation.offeredTo === userId ? 'accepted' : 'withdrawn')
  await tx`
    update conversations set state = 'assigned', owner_id = ${userId}, handled_by = ${userId},
      taken_at = coalesce(taken_at, now()), returned_for = null, preferred_agent = null, version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and state <> 'closed'`
  await tx`
    delete from conversation_joins
    where account_id = ${accountId} and conversation_id = ${conversationId} and user_id = ${userId}`
  await tx`update presences set given_at = now() where account_id = ${accountId} and user_id = ${userId}`
  touchConversation(tx, accountId, conversationId)
  await tx`
    update calls set conversation_taken_at = coalesce(conversation_taken_at, now())
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await recordWork(tx, accountId, conversation, step, { userId })
}

/**
 * Closes a conversation locked by this tx: it leaves its owner or its queue, and nobody reads along any more.
 * @param userId who closed it; null: the clock did.
 */
export async function endConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  userId: string | null,
): Promise<void> {
  const { conversationId } = conversation
  await endOffer(tx, accountId, conversation, 'withdrawn')
  await tx`
    delete from conversation_joins where account_id = ${accountId} and conversation_id = ${conversationId}`
  await tx`
    update conversations set state = 'closed', owner_id = null, closed_at = now(),
      closed_by = ${userId === null ? 'system' : 'agent'}, returned_for = null, preferred_agent = null, version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and state <> 'closed'`
  touchConversation(tx, accountId, conversationId)
  await tx`
    update calls set conversation_closed_at = coalesce(conversation_closed_at, now())
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await recordWork(tx, accountId, conversation, 'conversation-closed', userId === null ? {} : { userId })
}

/**
 * Puts an open conversation, locked by this tx, into a queue: it has no owner and no offer. Its place is that of the
 * consumer's oldest message that nobody has answered, so that nobody waits twice for the same answer.
 * @param to.preferredAgent who gets it first, when there; @param to.userId who put it there, null: the clock.
 */
export async function queueConversation(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  to: {
    readonly skillId: string
    readonly priority: number
    readonly returnedFor: ReturnReason
    readonly preferredAgent: string | null
    readonly userId: string | null
  },
): Promise<void> {
  const { conversationId } = conversation
  await endOffer(tx, accountId, conversation, 'withdrawn')
  await tx`
    update conversations c set state = 'queued', owner_id = null, skill_id = ${to.skillId}, priority = ${to.priority},
      returned_for = ${to.returnedFor}, preferred_agent = ${to.preferredAgent}, version = version + 1,
      queued_at = coalesce((select min(m.created_at) from messages m
        where m.account_id = c.account_id and m.conversation_id = c.conversation_id and m.direction = 'in'
          and m.message_number > coalesce((select max(r.message_number) from messages r where r.account_id = c.account_id
            and r.conversation_id = c.conversation_id and r.kind = 'reply'), 0)), now())
    where c.account_id = ${accountId} and c.conversation_id = ${conversationId} and c.state <> 'closed'`
  // Who has just given it away is not offered it again at once.
  if (conversation.ownerId !== null && to.returnedFor !== 'vanished')
    await tx`
      insert into conversation_offers (account_id, conversation_id, offered_at, user_id, ended_at, outcome)
      values (${accountId}, ${conversationId}, clock_timestamp(), ${conversation.ownerId}, clock_timestamp(), 'declined')`
  touchConversation(tx, accountId, conversationId)
  const by: Record<string, string> = to.userId === null ? {} : { userId: to.userId }
  await recordWork(tx, accountId, conversation, 'conversation-queued', { why: to.returnedFor, ...by })
}

/** Ends the offer of a conversation locked by this tx, if it has one: its agent's place is free again. */
export async function endOffer(
  tx: DbOrTx,
  accountId: string,
  conversation: WorkedConversation,
  outcome: 'accepted' | 'declined' | 'expired' | 'withdrawn',
): Promise<void> {
  if (conversation.offeredTo == null) return
  const { conversationId } = conversation
  await tx`
    update conversations set offered_to = null, offered_until = null, version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  await tx`
    update conversation_offers set ended_at = clock_timestamp(), outcome = ${outcome}
    where account_id = ${accountId} and conversation_id = ${conversationId} and ended_at is null`
  touchConversation(tx, accountId, conversationId)
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
