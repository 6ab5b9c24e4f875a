import { demand } from '../demand.ts'
import { demandAct, demandRoom } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { giveConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * Somebody who oversees decides whose a conversation is, out of a queue or from one agent to another.
 * @throws Problem `forbidden`, `not-found`, `conversation-closed`, `agent-offline`, `agent-full`
 */
export async function assignConversation(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  userId: string,
): Promise<void> {
  demand(caller, 'conversations.assign')
  const { accountId } = caller
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'assign')
    if (conversation.ownerId === userId) return
    await demandRoom(tx, accountId, userId, conversation, 'given')
    await giveConversation(tx, accountId, conversation, userId, 'conversation-assigned')
    await askForOffers(tx, accountId, conversationId)
  })
}
