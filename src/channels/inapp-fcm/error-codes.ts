import { isRecord } from '../../domain/outside-data.ts'
import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer } from '../http.ts'
import { retryAfterMs } from '../retry-after.ts'

/**
 * FCM's `FcmError.errorCode` and what each means to us (firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode).
 * UNAVAILABLE and INTERNAL are FCM's own word that it did not take the push, and a second copy would carry the same
 * collapse key: it is made again. A 5xx in other words than FCM's stays unknown.
 */
export const errorCodes: Readonly<Record<string, { readonly status: number; readonly kind: FailureKind }>> = {
  UNREGISTERED: { status: 404, kind: 'device-gone' },
  // Only about the token when nothing else is named: see `sendFailure`.
  INVALID_ARGUMENT: { status: 400, kind: 'device-gone' },
  // The token belongs to another project: never to be reached from this one.
  SENDER_ID_MISMATCH: { status: 403, kind: 'device-gone' },
  QUOTA_EXCEEDED: { status: 429, kind: 'throttled' },
  UNAVAILABLE: { status: 503, kind: 'unreachable' },
  INTERNAL: { status: 500, kind: 'unreachable' },
  // Firebase's own key for Apple or for browsers is wrong: an administrator's matter, but Android devices work.
  THIRD_PARTY_AUTH_ERROR: { status: 401, kind: 'blocked' },
}

/** Google asks for a minute at least when a quota is used up and no `Retry-After` says otherwise. */
const quotaWaitMs = 60_000

/** What an answer other than a proper yes means for a push. */
export function sendFailure(answer: OutboundAnswer): SendFailure {
  const error = errorIn(answer.text)
  const code = error.fcmCode ?? error.status
  const failure = (kind: FailureKind, waitMs: number | null = null) =>
    new SendFailure(kind, {
      providerCode: code ?? String(answer.status),
      retryAfterMs: waitMs,
      detail: `FCM answered ${answer.status} ${code ?? ''}`.trim(),
    })
  const waitMs = retryAfterMs(answer)
  if (answer.status === 429) return failure('throttled', waitMs ?? quotaWaitMs)
  if (error.fcmCode === 'INVALID_ARGUMENT')
    return failure(error.otherField || error.tooLarge ? 'content-rejected' : 'device-gone')
  const known = error.fcmCode !== null && Object.hasOwn(errorCodes, error.fcmCode) ? errorCodes[error.fcmCode]! : null
  if (known !== null) return failure(known.kind, known.kind === 'unreachable' ? waitMs : null)
  if (answer.status < 400 || answer.status >= 500 || answer.status === 408) return failure('unknown-outcome')
  return failure([401, 403, 404, 405].includes(answer.status) ? 'misconfigured' : 'content-rejected')
}

/** True when FCM did not take the access token itself, as opposed to a refusal of Apple or a browser vendor. */
export function tokenRefused(answer: OutboundAnswer): boolean {
  return answer.status === 401 && errorIn(answer.text).fcmCode === null
}

interface FcmErrorBody {
  readonly status: string | null
  readonly fcmCode: string | null
  /** A field other than the token is found fault with. */
  readonly otherField: boolean
  readonly tooLarge: boolean
}

function errorIn(text: string): FcmErrorBody {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    body = null
  }
  const error = isRecord(body) && isRecord(body.error) ? body.error : {}
  const details = (Array.isArray(error.details) ? error.details : []).filter(isRecord)
  const named = details.find((detail) => String(detail['@type']).endsWith('.FcmError'))?.errorCode
  const fields = details
    .filter((detail) => String(detail['@type']).endsWith('.BadRequest'))
    .flatMap((detail) => (Array.isArray(detail.fieldViolations) ? detail.fieldViolations : []))
    .map((violation: unknown) => (isRecord(violation) ? String(violation.field) : ''))
  const word = (value: unknown) => (typeof value === 'string' && /^[A-Z_]{1,40}$/.test(value) ? value : null)
  return {
    status: word(error.status),
    fcmCode: word(named),
    otherField: fields.some((field) => field !== 'message.token'),
    tooLarge: typeof error.message === 'string' && /too (big|large|long)/i.test(error.message),
  }
}
