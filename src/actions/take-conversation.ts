import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { addressOfConversation, giveConversation, lockConversation, skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'

/**
 * An agent takes a conversation out of its queue and owns it from now on. Taking it again changes nothing.
 * @throws Problem `not-found`, `already-taken`, `conversation-closed`, `forbidden`
 */
export async function takeConversation(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.take')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const address = await addressOfConversation(tx, accountId, conversationId)
    if (address === null) throw new Problem('not-found')
    // A webhook's batch may hold this consumer's call and come to the conversation later: first come, first served.
    await lockConsumer(tx, accountId, address)
    const conversation = await lockConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const refusal = refusalOf('take', caller, held, conversation)
    if (refusal !== null) throw new Problem(refusal)
    if (conversation.state === 'queued') await giveConversation(tx, accountId, conversation, userId)
  })
}
