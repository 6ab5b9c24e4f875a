import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { noteTyping } from '../store/inapp-inbox.ts'

/**
 * An agent is typing a reply. In the brand's app the consumer sees it; on a channel that cannot show it nothing happens.
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
  const refusal = refusalOf('reply', caller, held, conversation)
  if (refusal !== null) throw new Problem(refusal)
  if (conversation.channel === 'inapp')
    await noteTyping(deps.db, { accountId, consumerId: conversation.address }, 'agent')
}
