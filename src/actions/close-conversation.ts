import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { addressOfConversation, endConversation, lockConversation, skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * Ends a conversation; what the consumer writes next begins another. Closing it again changes nothing.
 * Waits for what the consumer is writing at this moment: such a message is either still in this conversation or in the next.
 * @throws Problem `not-found`, `not-yours`
 */
export async function closeConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.close')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const address = await addressOfConversation(tx, accountId, conversationId)
    if (address === null) throw new Problem('not-found')
    await lockConsumer(tx, accountId, address)
    const conversation = await lockConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const refusal = refusalOf('close', caller, held, conversation)
    if (refusal !== null) throw new Problem(refusal)
    if (conversation.state !== 'closed') await endConversation(tx, accountId, conversation, userId)
  })
}
