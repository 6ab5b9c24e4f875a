import { demand } from '../demand.ts'
import { demandAct, demandRoom } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { giveConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * An agent accepts the conversation that is offered to them and owns it from now on. Accepting it again changes nothing.
 * @throws Problem `not-found`, `not-offered` when the countdown ran out, `already-taken`, `conversation-closed`,
 *   `agent-offline`, `agent-full`
 */
export async function acceptOffer(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.accept')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'accept')
    if (conversation.state !== 'queued') return
    await demandRoom(tx, accountId, userId, conversation, 'by-hand')
    await giveConversation(tx, accountId, conversation, userId)
  })
}
