import { demand } from '../demand.ts'
import { demandAct, demandRoom } from '../demand-act.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { consumerText } from '../domain/consumer-text.ts'
import { Problem } from '../errors.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { giveConversation, queueConversation } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { insertNote } from '../store/notes.ts'

/** Where it goes: into the queue of a skill, or to a colleague who is online and has room. */
export type TransferTarget = { readonly skillId: string } | { readonly userId: string }

/**
 * Hands a conversation on, with a note that only colleagues read. It is never without a place: the same moment takes it
 * from one owner and gives it to the other, or to a queue.
 * @throws Problem `not-found`, `not-yours`, `conversation-closed`, `invalid-request` for a skill or colleague that is none
 *   here, `agent-offline`, `agent-full`
 */
export async function transferConversation(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  input: { readonly to: TransferTarget; readonly note: string | null },
): Promise<void> {
  demand(caller, 'conversations.transfer')
  const { accountId, userId } = caller
  const { to } = input
  const account = await deps.accounts.get(accountId)
  await atomic(deps.db, async (tx) => {
    const conversation = await demandAct(tx, caller, conversationId, 'transfer')
    if ('userId' in to) {
      await demandRoom(tx, accountId, to.userId, conversation, 'given')
      if (conversation.ownerId !== to.userId)
        await giveConversation(tx, accountId, conversation, to.userId, 'conversation-transferred')
    } else {
      const skill = account?.skills.get(to.skillId)
      if (skill?.enabled !== true) throw new Problem('invalid-request', { details: ['There is no such skill.'] })
      const { skillId, priority } = skill
      const why = { returnedFor: 'transferred', preferredAgent: null, userId } as const
      await queueConversation(tx, accountId, conversation, { skillId, priority, ...why })
    }
    const text = consumerText(input.note ?? '').trim()
    if (text !== '') await insertNote(tx, accountId, { conversationId, authorId: userId, text, clientId: null })
    await askForOffers(tx, accountId, conversationId)
  })
}
