import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer } from '../http.ts'

/**
 * Twilio's error numbers and what each means to us. `at`: where Twilio says it, in the answer to a create (C), in a
 * status callback (S), or both. `misconfigured` is kept for what stops the whole sender. Sources: twilio.com/docs/api/errors and the pages of the numbers themselves.
 * Twilio adds numbers without notice: what is not here is handled by `createFailure` and `statusFailure`.
 */
export const errorCodes: Readonly<Record<string, { readonly at: 'C' | 'S' | 'CS'; readonly kind: FailureKind }>> = {
  // Credentials, account, request
  20003: { at: 'C', kind: 'misconfigured' }, // authentication failed
  20404: { at: 'C', kind: 'misconfigured' }, // no such account or address
  20429: { at: 'C', kind: 'throttled' }, // too many requests at once; not processed
  20500: { at: 'C', kind: 'unknown-outcome' }, // server error; may have been processed
  // Who and whence
  21211: { at: 'C', kind: 'invalid-recipient' },
  21212: { at: 'C', kind: 'misconfigured' }, // From is invalid
  21408: { at: 'C', kind: 'blocked' }, // country not switched on: an administrator's matter, but the sender works elsewhere
  21603: { at: 'C', kind: 'misconfigured' }, // no From
  21606: { at: 'C', kind: 'misconfigured' }, // From is not this account's
  21608: { at: 'C', kind: 'blocked' }, // trial account, To not verified: works for verified ones
  21609: { at: 'C', kind: 'misconfigured' }, // StatusCallback refused: PUBLIC_URL is wrong
  21610: { at: 'CS', kind: 'opted-out' },
  21611: { at: 'C', kind: 'throttled' }, // queue of From is full
  21612: { at: 'C', kind: 'not-reachable-here' }, // this From cannot reach this To
  21614: { at: 'C', kind: 'not-reachable-here' }, // not a mobile number
  21635: { at: 'C', kind: 'not-reachable-here' }, // landline
  // Content
  21617: { at: 'C', kind: 'content-rejected' }, // longer than 1,600 characters
  21620: { at: 'C', kind: 'content-rejected' }, // bad media address
  21623: { at: 'C', kind: 'content-rejected' }, // too many media
  21654: { at: 'C', kind: 'template-rejected' }, // ContentSid missing
  21655: { at: 'C', kind: 'template-rejected' }, // ContentSid invalid
  21656: { at: 'C', kind: 'template-rejected' }, // ContentVariables invalid
  // Messaging Service
  21701: { at: 'CS', kind: 'misconfigured' }, // service missing
  21703: { at: 'CS', kind: 'misconfigured' }, // no number in the service
  21704: { at: 'CS', kind: 'misconfigured' }, // no usable number in the service
  // Delivery
  30001: { at: 'S', kind: 'expired' }, // queue overflow; also a validity period that was too short
  30002: { at: 'S', kind: 'misconfigured' }, // account suspended
  30003: { at: 'S', kind: 'refused-for-now' }, // handset unreachable
  30004: { at: 'S', kind: 'blocked' },
  30005: { at: 'S', kind: 'invalid-recipient' }, // unknown handset
  30006: { at: 'S', kind: 'not-reachable-here' }, // landline or unreachable carrier
  30007: { at: 'S', kind: 'blocked' }, // filtered
  30008: { at: 'S', kind: 'refused-for-now' }, // unknown error
  30022: { at: 'S', kind: 'refused-for-now' }, // US 10DLC rate
  30023: { at: 'S', kind: 'refused-for-now' }, // US 10DLC daily cap
  30027: { at: 'S', kind: 'refused-for-now' }, // US 10DLC daily cap of T-Mobile
  30032: { at: 'S', kind: 'misconfigured' }, // toll-free number not verified
  30034: { at: 'S', kind: 'misconfigured' }, // US 10DLC number not registered
  30036: { at: 'S', kind: 'expired' }, // validity period over
  30410: { at: 'S', kind: 'refused-for-now' }, // carrier timed out
  30450: { at: 'CS', kind: 'blocked' }, // SMS pumping protection
  30610: { at: 'S', kind: 'blocked' }, // quiet hours
  30640: { at: 'S', kind: 'blocked' }, // known litigator
  // WhatsApp. Most come in a callback only; 63007 also at once.
  21910: { at: 'C', kind: 'misconfigured' }, // From and To are of two channels
  63001: { at: 'S', kind: 'misconfigured' }, // Twilio is not let in at WhatsApp
  63002: { at: 'S', kind: 'misconfigured' }, // From unknown to WhatsApp
  63003: { at: 'S', kind: 'not-reachable-here' },
  63005: { at: 'S', kind: 'content-rejected' },
  63006: { at: 'S', kind: 'content-rejected' }, // cannot be put into WhatsApp's form
  63007: { at: 'CS', kind: 'misconfigured' }, // From is no WhatsApp sender of this account
  63008: { at: 'S', kind: 'misconfigured' },
  63009: { at: 'S', kind: 'refused-for-now' },
  63010: { at: 'S', kind: 'refused-for-now' },
  63012: { at: 'S', kind: 'refused-for-now' },
  63013: { at: 'S', kind: 'blocked' }, // against WhatsApp's policy
  63014: { at: 'S', kind: 'opted-out' }, // the consumer blocked or stopped the brand
  63015: { at: 'S', kind: 'misconfigured' }, // sandbox not joined
  63016: { at: 'S', kind: 'window-closed' },
  63017: { at: 'S', kind: 'throttled' }, // rate of the account
  63018: { at: 'S', kind: 'throttled' }, // rate of the sender
  63019: { at: 'S', kind: 'content-rejected' }, // the file could not be fetched
  63020: { at: 'S', kind: 'misconfigured' }, // Business Manager has not accepted Twilio
  63021: { at: 'S', kind: 'content-rejected' },
  63022: { at: 'S', kind: 'misconfigured' }, // display name's certificate
  63024: { at: 'S', kind: 'not-reachable-here' },
  63025: { at: 'S', kind: 'content-rejected' },
  63026: { at: 'S', kind: 'blocked' }, // unsolicited messages
  63027: { at: 'S', kind: 'template-rejected' }, // not in this language
  63028: { at: 'S', kind: 'template-rejected' }, // number of variables
  63029: { at: 'S', kind: 'template-rejected' }, // the phone could not load it
  63030: { at: 'S', kind: 'template-rejected' }, // a variable it does not have
  63031: { at: 'S', kind: 'invalid-recipient' }, // From and To are the same
  63032: { at: 'S', kind: 'blocked' }, // a limit that WhatsApp puts on this consumer
  63033: { at: 'S', kind: 'blocked' },
  63034: { at: 'S', kind: 'content-rejected' }, // the file is too large
  63037: { at: 'S', kind: 'content-rejected' }, // the file could not be passed on
  63038: { at: 'S', kind: 'refused-for-now' }, // the account's day is used up
  63040: { at: 'S', kind: 'template-rejected' }, // never submitted
  63041: { at: 'S', kind: 'template-rejected' }, // paused
  63042: { at: 'S', kind: 'template-rejected' }, // disabled
  63049: { at: 'S', kind: 'refused-for-now' }, // Meta chose not to deliver marketing to this consumer
}

/**
 * What a callback's error number means. An unknown one is a definite no of an unknown reason: the message has failed,
 * and nothing may be concluded about the consumer or the sender. A send that already failed is never "try again".
 */
export function statusFailure(code: string | null): FailureKind {
  const kind = code !== null && Object.hasOwn(errorCodes, code) ? errorCodes[code]!.kind : 'refused-for-now'
  return kind === 'throttled' || kind === 'unknown-outcome' ? 'refused-for-now' : kind
}

/** An hour: longer than any message waits, and a provider that says 10^9 seconds means no more (PO-01). */
const longestRetryAfterMs = 3_600_000

/**
 * What an answer other than a proper yes means for a create.
 *  429          not processed, try later.
 *  5xx, 3xx, 408, and a 2xx that is no message  may have been processed.
 *  other 4xx    a definite no; by number, else by status. An unknown number counts as refused content: certainly not
 *               sent, not to be repeated, and somebody should look.
 */
export function createFailure(answer: OutboundAnswer): SendFailure {
  const code = errorNumber(answer.text)
  const failure = (kind: FailureKind, retryAfterMs: number | null = null) =>
    new SendFailure(kind, {
      providerCode: code,
      retryAfterMs,
      detail: `Twilio answered ${answer.status} ${code ?? ''}`.trim(),
    })
  if (answer.status === 429 || code === '20429') return failure('throttled', retryAfter(answer))
  if (answer.status < 400 || answer.status >= 500 || answer.status === 408) return failure('unknown-outcome')
  const known = code !== null && Object.hasOwn(errorCodes, code) ? errorCodes[code]!.kind : undefined
  if (known === 'throttled') return failure('throttled', retryAfter(answer))
  if (known) return failure(known)
  return failure([401, 403, 404, 405].includes(answer.status) ? 'misconfigured' : 'content-rejected')
}

/** The number in an error body: Twilio's classic shape and its RFC 9457 one both call it `code`. */
function errorNumber(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    const code = body !== null && typeof body === 'object' ? (body as { code?: unknown }).code : undefined
    return typeof code === 'number' || (typeof code === 'string' && /^\d{1,8}$/.test(code)) ? String(code) : null
  } catch {
    return null
  }
}

/** `Retry-After` in seconds or as a date, read against the provider's own clock where it gives one. */
function retryAfter(answer: OutboundAnswer): number | null {
  const given = answer.headers['retry-after']?.trim()
  if (given === undefined || given === '') return null
  const there = Date.parse(answer.headers.date ?? '')
  const now = Number.isNaN(there) ? Date.now() : there
  // A date begins with its weekday; Date.parse alone would take `-1` for a year.
  const ms = /^\d+$/.test(given)
    ? Number(given) * 1000
    : /^[A-Z][a-z]{2}/.test(given)
      ? Date.parse(given) - now
      : Number.NaN
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs)
}
