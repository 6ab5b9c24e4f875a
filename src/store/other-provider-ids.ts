import type { Attempt } from './attempts.ts'
import type { DbOrTx } from './db.ts'
import { firstIdAt } from './uuid-v7.ts'

/** How long before an attempt another message may have been written that left about when the attempt did: it had to wait. */
const mayHaveWaitedMs = 30 * 86_400_000

/**
 * Ids by which the provider has named other messages to the same consumer, so that none of them is taken for this attempt.
 * Only ids that it gave itself, in its answer or with our token: one that was found by asking may have been another's copy.
 */
export async function otherProviderIds(
  db: DbOrTx,
  attempt: Pick<Attempt, 'accountId' | 'messageId' | 'address' | 'createdAt'>,
): Promise<ReadonlySet<string>> {
  const from = firstIdAt(new Date(attempt.createdAt.getTime() - mayHaveWaitedMs))
  const rows = await db<{ provider_id: string }[]>`
    select provider_id from messages m
    where account_id = ${attempt.accountId} and address = ${attempt.address} and direction = 'out'
      and message_id >= ${from} and message_id <> ${attempt.messageId} and provider_id is not null
      and not exists (
        select 1 from attempts a
        where a.account_id = m.account_id and a.message_id = m.message_id and a.attempt_id >= ${from} and a.asked > 0)`
  return new Set(rows.map((row) => row.provider_id))
}
