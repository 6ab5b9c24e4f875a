import type { DbOrTx } from './db.ts'

/**
 * Makes the database transactions that decide about one consumer of one brand wait for each other: accepting an invite,
 * claiming an attempt, recording an opt-out, opening a conversation. Held until the caller's tx ends; take it first.
 */
export async function lockConsumer(tx: DbOrTx, accountId: string, address: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/${address}`}, 0))`
}
