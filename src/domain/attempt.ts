/**
 * One try to hand a message to a provider. The journey:
 *
 *   accepted -> claimed -> sent | rejected | unknown -> sent | gave-up
 *
 * A claim is a lease with a fence, committed before the call. `expired` and `opted-out` are reached from `accepted`
 * only: once the provider may have been called, nothing of ours can take a message back. `accepted` is reached again from
 * `claimed` when certainly nothing went out, and from an expired lease when the provider certainly has not got it.
 */
export type AttemptState =
  | 'accepted'
  | 'claimed'
  | 'sent'
  | 'rejected'
  | 'unknown'
  | 'gave-up'
  | 'expired'
  | 'opted-out'

/** Why an outcome is unknown: a provider that answered unclearly, or a process that died or froze in between. */
export type UnknownReason = 'lease-expired' | 'unclear-answer'

/** A claim binds this long by the database's clock; a frozen holder is taken over within 30 s (reliability 0.3). */
export const leaseSeconds = 20

/**
 * Whether a holder may still begin its call: early enough that even the longest call ends within the lease, so that whoever
 * takes over afterwards finds what the holder sent.
 * @param heldMs milliseconds since before the claim was asked for, by a clock that goes on while the process sleeps.
 */
export function mayStillCall(heldMs: number, providerTimeoutMs: number): boolean {
  return heldMs < leaseSeconds * 1_000 - providerTimeoutMs
}

/** First wait after a send that certainly did not go out, doubled each time; then the cap (providers 1.7). */
const firstBackoffMs = 1_000
const longestBackoffMs = 30_000
/** A provider may not park a message for hours: the caller is on the phone, and the invite's life ends the wait anyway. */
const longestRetryAfterMs = 60_000

/**
 * Milliseconds until the next try.
 * @param tries tries so far, this one included.
 * @param retryAfterMs what the provider asked for; never shortened below, save by the cap.
 * @param random 0 to 1: spreads tries that failed together by up to half their wait.
 */
export function backoffMs(tries: number, retryAfterMs: number | null, random: number): number {
  const own = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(20, Math.max(0, tries - 1)))
  const spread = own * (0.5 + random / 2)
  const asked = retryAfterMs === null ? 0 : Math.min(longestRetryAfterMs, Math.max(0, retryAfterMs))
  return Math.round(Math.max(spread, asked))
}

/** Seconds after the outcome became unknown at which the provider is asked; after the last the attempt is given up. */
export const askAtSeconds: Readonly<Record<UnknownReason, readonly number[]>> = {
  'unclear-answer': [5, 15, 60, 300],
  'lease-expired': [0, 5, 15, 30, 45, 60, 300],
}

/** Seconds from now to the next asking, `asked` being how often it was asked; null: that was the last time. */
export function nextAskSeconds(reason: UnknownReason, asked: number): number | null {
  const times = askAtSeconds[reason]
  const next = times[asked]
  return next === undefined ? null : next - (asked === 0 ? 0 : times[asked - 1]!)
}
