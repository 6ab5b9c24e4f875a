import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { windowFacts } from '../domain/message-window.ts'
import { Problem } from '../errors.ts'
import { enqueue } from '../jobs/queue.ts'
import { viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { noteTyping } from '../store/inapp-inbox.ts'
import { noteTypingShown } from '../store/seen-marks.ts'
import { sayAgentTypes } from '../store/typing.ts'

/**
 * An agent is typing a reply: colleagues who follow the conversation see it. In the brand's app and on WhatsApp the consumer sees it, on WhatsApp with a read mark, which
 * the platform ties to it; on a channel that cannot show it nothing happens.
 * @throws Problem `not-found`, and whatever a reply would be refused with.
 */
export async function showTyping(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.reply')
  const { accountId, userId } = caller
  const [held, conversation] = await Promise.all([
    skillsHeld(deps.db, accountId, userId),
    viewConversation(deps.db, accountId, conversationId),
  ])
  if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  const connector = deps.connectors.get(conversation.sender.connector)
  const window = windowFacts(connector?.limits, conversation.lastInboundAt, deps.clock.now())
  const refusal = refusalOf('reply', caller, held, { ...conversation, ...window })
  if (refusal !== null) throw new Problem(refusal)
  await sayAgentTypes(deps.db, accountId, conversationId, userId)
  if (conversation.channel === 'inapp')
    await noteTyping(deps.db, { accountId, consumerId: conversation.address }, 'agent')
  if (connector?.markRead === undefined) return
  await atomic(deps.db, async (tx) => {
    const messageId = await noteTypingShown(tx, accountId, conversationId)
    if (messageId === null) return
    await enqueue(tx, 'mark-read', { accountId, messageId, shows: 'typing' }, { key: `typing/${conversationId}` })
  })
}
