import { eventsKeptHours } from '../domain/event.ts'
import type { DbOrTx } from './db.ts'

/** Rows of one statement: short locks, and well below the statement's time limit. */
const batch = 5_000

/**
 * Removes nonces whose timestamp no request may bear any more, with room for clocks that differ (OAuth takes 300 s).
 * @returns whether there may be more.
 */
export async function deleteOldNonces(db: DbOrTx): Promise<boolean> {
  const rows = await db`
    delete from oauth_nonces where ctid = any(array(
      select ctid from oauth_nonces where stamp < extract(epoch from now())::bigint - 1_800 limit ${batch}))
    returning 1`
  return rows.length === batch
}

/** Removes events that no page goes on from any more. @returns whether there may be more. */
export async function deleteOldEvents(db: DbOrTx): Promise<boolean> {
  const rows = await db`
    delete from events where ctid = any(array(
      select ctid from events where at < now() - make_interval(hours => ${eventsKeptHours}) limit ${batch}))
    returning 1`
  return rows.length === batch
}

/** Removes exchanges older than `days` that lie in no day's partition. @returns whether there may be more. */
export async function deleteOldExchanges(db: DbOrTx, days: number): Promise<boolean> {
  const rows = await db`
    delete from provider_exchanges_default where ctid = any(array(
      select ctid from provider_exchanges_default where at < now() - make_interval(days => ${days}) limit ${batch}))
    returning 1`
  return rows.length === batch
}

/** Removes receipts heard more than `days` ago: until then they keep a provider's late repetition from counting (WI-09). */
export async function deleteOldReceipts(db: DbOrTx, days: number): Promise<boolean> {
  const rows = await db`
    delete from receipts where ctid = any(array(
      select ctid from receipts where received_at < now() - make_interval(days => ${days}) limit ${batch}))
    returning 1`
  return rows.length === batch
}
