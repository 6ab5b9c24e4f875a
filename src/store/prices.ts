import { randomUUID } from 'node:crypto'
import type { Price, PriceDraft } from '../domain/price.ts'
import type { DbOrTx } from './db.ts'

/** A brand's price table: by channel, and what names less first. */
export async function listPrices(db: DbOrTx, accountId: string): Promise<readonly Price[]> {
  return db<Price[]>`
    select ${columns(db)} from prices where account_id = ${accountId}
    order by channel, sender_id nulls first, country nulls first, category nulls first`
}

/** Sets what messages of this kind cost from now on. @returns what it was before; null: the table did not say. */
export async function putPrice(
  tx: DbOrTx,
  accountId: string,
  draft: PriceDraft,
): Promise<{ readonly before: Price | null; readonly after: Price }> {
  const { channel, senderId, country, category, per, micros, currency } = draft
  const [before = null] = await tx<Price[]>`
    select ${columns(tx)} from prices
    where account_id = ${accountId} and channel = ${channel} and sender_id is not distinct from ${senderId}
      and country is not distinct from ${country} and category is not distinct from ${category}
    for update`
  const after = { ...draft, priceId: before?.priceId ?? randomUUID() }
  await tx`
    insert into prices (account_id, price_id, channel, sender_id, country, category, per, micros, currency)
    values (${accountId}, ${after.priceId}, ${channel}, ${senderId}, ${country}, ${category}, ${per}, ${micros}, ${currency})
    on conflict (account_id, price_id) do update
    set per = excluded.per, micros = excluded.micros, currency = excluded.currency, updated_at = now()`
  return { before, after }
}

/** Takes a price out of the table. @returns what it was; null: there is none such. */
export async function deletePrice(tx: DbOrTx, accountId: string, priceId: string): Promise<Price | null> {
  const [before = null] = await tx<Price[]>`
    delete from prices where account_id = ${accountId} and price_id = ${priceId} returning ${columns(tx)}`
  return before
}

const columns = (db: DbOrTx) => db`
  price_id as "priceId", channel, sender_id as "senderId", country, category, per, micros::float8 as micros, currency`
