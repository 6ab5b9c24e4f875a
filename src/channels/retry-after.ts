import type { OutboundAnswer } from './http.ts'

/** An hour: longer than any message waits, and a provider that says 10^9 seconds means no more (PO-01). */
const longestRetryAfterMs = 3_600_000

/**
 * Milliseconds of an answer's `Retry-After`, given in seconds or as a date, which is read against the clock of whoever
 * answered where they tell that; null when there is none that can be read.
 * @param longestMs it is never more.
 */
export function retryAfterMs(answer: OutboundAnswer, longestMs: number = longestRetryAfterMs): number | null {
  const given = answer.headers['retry-after']?.trim() ?? ''
  if (/^\d+$/.test(given)) return Math.min(Number(given) * 1000, longestMs)
  // A date begins with its weekday; Date.parse alone would take `-1` for a year.
  if (!/^[A-Z][a-z]{2}/.test(given)) return null
  const there = Date.parse(answer.headers.date ?? '')
  const ms = Date.parse(given) - (Number.isNaN(there) ? Date.now() : there)
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestMs)
}
