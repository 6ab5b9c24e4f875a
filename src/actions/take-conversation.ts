import { demand } from '../demand.ts'
import { demandAct, demandRoom } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { giveConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * An agent takes a conversation out of its queue and owns it from now on. Taking it again changes nothing.
 * @throws Problem `not-found`, `already-taken`, `conversation-closed`, `forbidden`, `not-offered`, `agent-offline`,
 *   `agent-full`
 */
export async function takeConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.take')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'take')
    if (conversation.state !== 'queued') return
    await demandRoom(tx, accountId, userId, conversation, 'by-hand')
    await giveConversation(tx, accountId, conversation, userId)
  })
}
