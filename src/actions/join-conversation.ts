import { demand } from '../demand.ts'
import { demandAct } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { joinConversationAs } from '../store/conversation-joins.ts'
import { atomic } from '../store/db.ts'

/**
 * Somebody who oversees joins a conversation: they may write to the consumer too, and it stays its owner's.
 * @throws Problem `forbidden`, `not-found`, `conversation-closed`
 */
export async function joinConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.join')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'join')
    if (conversation.ownerId !== userId) await joinConversationAs(tx, accountId, conversationId, userId)
  })
}
