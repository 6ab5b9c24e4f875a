import type { DbOrTx } from './db.ts'

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
    select 1 from conversations where account_id = ${accountId} and conversation_id = ${conversationId}
      and last_message_at > coalesce(last_inbound_at, '-infinity')
      and last_message_at < now() - make_interval(mins => ${afterMinutes})`
  return rows.length > 0
}
