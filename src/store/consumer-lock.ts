import type { DbOrTx } from './db.ts'

/**
 * Makes the database transactions that decide about one consumer of one brand wait for each other: accepting an invite,
 * claiming an attempt, recording an opt-out, opening a conversation. Held until the caller's tx ends; take it first.
 */
export async function lockConsumer(tx: DbOrTx, accountId: string, address: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/${address}`}, 0))`.execute()
}

/** The same for several consumers, in an order that two callers share, so that neither holds what the other waits for. */
export async function lockConsumers(tx: DbOrTx, accountId: string, addresses: readonly string[]): Promise<void> {
  const keys = [...new Set(addresses)].sort().map((address) => `${accountId}/${address}`)
  if (keys.length > 0)
    await tx`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${keys}::text[]) key`.execute()
}
