import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'

/*
 * The addresses under which a consumer is known, as SQL whose one column is `address`. A call names its consumer twice, by
 * number and by the id in the brand's app, and a STOP of either binds what is sent because of that call.
 * `offset 0` keeps the planner from joining on its own way: it then looks up one call in the one month where it can be.
 */

/** What the row `c` of a surrounding query, a conversation, knows: where it is held, the number, and what its call named. */
export const addressesOfRow = (db: DbOrTx): Statement => db`
  select known.address from (
    select unnest(array[c.address, c.consumer_phone]) as address
    union all
    select unnest(array[k.consumer_phone, k.consumer_id]) from calls k
    where k.account_id = c.account_id and k.call_id = c.call_id offset 0) known
  where known.address is not null`

export const addressesOfConversation = (db: DbOrTx, accountId: string, conversationId: string): Statement => db`
  select of_row.address from conversations c cross join lateral (${addressesOfRow(db)}) of_row
  where c.account_id = ${accountId} and c.conversation_id = ${conversationId}`

/** Of a message to them: its own, what its call named, and its conversation's. */
export const addressesOfMessage = (db: DbOrTx, accountId: string, messageId: string): Statement => db`
  select known.address from messages m cross join lateral (
    select m.address
    union all
    select unnest(array[k.consumer_phone, k.consumer_id]) from calls k
    where k.account_id = m.account_id and k.call_id = m.call_id
    union all
    select of_row.address from conversations c cross join lateral (${addressesOfRow(db)} offset 0) of_row
    where c.account_id = m.account_id and c.conversation_id = m.conversation_id offset 0) known
  where m.account_id = ${accountId} and m.message_id = ${messageId} and known.address is not null`
