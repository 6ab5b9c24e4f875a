import type { Channel } from '../domain/channel.ts'
import type { Money } from '../domain/money.ts'
import { costBy } from '../domain/price.ts'
import type { DbOrTx } from './db.ts'
import { listPrices } from './prices.ts'

export interface MessageCost extends Money {
  readonly source: 'provider' | 'table'
}

interface CostedRow {
  micros: number | null
  currency: string | null
  source: MessageCost['source'] | null
  direction: 'in' | 'out'
  channel: Channel
  sender_id: string
  country: string | null
  category: string | null
  body: string
  call_id: string | null
}

/**
 * Says what a message has cost, on the message and in the sum of its call, and ends the search for it. Said again it
 * changes nothing; said otherwise, the call's sum follows. The provider's own word is never replaced by the table's.
 *
 * The call of a message is the one it is an invite of, or an answer to; of all others in a conversation, the call that
 * opened it. So each message counts to one call at most, and a call costs its invite and the conversation that came of it.
 *
 * Locks the message, then the call, in this order as everywhere.
 */
export async function settleCost(
  tx: DbOrTx,
  accountId: string,
  messageId: string,
  cost: MessageCost | null,
): Promise<void> {
  const message = await lockCosted(tx, accountId, messageId)
  if (message !== null) await writeCost(tx, accountId, messageId, message, cost)
  await endQuestion(tx, accountId, messageId)
}

/** The same by the account's price table. What consumers write costs only where the provider says so. */
export async function settleByTable(tx: DbOrTx, accountId: string, messageId: string): Promise<void> {
  const message = await lockCosted(tx, accountId, messageId)
  if (message?.direction === 'out') {
    const { channel, sender_id: senderId, country, category, body: text } = message
    const money = costBy(await listPrices(tx, accountId), { channel, senderId, country, category, text })
    if (money !== null) await writeCost(tx, accountId, messageId, message, { ...money, source: 'table' })
  }
  await endQuestion(tx, accountId, messageId)
}

/** How the provider says it bills a message: by which category of its prices, or not at all. */
export interface BilledAs {
  readonly billable: boolean
  readonly category: string
}

/** Takes in how a message is billed; the table then says what that costs. */
export async function settleBilled(tx: DbOrTx, accountId: string, messageId: string, billed: BilledAs): Promise<void> {
  await tx`
    update messages set price_category = ${billed.category}
    where account_id = ${accountId} and message_id = ${messageId} and direction = 'out'
      and price_category is distinct from ${billed.category}`
  if (billed.billable) await settleByTable(tx, accountId, messageId)
  else await settleCost(tx, accountId, messageId, null)
}

/** A message that was to be billed turned out undeliverable, which its provider does not bill. */
export async function takeBackBilled(tx: DbOrTx, accountId: string, messageId: string): Promise<void> {
  const message = await lockCosted(tx, accountId, messageId)
  if (message !== null && message.category !== null) await writeCost(tx, accountId, messageId, message, null)
}

async function lockCosted(tx: DbOrTx, accountId: string, messageId: string): Promise<CostedRow | null> {
  const [row] = await tx<CostedRow[]>`
    select m.cost_micros::float8 as micros, m.cost_currency as currency, m.cost_source as source, m.direction, m.channel,
      m.sender_id, country_of(m.address) as country, m.price_category as category, m.body,
      coalesce(m.call_id, c.call_id) as call_id
    from messages m left join conversations c on c.account_id = m.account_id and c.conversation_id = m.conversation_id
    where m.account_id = ${accountId} and m.message_id = ${messageId} for update of m`
  return row ?? null
}

async function writeCost(
  tx: DbOrTx,
  accountId: string,
  messageId: string,
  known: CostedRow,
  cost: MessageCost | null,
): Promise<void> {
  if (known.source === 'provider' && cost?.source !== 'provider') return
  if (known.micros === (cost?.micros ?? null) && known.currency === (cost?.currency ?? null)) return
  await tx`
    update messages set cost_micros = ${cost?.micros ?? null}, cost_currency = ${cost?.currency ?? null},
      cost_source = ${cost?.source ?? null}
    where account_id = ${accountId} and message_id = ${messageId}`
  if (known.call_id === null) return
  if (known.micros !== null && known.currency !== null)
    await addToCall(tx, accountId, known.call_id, { micros: -known.micros, currency: known.currency })
  if (cost !== null) await addToCall(tx, accountId, known.call_id, cost)
}

/** Whatever others add at the same time is there when this is worked out: the row is read again under its lock. */
async function addToCall(tx: DbOrTx, accountId: string, callId: string, { micros, currency }: Money): Promise<void> {
  await tx`
    update calls set
      cost_currency = coalesce(cost_currency, ${currency}),
      cost_micros = cost_micros + case when coalesce(cost_currency, ${currency}) = ${currency} then ${micros}::bigint else 0 end,
      other_costs = case when cost_currency <> ${currency} then
        coalesce(other_costs, '{}') || jsonb_build_object(${currency}::text,
          coalesce((other_costs ->> ${currency})::bigint, 0) + ${micros}::bigint)
        else other_costs end
    where account_id = ${accountId} and call_id = ${callId}`
}

async function endQuestion(tx: DbOrTx, accountId: string, messageId: string): Promise<void> {
  await tx`delete from price_questions where account_id = ${accountId} and message_id = ${messageId}`
}
