import { handOver } from '../channels/hand-over.ts'
import type { Deps } from '../deps.ts'
import { backoffMs } from '../domain/attempt.ts'
import type { SystemCaller } from '../domain/caller.ts'
import { allOf } from '../store/all-of.ts'
import { postponeAttempt, recordUnsendable } from '../store/attempt-outcomes.ts'
import { type Attempt, claimAttempt, loadAttempt, lockAttempt, recipientBusyMs } from '../store/attempts.ts'
import { lockConsumerOfMessage } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { optOutForbids } from '../store/opt-outs.ts'
import { openDevice } from '../store/push-targets.ts'
import { settleAttempt } from '../store/settle-attempt.ts'

/**
 * Hands one waiting message to its provider and writes down what came of it. Safe to repeat and to race: whoever claims the
 * attempt sends, everybody else finds nothing to do. The call itself runs outside of any tx.
 */
export async function deliverMessage(deps: Deps, caller: SystemCaller, input: { attemptId: string }): Promise<void> {
  const { accountId } = caller
  const config = await deps.accounts.get(accountId)
  if (config === null) return
  // Before the claim is asked for: by this clock the lease ends earlier than by the database's, never later.
  const heldSince = deps.clock.monotonic()
  const attempt = await claim(deps, accountId, input.attemptId)
  if (attempt === null) return
  const { attemptId, fence } = attempt
  deps.log.info({ accountId, attemptId, fence }, 'attempt claimed')

  const carried = { ...attempt, device: openDevice(deps.cipher, accountId, attempt.device) }
  const outcome = await handOver(deps, config, carried, heldSince)
  const retryAfterMs = outcome.kind === 'unsent' ? outcome.failure.retryAfterMs : null
  const waitMs = backoffMs(attempt.tries, retryAfterMs, Math.random())
  const settled = await settleAttempt(deps.db, {
    ...{ config, circuits: deps.circuits, attempt, outcome, waitMs, claimNextBy: null },
  })

  deps.log.info({ accountId, attemptId, fence, outcome: outcome.kind, state: settled.state }, 'attempt settled')
  const { opened } = await deps.circuits.note(accountId, attempt.senderId, outcome)
  if (opened) deps.log.warn({ accountId, senderId: attempt.senderId }, 'a provider fails and is left out')
  const connector = config.senders.get(attempt.senderId)?.connector ?? 'none'
  deps.metrics.attempts.inc({ connector, state: settled.state })
  if ('failure' in outcome) deps.metrics.failures.inc({ connector, kind: outcome.failure.kind })
  if (outcome.kind === 'unknown' && outcome.fault !== null)
    deps.log.error({ err: outcome.fault, accountId, attemptId, connector }, 'a connector failed')
}

/** Takes the attempt for this process, unless it may not go any more: opt-out and life are looked at in this very tx (P4).
 * While its provider fails, or another message to the same consumer has to go first, it waits. */
async function claim(deps: Deps, accountId: string, attemptId: string): Promise<Attempt | null> {
  const waiting = await loadAttempt(deps.db, accountId, attemptId)
  if (waiting?.state !== 'accepted') return null
  return atomic(deps.db, async (tx) => {
    await lockConsumerOfMessage(tx, accountId, waiting.messageId)
    const attempt = await lockAttempt(tx, accountId, attemptId)
    if (attempt?.state !== 'accepted') return null
    const [optedOut, busyMs] = await allOf(
      optOutForbids(tx, accountId, attempt.messageId),
      recipientBusyMs(tx, attempt),
    )
    if (attempt.expired || optedOut) {
      await recordUnsendable(tx, attempt, attempt.expired ? 'expired' : 'opted-out')
      return null
    }
    // A job that comes before its time leaves the attempt to the one that is planned, or to the sweep.
    if (!attempt.due) return null
    const waitMs = busyMs ?? (await deps.circuits.admit(tx, accountId, attempt.senderId))?.againInMs
    if (waitMs !== undefined) {
      await postponeAttempt(tx, attempt, waitMs)
      return null
    }
    const claimed = await claimAttempt(tx, attempt, deps.processId)
    return claimed === null ? null : { ...attempt, ...claimed, state: 'claimed', tries: attempt.tries + 1 }
  })
}
