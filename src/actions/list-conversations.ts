import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { may } from '../domain/policy.ts'
import { shownTo } from '../domain/shown-conversation.ts'
import { type ConversationList, type ListPlace, pageOfConversations } from '../store/conversation-views.ts'

/**
 * One page of a list of conversations, newest first: `mine`; `closed`, of which an agent sees those they handled; `open`,
 * everything that waits or is in work, for those who oversee.
 * @throws Problem `forbidden`
 */
export async function listConversations(
  deps: Deps,
  caller: UserCaller,
  list: ConversationList,
  page: { readonly after: ListPlace | null; readonly limit: number },
) {
  demand(caller, list === 'open' ? 'workspace.read-all' : 'workspace.read')
  const whose = list === 'closed' && may(caller, 'workspace.read-all') ? null : caller.userId
  const { conversations, next } = await pageOfConversations(deps.db, caller.accountId, list, whose, page)
  return { conversations: conversations.map((conversation) => shownTo(caller, conversation)), next }
}
