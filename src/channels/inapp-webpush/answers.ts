import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer } from '../http.ts'
import { retryAfterMs } from '../retry-after.ts'

/**
 * What a push service's status means (RFC 8030, 8292). Push services agree on the number only, so nothing is read in the body.
 *  401, 403  the key is not the one this browser subscribed with, as after a change of keys: an administrator's matter, but
 *            others may still be reached, so the sender is not given up.
 *  503       says itself that nothing was taken; a second copy would replace the first (Topic). Other 5xx stay unknown.
 */
export const answers: Readonly<Record<number, FailureKind>> = {
  400: 'content-rejected',
  401: 'blocked',
  403: 'blocked',
  404: 'device-gone',
  410: 'device-gone',
  413: 'content-rejected',
  429: 'throttled',
  503: 'unreachable',
}

export function sendFailure(answer: OutboundAnswer): SendFailure {
  const definite = answer.status >= 400 && answer.status < 500 && answer.status !== 408
  const kind = answers[answer.status] ?? (definite ? 'content-rejected' : 'unknown-outcome')
  return new SendFailure(kind, {
    providerCode: String(answer.status),
    retryAfterMs: kind === 'throttled' || kind === 'unreachable' ? retryAfterMs(answer) : null,
    detail: `the push service answered ${answer.status}`,
  })
}
