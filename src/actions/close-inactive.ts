import type { Deps } from '../deps.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { askSurvey } from '../store/ask-survey.ts'
import { endConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'
import { idleConversations, isIdle } from '../store/idle-conversations.ts'

/** In one sweep: the next comes seconds later. */
const most = 500

/**
 * Closes the conversations whose consumers have said nothing more to an answer for so long, and asks them how it was.
 * Each is looked at again under its lock: one in which somebody has written meanwhile stays open.
 */
export async function closeInactive(deps: Deps): Promise<void> {
  for (const { accountId, conversationId, afterMinutes } of await idleConversations(deps.db, most)) {
    const account = await deps.accounts.get(accountId)
    await atomic(deps.db, async (tx) => {
      const conversation = await holdConversation(tx, accountId, conversationId)
      if (conversation === null || conversation.state === 'closed') return
      if (!(await isIdle(tx, accountId, conversationId, afterMinutes))) return
      await endConversation(tx, accountId, conversation, null)
      const connector = account?.senders.get(conversation.senderId)?.connector ?? ''
      await askSurvey(tx, account, conversation, deps.connectors.get(connector)?.limits, deps.clock.now())
      await askForOffers(tx, accountId, conversationId)
    })
  }
}
