import type { MessageStatus } from '../domain/message.ts'
import { priceAskSeconds } from '../domain/price.ts'
import type { Database, DbOrTx } from './db.ts'

/** A message whose price is to be found out now. */
export interface PriceQuestion {
  readonly accountId: string
  readonly messageId: string
  readonly senderId: string
  readonly providerId: string
  /** As far as we have heard. */
  readonly status: MessageStatus
  /** It is not asked again. */
  readonly last: boolean
}

/**
 * The search for a message's price begins: a provider has it, and will know its price later.
 * @param at the `with` part of the statement that stores the provider's id.
 */
export const firstPriceQuestion = (tx: DbOrTx, accountId: string, messageId: string, begins: boolean) => tx`
  insert into price_questions (account_id, message_id, next_ask_at)
  select ${accountId}, ${messageId}::uuid, now() + make_interval(secs => ${priceAskSeconds[0]})
  where ${begins} on conflict do nothing`

/**
 * Takes the questions that are due, each for one process: it is due again only later, whatever becomes of this one.
 * A message that is gone has no price to find.
 */
export async function takePriceQuestions(db: Database, most: number): Promise<readonly PriceQuestion[]> {
  const waits = [...priceAskSeconds.slice(1), priceAskSeconds.at(-1)!]
  const rows = await db<
    (Omit<PriceQuestion, 'senderId' | 'providerId'> & { senderId: string | null; providerId: string | null })[]
  >`
    with due as (
      select account_id, message_id from price_questions where next_ask_at <= now()
      order by next_ask_at limit ${most} for update skip locked),
    taken as (
      update price_questions question set asked = asked + 1,
        next_ask_at = now() + make_interval(secs => (${waits}::integer[])[least(asked + 1, ${waits.length})])
      from due where question.account_id = due.account_id and question.message_id = due.message_id
      returning question.account_id, question.message_id, question.asked)
    select taken.account_id as "accountId", taken.message_id as "messageId", m.sender_id as "senderId",
      m.provider_id as "providerId", m.status, taken.asked >= ${waits.length} as last
    from taken left join lateral (
      -- Each by its key: the planner counts every month's partition for a look-up, and would rather read all.
      select known.sender_id, known.provider_id, known.status from messages known
      where known.account_id = taken.account_id and known.message_id = taken.message_id offset 0) m on true`
  const gone = rows.filter(({ senderId, providerId }) => senderId === null || providerId === null)
  for (const { accountId, messageId } of gone)
    await db`delete from price_questions where account_id = ${accountId} and message_id = ${messageId}`
  return rows.filter((row): row is PriceQuestion => row.senderId !== null && row.providerId !== null)
}
