import type { ListPlace } from './conversation-views.ts'
import type { DbOrTx } from './db.ts'

export const searchedLists = ['mine', 'queue', 'closed', 'open', 'all'] as const
export type SearchedList = (typeof searchedLists)[number]

export interface ConversationQuery {
  readonly list: SearchedList
  /** What is looked for, in lower case; spaces and brackets of numbers are taken out of `digits`. */
  readonly text: string
  /** Null: it is no number. */
  readonly digits: string | null
  readonly userId: string
  /** Skills whose queues count; null: all, and everybody's conversations. */
  readonly skillIds: readonly string[] | null
}

/** Conversations looked through for one page: a search must end, and goes on with the next page. */
const mostLookedThrough = 2_000

/**
 * One page of the conversations of a list that hold the text, newest first: in the consumer's number or name, a tag, or a
 * message. Whoever does not see a number in full finds it by the whole of it alone.
 * @returns `next` also when fewer were found than wanted and there are older ones to look through.
 */
export async function searchConversations(
  db: DbOrTx,
  accountId: string,
  query: ConversationQuery,
  page: { readonly after: ListPlace | null; readonly limit: number },
): Promise<{ conversationIds: readonly string[]; next: ListPlace | null }> {
  const { after, limit } = page
  const { userId, text, digits } = query
  const ids = query.skillIds === null ? null : [...query.skillIds]
  const all = ids === null
  const mine = db`(c.state = 'assigned' and c.owner_id = ${userId})`
  const queue = db`(c.state = 'queued' and (${ids}::uuid[] is null or c.skill_id = any(${ids}::uuid[])))`
  const closed = db`(c.state = 'closed' and (${all} or c.handled_by = ${userId}))`
  const open = all ? db`c.state <> 'closed'` : db`(${mine} or ${queue})`
  const which = { mine, queue, closed, open, all: db`(${open} or ${closed})` }[query.list]
  const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`
  const number = digits === null ? null : `%${digits}%`
  const rows = await db<{ conversation_id: string; place: string; found: boolean }[]>`
    with candidates as (
      select c.conversation_id, c.opened_at, c.address, c.consumer_phone, c.owner_id, c.call_id, c.tags
      from conversations c
      where c.account_id = ${accountId} and ${which}
        ${after === null ? db`` : db`and (c.opened_at, c.conversation_id) < (${after.at}::timestamptz, ${after.conversationId}::uuid)`}
      order by c.opened_at desc, c.conversation_id desc limit ${mostLookedThrough})
    select c.conversation_id, c.opened_at::text as place,
      ( (${number}::text is not null and (${all} or c.owner_id = ${userId})
          and (c.address like ${number} or c.consumer_phone like ${number}))
        or c.address = ${digits ?? text} or c.consumer_phone = ${digits ?? text} or lower(c.address) = ${text}
        or lower(array_to_string(c.tags, chr(10))) like ${pattern}
        or exists(select from calls k where k.account_id = ${accountId} and k.call_id = c.call_id
          and lower(concat_ws(' ', k.sdes->'personal'->>'firstname', k.sdes->'personal'->>'lastname')) like ${pattern})
        or exists(select from messages m where m.account_id = ${accountId} and m.conversation_id = c.conversation_id
          and lower(m.body) like ${pattern})) is true as found
    from candidates c order by c.opened_at desc, c.conversation_id desc`
  const found = rows.filter((row) => row.found)
  const shown = found.slice(0, limit)
  const last = found.length > limit ? shown.at(-1) : rows.length === mostLookedThrough ? rows.at(-1) : undefined
  return {
    conversationIds: shown.map((row) => row.conversation_id),
    next: last === undefined ? null : { at: last.place, conversationId: last.conversation_id },
  }
}
