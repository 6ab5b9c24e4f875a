import type { DbOrTx } from './db.ts'

/** Minutes after which a sender whose credentials were refused is tried again: a provider's bad quarter of an hour passes. */
const triedAgainAfterMinutes = 5

/**
 * Marks a sender whose credentials the provider refused: eligibility offers its channel no more, and the administrator
 * reads the sentence. Heals by itself: after a few minutes the mark is taken off and the next message tries again.
 */
export async function breakSender(tx: DbOrTx, accountId: string, senderId: string, sentence: string): Promise<void> {
  await tx`
    update senders set broken = ${sentence}, broken_at = clock_timestamp()
    where account_id = ${accountId} and sender_id = ${senderId} and broken is null`
}

/** Takes the mark off senders that `breakSender` marked long enough ago, over all brands. */
export async function mendSenders(db: DbOrTx): Promise<void> {
  await db`
    update senders set broken = null, broken_at = null
    where broken_at < clock_timestamp() - make_interval(mins => ${triedAgainAfterMinutes})`
}
