import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { Problem } from '../errors.ts'
import { listMessages } from '../store/conversation-messages.ts'
import { viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'

/**
 * Messages of a conversation before message number `before` (null: the newest), oldest first.
 * @throws Problem `not-found`, also when the conversation is not the caller's to read.
 */
export async function readMessages(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
  page: { readonly before: string | null; readonly limit: number },
) {
  demand(caller, 'workspace.read')
  const { accountId, userId } = caller
  const [held, conversation] = await Promise.all([
    skillsHeld(deps.db, accountId, userId),
    viewConversation(deps.db, accountId, conversationId),
  ])
  if (conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  return listMessages(deps.db, accountId, conversationId, page)
}
