import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { readTags } from '../domain/tags.ts'
import { Problem } from '../errors.ts'
import { setTags } from '../store/conversation-tags.ts'
import { skillsHeld } from '../store/conversation-work.ts'
import { atomic } from '../store/db.ts'
import { holdConversation } from '../store/hold-conversation.ts'

/**
 * Gives a conversation these tags and no others.
 * @returns them as they are kept.
 * @throws Problem `forbidden`, `not-found`, `invalid-request`
 */
export async function tagConversation(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  given: readonly string[],
): Promise<readonly string[]> {
  demand(caller, 'conversations.tag')
  const read = readTags(given)
  if ('faults' in read) throw new Problem('invalid-request', { details: read.faults })
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    const held = await skillsHeld(tx, accountId, userId)
    const conversation = await holdConversation(tx, accountId, conversationId)
    if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
    await setTags(tx, accountId, conversationId, read.tags)
  })
  return read.tags
}
