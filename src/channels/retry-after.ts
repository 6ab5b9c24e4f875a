import type { OutboundAnswer } from './http.ts'

/** An hour: longer than any message waits, and a provider that says 10^9 seconds means no more (PO-01). */
const longestRetryAfterMs = 3_600_000

/**
 * Milliseconds of an answer's `Retry-After`, given in seconds or as a date, which is read against the provider's own clock
 * where it tells that; null when there is none that can be read.
 */
export function retryAfterMs(answer: OutboundAnswer): number | null {
  const given = answer.headers['retry-after']?.trim() ?? ''
  if (/^\d+$/.test(given)) return Math.min(Number(given) * 1000, longestRetryAfterMs)
  // A date begins with its weekday; Date.parse alone would take `-1` for a year.
  if (!/^[A-Z][a-z]{2}/.test(given)) return null
  const there = Date.parse(answer.headers.date ?? '')
  const ms = Date.parse(given) - (Number.isNaN(there) ? Date.now() : there)
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
