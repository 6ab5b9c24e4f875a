import { demand } from '../demand.ts'
import { demandAct } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { queueConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * Gives a conversation back to the queue of its skill. What waits in a queue already stays there.
 * @throws Problem `not-found`, `not-yours`, `conversation-closed`
 */
export async function requeueConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.requeue')
  const { accountId, userId } = caller
  const account = await deps.accounts.get(accountId)
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'requeue')
    if (conversation.state !== 'assigned') return
    const { skillId } = conversation
    const priority = account?.skills.get(skillId)?.priority ?? 0
    const why = { returnedFor: 'requeued', preferredAgent: null, userId } as const
    await queueConversation(tx, accountId, conversation, { skillId, priority, ...why })
    await askForOffers(tx, accountId, conversationId)
  })
}
