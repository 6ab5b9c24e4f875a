import type { DbOrTx } from './db.ts'

/**
 * Whether the consumer of a conversation `c` waits, by the numbers of the messages, as `waitingSince` of its view counts: a late
 * webhook tells of a time before the answer that it came after.
 */
const waits = (db: DbOrTx) => db`
  exists(select from messages m
    where m.account_id = c.account_id and m.conversation_id = c.conversation_id
      and m.message_id >= first_id_of(c.opened_at - interval '1 day') and m.direction = 'in'
      and m.message_number > coalesce((
        select r.message_number from messages r
        where r.account_id = c.account_id and r.conversation_id = c.conversation_id
          and r.message_id >= first_id_of(c.opened_at - interval '1 day') and r.kind = 'reply'
        order by r.message_number desc limit 1), 0))`

/**
 * Conversations whose consumer was answered and has been silent for as long as their skill, or else the settings, say,
 * over all brands; longest first. What a consumer waits in is never among them.
 */
export async function idleConversations(
  db: DbOrTx,
  limit: number,
): Promise<readonly { accountId: string; conversationId: string; afterMinutes: number }[]> {
  const rows = await db<{ account_id: string; conversation_id: string; minutes: number }[]>`
    select c.account_id, c.conversation_id, coalesce(k.close_after_minutes, s.close_after_minutes) as minutes
    from conversations c join skills k using (account_id, skill_id) left join settings s using (account_id)
    where c.state <> 'closed' and c.last_message_at > coalesce(c.last_inbound_at, '-infinity')
      and c.last_message_at < now() - make_interval(mins => coalesce(k.close_after_minutes, s.close_after_minutes))
      and not ${waits(db)}
    order by c.last_message_at limit ${limit}`
  return rows.map((row) => ({
    accountId: row.account_id,
    conversationId: row.conversation_id,
    afterMinutes: row.minutes,
  }))
}

/** Whether the consumer of a conversation, locked by this tx, was answered and has been silent for so long. */
export async function isIdle(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
  afterMinutes: number,
): Promise<boolean> {
  const rows = await tx`
    select 1 from conversations c where c.account_id = ${accountId} and c.conversation_id = ${conversationId}
      and c.last_message_at > coalesce(c.last_inbound_at, '-infinity')
      and c.last_message_at < now() - make_interval(mins => ${afterMinutes}) and not ${waits(tx)}`
  return rows.length > 0
}
