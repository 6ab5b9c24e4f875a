import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { isStorable } from '../domain/outside-data.ts'
import { may } from '../domain/policy.ts'
import { shownTo } from '../domain/shown-conversation.ts'
import { Problem } from '../errors.ts'
import { type SearchedList, searchConversations as search } from '../store/conversation-search.ts'
import { type ConversationView, type ListPlace, viewConversations } from '../store/conversation-views.ts'
import { skillsHeld } from '../store/conversation-work.ts'

/**
 * Conversations of a list, of those the person may read, in which a text stands: a number, a name, a tag or a message.
 * @throws Problem `forbidden`; `invalid-request` for a text that PostgreSQL cannot take
 */
export async function searchConversations(
  deps: Deps,
  caller: UserCaller,
  wanted: { readonly search: string; readonly list: SearchedList },
  page: { readonly after: ListPlace | null; readonly limit: number },
): Promise<{ conversations: readonly ConversationView[]; next: ListPlace | null }> {
  demand(caller, 'workspace.read')
  if (!isStorable(wanted.search))
    throw new Problem('invalid-request', { details: ['search holds a character that is not allowed'] })
  const { accountId, userId } = caller
  const { db } = deps
  const skillIds = may(caller, 'workspace.read-all') ? null : await skillsHeld(db, accountId, userId)
  const text = wanted.search.trim().toLowerCase()
  const digits = text.replace(/[\s().-]/g, '')
  const query = { list: wanted.list, text, digits: /^\+?[0-9]{3,15}$/.test(digits) ? digits : null, userId, skillIds }
  const { conversationIds, next } = await search(db, accountId, query, page)
  const views = new Map(
    (await viewConversations(db, accountId, conversationIds)).map((one) => [one.conversationId, one]),
  )
  const found = conversationIds.flatMap((id) => views.get(id) ?? [])
  return { conversations: found.map((one) => shownTo(caller, one)), next }
}
