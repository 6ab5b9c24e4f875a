import { demand } from '../demand.ts'
import { demandAct } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { leaveConversationAs } from '../store/conversation-joins.ts'
import { atomic } from '../store/db.ts'

/**
 * Ends what `joinConversation` began. Whoever has not joined has left already.
 * @throws Problem `forbidden`, `not-found`
 */
export async function leaveConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.leave')
  await atomic(deps.db, async (tx) => {
    await demandAct(tx, caller, conversationId, 'leave')
    await leaveConversationAs(tx, caller.accountId, conversationId, caller.userId)
  })
}
