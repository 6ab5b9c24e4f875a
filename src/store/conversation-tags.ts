import type { Tx } from './db.ts'
import { touchConversation } from './touched.ts'

/** Replaces the tags of a conversation that this tx holds; the same ones again change nothing. */
export async function setTags(
  tx: Tx,
  accountId: string,
  conversationId: string,
  tags: readonly string[],
): Promise<void> {
  const changed = await tx`
    update conversations set tags = ${[...tags]}, version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId} and tags is distinct from ${[...tags]}
    returning 1`
  if (changed.length > 0) touchConversation(tx, accountId, conversationId)
}
