import { lockConsumerOfConversation } from './consumer-lock.ts'
import { lockConversation, type WorkedConversation } from './conversation-work.ts'
import type { DbOrTx } from './db.ts'

/**
 * Locks the consumer and then the conversation until the tx ends: the order in which everybody locks them, since a
 * webhook's batch holds the consumer when it comes to the conversation. First come, first served.
 * @returns null when there is no such conversation.
 */
export async function holdConversation(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<WorkedConversation | null> {
  if (!(await lockConsumerOfConversation(tx, accountId, conversationId))) return null
  return lockConversation(tx, accountId, conversationId)
}
