import { demand } from './demand.ts'
import type { UserCaller } from './domain/caller.ts'
import { type ConversationAct, mayRead, refusalOf } from './domain/conversation-acts.ts'
import { refusalToReceive } from './domain/routing.ts'
import { Problem } from './errors.ts'
import { skillsHeld, type WorkedConversation } from './store/conversation-work.ts'
import type { Tx } from './store/db.ts'
import { holdConversation } from './store/hold-conversation.ts'
import { lockAgent } from './store/presences.ts'

/**
 * The conversation that a person is about to do something to, held until the tx ends, when they may do it.
 * @throws Problem `not-found` when it is not theirs to know of; else why they may not.
 */
export async function demandAct(
  tx: Tx,
  caller: UserCaller,
  conversationId: string,
  act: ConversationAct,
): Promise<WorkedConversation> {
  demand(caller, `conversations.${act}`)
  const held = await skillsHeld(tx, caller.accountId, caller.userId)
  const conversation = await holdConversation(tx, caller.accountId, conversationId)
  if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  const refusal = refusalOf(act, caller, held, conversation)
  if (refusal !== null) throw new Problem(refusal)
  return conversation
}

/**
 * That an agent can be given this conversation, which the tx holds; it stays true until the tx ends.
 * @throws Problem `agent-offline`, `agent-full`
 */
export async function demandRoom(
  tx: Tx,
  accountId: string,
  userId: string,
  conversation: WorkedConversation,
  how: 'given' | 'by-hand',
): Promise<void> {
  const agent = await lockAgent(tx, accountId, userId, conversation.conversationId)
  const refusal = refusalToReceive(agent, how)
  if (refusal !== null) throw new Problem(refusal)
}
