import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { mayRead } from '../domain/conversation-acts.ts'
import { replyTemplates } from '../domain/reply-draft.ts'
import type { ManagedTemplate } from '../domain/template.ts'
import { Problem } from '../errors.ts'
import { viewConversation } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'

/**
 * The approved templates with which the consumer of a conversation can be written to.
 * @throws Problem `not-found`, also when the conversation is not the caller's to read.
 */
export async function listReplyTemplates(
  deps: Deps,
  caller: UserCaller,
  conversationId: string,
): Promise<readonly ManagedTemplate[]> {
  demand(caller, 'workspace.read')
  const { accountId, userId } = caller
  const [held, conversation, account] = await Promise.all([
    skillsHeld(deps.db, accountId, userId),
    viewConversation(deps.db, accountId, conversationId),
    deps.accounts.get(accountId),
  ])
  if (account === null || conversation === null || !mayRead(caller, held, conversation)) throw new Problem('not-found')
  const { connector } = conversation.sender
  return replyTemplates(account, { connector, channel: conversation.channel })
}
