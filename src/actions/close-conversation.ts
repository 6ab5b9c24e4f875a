import { demand } from '../demand.ts'
import { demandAct } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { askSurvey } from '../store/ask-survey.ts'
import { endConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * Ends a conversation; what the consumer writes next begins another, except the answer to the question how it was, where
 * the skill asks it. Closing it again changes nothing.
 * Waits for what the consumer is writing at this moment: such a message is either still in this conversation or in the next.
 * @throws Problem `not-found`, `not-yours`
 */
export async function closeConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.close')
  const { accountId, userId } = caller
  const account = await deps.accounts.get(accountId)
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'close')
    if (conversation.state === 'closed') return
    await endConversation(tx, accountId, conversation, userId)
    const connector = account?.senders.get(conversation.senderId)?.connector ?? ''
    await askSurvey(tx, account, conversation, deps.connectors.get(connector)?.limits, deps.clock.now())
    await askForOffers(tx, accountId, conversationId)
  })
}
