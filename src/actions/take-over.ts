import { demand } from '../demand.ts'
import { demandAct, demandRoom } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { giveConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * Somebody who oversees becomes the owner of a conversation, whoever has it.
 * @throws Problem `forbidden`, `not-found`, `conversation-closed`, `agent-offline`, `agent-full`
 */
export async function takeOver(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.take-over')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'take-over')
    if (conversation.ownerId === userId) return
    await demandRoom(tx, accountId, userId, conversation, 'by-hand')
    await giveConversation(tx, accountId, conversation, userId)
    await askForOffers(tx, accountId, conversationId)
  })
}
