import { addressesOfConversation, addressesOfMessage } from './addresses-of.ts'
import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'

/**
 * Makes the database transactions that decide about one consumer of one brand wait for each other: accepting an invite,
 * claiming an attempt, recording an opt-out, opening a conversation. Held until the caller's tx ends; take it first.
 */
export async function lockConsumer(tx: DbOrTx, accountId: string, address: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/${address}`}, 0))`.execute()
}

/**
 * The same for several addresses, in an order that all callers share, so that no two hold what the other waits for. Whoever
 * needs several takes them in one go: one after the other they could be in any order.
 */
export async function lockConsumers(tx: DbOrTx, accountId: string, addresses: readonly string[]): Promise<void> {
  if (addresses.length > 0) await lockAll(tx, accountId, tx`select unnest(${[...addresses]}::text[]) as address`)
}

/** By every address under which the message's consumer is known. */
export async function lockConsumerOfMessage(tx: DbOrTx, accountId: string, messageId: string): Promise<void> {
  await lockAll(tx, accountId, addressesOfMessage(tx, accountId, messageId))
}

/** By every address under which the conversation's consumer is known. @returns false when there is no such conversation. */
export async function lockConsumerOfConversation(
  tx: DbOrTx,
  accountId: string,
  conversationId: string,
): Promise<boolean> {
  return (await lockAll(tx, accountId, addressesOfConversation(tx, accountId, conversationId))) > 0
}

/** @returns how many were locked. */
async function lockAll(tx: DbOrTx, accountId: string, addresses: Statement): Promise<number> {
  const { count } = await tx`
    select pg_advisory_xact_lock(hashtextextended(${accountId}::text || '/' || address, 0)) from (
      select address from (${addresses}) named group by address order by address collate "C") in_order`.execute()
  return count
}
