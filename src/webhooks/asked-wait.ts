import type { OutboundAnswer } from '../channels/http.ts'
import { retryAfterMs } from '../channels/retry-after.ts'

/** A day, in milliseconds: the longest wait of the schedule, and more than any receiver needs. */
const longestMs = 24 * 3_600_000

/**
 * Seconds for which a receiver asks to be left alone: by `Retry-After` in an answer of 429 or 503, a day at most.
 * Null: it asks for nothing.
 */
export function askedWait(answer: OutboundAnswer): number | null {
  if (answer.status !== 429 && answer.status !== 503) return null
  const ms = retryAfterMs(answer, longestMs)
  return ms === null ? null : ms / 1_000
}
