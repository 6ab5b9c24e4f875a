import type { Found } from '../channels/connector.ts'
import { SendFailure } from '../channels/failures.ts'
import { outgoingOf } from '../channels/hand-over.ts'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { SystemCaller } from '../domain/caller.ts'
import {
  acceptAgain,
  planQuestion,
  recordFound,
  recordGaveUp,
  recordUnsendable,
  takeQuestion,
} from '../store/attempt-outcomes.ts'
import { type Attempt, loadAttempt, lockAttempt } from '../store/attempts.ts'
import { lockConsumerOfMessage } from '../store/consumer-lock.ts'
import { atomic, type DbOrTx } from '../store/db.ts'
import { optOutForbids } from '../store/opt-outs.ts'
import { otherProviderIds } from '../store/other-provider-ids.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { openDevice } from '../store/push-targets.ts'
import { lockProviderId } from '../store/receipts.ts'

/**
 * Asks the provider what became of an attempt whose outcome nobody knows. Found: it was sent. Not found, and the answer had
 * been unclear: never sent again (promise P3), because a provider that said 500 or nothing may still be at work; it is asked
 * again a few times and then given up, visible to the operator, and a late callback still makes it `sent`.
 *
 * One case goes out again: the holder died or froze (`lease-expired`) and the provider says `absent`, which a connector may
 * only say when the provider certainly has not got it. This is not a blind resend. The lease is over, and no holder begins a
 * call unless the longest call would end within it (`mayStillCall`), so no call of the old holder is still under way when
 * the provider is asked; the new fence keeps the old holder from writing, and its own look at the clock from sending.
 */
export async function resolveAttempt(deps: Deps, caller: SystemCaller, input: { attemptId: string }): Promise<void> {
  const { accountId } = caller
  const config = await deps.accounts.get(accountId)
  const attempt = await loadAttempt(deps.db, accountId, input.attemptId)
  if (config === null || attempt?.state !== 'unknown' || attempt.unknownReason === null) return
  const question = await takeQuestion(deps.db, attempt)
  if (question === null) return

  const exchanges: Exchange[] = []
  const found = await ask(deps, config, attempt, exchanges)
  const state = await atomic(deps.db, async (tx) => {
    // The provider's id before the consumer, as where a callback is kept: else the two could wait for each other.
    if (found.kind === 'found') await lockProviderId(tx, accountId, attempt.senderId, found.providerId)
    await lockConsumerOfMessage(tx, accountId, attempt.messageId)
    const context = { ...attempt, direction: 'out' } as const
    for (const exchange of exchanges) await recordExchange(tx, accountId, context, exchange)
    const optOutScope = config.settings?.optOutScope ?? 'all'
    return conclude(tx, { ...attempt, asked: attempt.asked + 1 }, found, { last: question.last, optOutScope })
  })
  deps.log.info({ accountId, attemptId: attempt.attemptId, found: found.kind, state }, 'unknown attempt asked about')
  const connector = config.senders.get(attempt.senderId)?.connector ?? 'none'
  if (state !== 'unknown') deps.metrics.attempts.inc({ connector, state })
}

async function ask(deps: Deps, config: AccountConfig, attempt: Attempt, exchanges: Exchange[]): Promise<Found> {
  const sender = config.senders.get(attempt.senderId)
  const connector = deps.connectors.get(sender?.connector ?? '')
  if (sender === undefined || connector?.find === undefined) return { kind: 'unsure' }
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  const since = attempt.claimedAt ?? attempt.createdAt
  const others = await otherProviderIds(deps.db, attempt)
  try {
    const carried = { ...attempt, device: openDevice(deps.cipher, attempt.accountId, attempt.device) }
    return await connector.find(outgoingOf(deps, config, carried, sender), since, sender, http, others)
  } catch (error) {
    const { accountId, attemptId } = attempt
    if (!(error instanceof SendFailure)) deps.log.error({ err: error, accountId, attemptId }, 'a connector failed')
    return { kind: 'unsure' }
  }
}

async function conclude(
  tx: DbOrTx,
  attempt: Attempt,
  found: Found,
  { last, optOutScope }: { readonly last: boolean; readonly optOutScope: 'channel' | 'all' },
): Promise<'sent' | 'accepted' | 'expired' | 'opted-out' | 'gave-up' | 'unknown'> {
  if (found.kind === 'found' && (await recordFound(tx, attempt, found, optOutScope))) return 'sent'
  const now = await lockAttempt(tx, attempt.accountId, attempt.attemptId)
  if (now?.state !== 'unknown' || now.fence !== attempt.fence) return now?.state === 'sent' ? 'sent' : 'unknown'
  if (found.kind === 'absent' && attempt.unknownReason === 'lease-expired') {
    // Certainly not sent, so it can still expire or be forbidden like one that never left.
    const state = now.expired ? 'expired' : (await optOutForbids(tx, now.accountId, now.messageId)) ? 'opted-out' : null
    if (state !== null) await recordUnsendable(tx, now, state)
    else await acceptAgain(tx, now)
    return state ?? 'accepted'
  }
  if (last) {
    await recordGaveUp(tx, attempt)
    return 'gave-up'
  }
  await planQuestion(tx, attempt)
  return 'unknown'
}
