import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead, refusalOf } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { endOffer, skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'
import { declinedLately } from '../store/offers.ts'

/**
 * An agent passes on the conversation that is offered to them: the next one is offered it, and they are not for a minute.
 * @throws Problem `not-found`, `not-offered`
 */
export async function declineOffer(deps: Deps, caller: UserCaller, conversationId: string): Promise<void> {
  demand(caller, 'conversations.decline')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const conversation = await holdConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    const refusal = refusalOf('decline', caller, held, conversation)
    if (refusal === 'not-offered' && (await declinedLately(tx, accountId, conversationId, userId))) return
    if (refusal !== null) throw new Problem(refusal)
    await endOffer(tx, accountId, conversation, 'declined')
    await askForOffers(tx, accountId, conversationId)
  })
}
