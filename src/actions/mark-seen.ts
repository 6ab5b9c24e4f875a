import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { enqueue } from '../jobs/queue.ts'
import { lockConversation, skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { noteSeen } from '../store/seen-marks.ts'

/**
 * Somebody has a conversation before their eyes. When it is its owner, what the consumer wrote is no longer unread, and the
 * consumer's own app is told where the channel can show that: of nobody else's look, which they would take for their
 * agent's, and never once they have opted out.
 * @param input.messageId the newest message on the page; without it all that is there, also what came just now.
 * @throws Problem `not-found`, also when the conversation is not the caller's to read.
 */
export async function markSeen(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  input: { readonly messageId: string | null },
): Promise<void> {
  demand(caller, 'workspace.read')
  const { accountId, userId } = caller
  const account = await deps.accounts.get(accountId)
  await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const conversation = await lockConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const messageId = await noteSeen(tx, accountId, { conversationId, userId, upTo: input.messageId })
    const sender = account?.senders.get(conversation.senderId)
    const tells = deps.connectors.get(sender?.connector ?? '')?.markRead !== undefined
    const owns = conversation.ownerId === userId
    if (messageId === null || !tells || !owns || conversation.consumerOptedOut) return
    await enqueue(tx, 'mark-read', { accountId, messageId, shows: 'read' }, { key: `mark-read/${conversationId}` })
  })
}
