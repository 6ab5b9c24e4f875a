import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer } from '../http.ts'
import { retryAfterMs } from '../retry-after.ts'
import { fieldsOf, jsonObject, textOf } from './call-graph.ts'

/** `transient`: Meta is out of order. A 4xx says that it did nothing; a 5xx may have done something. */
type Meaning = FailureKind | 'transient'

/**
 * Meta's error codes and what each means to us, in an answer and in a `failed` status alike: Meta says the same thing by
 * either way, or by both. `misconfigured` is kept for what stops the whole sender. Source: Meta's page "Error codes",
 * checked against what gateways in the open do with them. Codes grow without notice: see `meaningOf` for the others.
 */
export const errorCodes: Readonly<Record<string, Meaning>> = {
  // Token, permission, account
  0: 'misconfigured', // token not accepted
  3: 'misconfigured', // capability or permission
  10: 'misconfigured', // permission denied
  33: 'misconfigured', // the phone number is gone
  190: 'misconfigured', // token expired
  368: 'misconfigured', // blocked for breaking a policy
  131005: 'misconfigured', // access denied
  131031: 'misconfigured', // account locked
  131037: 'misconfigured', // display name not approved
  131042: 'misconfigured', // payment
  131045: 'misconfigured', // number not registered
  133010: 'misconfigured', // number not registered
  // Out of order
  1: 'transient',
  2: 'transient',
  131000: 'transient',
  131016: 'transient',
  133004: 'transient',
  // Too fast: certainly not taken
  4: 'throttled', // the app's limit
  613: 'throttled',
  80007: 'throttled', // the business account's limit
  130429: 'throttled', // the number's throughput
  131056: 'throttled', // this number to this consumer
  131057: 'throttled', // maintenance, about a minute
  // Who
  131021: 'invalid-recipient', // the recipient is the sender
  131026: 'not-reachable-here', // not on WhatsApp, old app, terms not accepted, ...
  131030: 'blocked', // not on the list of a test number; others are reached
  130497: 'blocked', // this country may not be written to
  131047: 'window-closed',
  131050: 'opted-out', // stopped marketing messages of this business
  130472: 'refused-for-now', // the consumer is part of an experiment
  131049: 'refused-for-now', // Meta chose not to deliver; again at once makes it worse
  131048: 'blocked', // spam limit; again makes it worse
  // Content
  100: 'content-rejected',
  131008: 'content-rejected',
  131009: 'content-rejected',
  131051: 'content-rejected',
  131052: 'content-rejected', // the consumer's file could not be had
  131053: 'content-rejected', // our file could not be had
  135000: 'content-rejected',
  // Templates
  131055: 'template-rejected',
  132000: 'template-rejected', // number of variables
  132001: 'template-rejected', // no such name in this language
  132005: 'template-rejected', // too long once filled
  132007: 'template-rejected', // breaks the format policy
  132012: 'template-rejected', // format of a variable
  132015: 'template-rejected', // paused
  132016: 'template-rejected', // disabled
  132018: 'template-rejected', // line break, tab or many spaces in a variable
  132068: 'template-rejected', // its flow is blocked
  132069: 'template-rejected', // its flow is slowed down
  134100: 'template-rejected',
  134101: 'template-rejected',
  134102: 'template-rejected',
}

/** Codes that stand for any fault of a parameter: the details say which. */
const parameterCodes = new Set(['100', '131008', '131009'])

/** Meta allows one message to one consumer in about six seconds and says nothing of when the next may go. */
const pairPaceMs = 6_000

export interface MetaError {
  /** As Meta gave it; null when it gave none. */
  readonly code: string | null
  readonly subcode: string
  readonly details: string
}

/** Reads one error: of an answer (`error`), or of a webhook (`errors[0]`). */
export function metaError(value: unknown): MetaError {
  const error = fieldsOf(value)
  const code = textOf(error.code)
  return {
    code: /^\d{1,8}$/.test(code) ? code : null,
    subcode: textOf(error.error_subcode),
    details: textOf(fieldsOf(error.error_data).details),
  }
}

/** What an error means, undefined when only the circumstances can tell. */
function meaningOf({ code, subcode, details }: MetaError): Meaning | undefined {
  if (code === null) return undefined
  // "Object with ID … does not exist or cannot be loaded due to missing permissions": our number or account, not the message.
  if (code === '100' && subcode === '33') return 'misconfigured'
  if (parameterCodes.has(code) && /\brecipient\b|\bparam(eter)? ['"[]*to\b/i.test(details)) return 'invalid-recipient'
  if (Object.hasOwn(errorCodes, code)) return errorCodes[code]
  const number = Number(code)
  if (number >= 200 && number <= 299) return 'misconfigured'
  if (number >= 132_000 && number <= 132_999) return 'template-rejected'
  return undefined
}

/**
 * What the error of a `failed` status means. An unknown one is a definite no of an unknown reason: nothing may be
 * concluded about the consumer or the sender. A send that already failed is never "try again".
 */
export function statusFailure(error: MetaError): FailureKind {
  const meaning = meaningOf(error) ?? 'refused-for-now'
  return meaning === 'throttled' || meaning === 'transient' || meaning === 'unknown-outcome'
    ? 'refused-for-now'
    : meaning
}

/**
 * What an answer other than a proper yes means. Meta asks to go by the code, not by the HTTP status, wherever it gives one.
 *  a known code                     what the table says
 *  429                              not taken, try later
 *  5xx, 3xx, 408, a 2xx that is no yes   may have been taken
 *  other 4xx                        a definite no; an unknown code counts as refused content: certainly not sent, not to
 *                                   be repeated, and somebody should look
 */
export function answerFailure(answer: OutboundAnswer): SendFailure {
  const body = jsonObject(answer.text)
  const error = metaError(body?.error)
  const pace = error.code === '131056' ? pairPaceMs : null
  const failure = (kind: FailureKind) =>
    new SendFailure(kind, {
      providerCode: error.code,
      retryAfterMs: kind === 'throttled' ? (retryAfterMs(answer) ?? pace) : null,
      detail: `Meta answered ${answer.status} ${error.code ?? ''} ${traceId(body)}`.trim(),
    })
  const meaning = meaningOf(error)
  const mayBeTaken = answer.status < 400 || answer.status >= 500 || answer.status === 408
  if (meaning === 'transient') return failure(mayBeTaken ? 'unknown-outcome' : 'throttled')
  if (meaning !== undefined) return failure(meaning)
  if (answer.status === 429) return failure('throttled')
  if (mayBeTaken) return failure('unknown-outcome')
  return failure([401, 403, 404, 405].includes(answer.status) ? 'misconfigured' : 'content-rejected')
}

/** Meta's support asks for this id. */
function traceId(body: unknown): string {
  const id = textOf(fieldsOf(fieldsOf(body).error).fbtrace_id)
  return /^[\w-]{1,64}$/.test(id) ? id : ''
}
