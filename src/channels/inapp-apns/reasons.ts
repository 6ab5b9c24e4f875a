import { isRecord } from '../../domain/outside-data.ts'
import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer } from '../http.ts'
import { retryAfterMs } from '../retry-after.ts'

/**
 * Apple's `reason` words and what each means to us (developer.apple.com, "Handling notification responses from APNs").
 * 500 and 503 in Apple's own words are its no, and a second copy would carry the same collapse id: it is made again, on a
 * new connection. A 5xx without a reason stays unknown.
 */
export const reasons: Readonly<Record<string, { readonly status: number; readonly kind: FailureKind }>> = {
  // The device. A whole sender's devices of the other environment look like this too: see SETUP.md.
  BadDeviceToken: { status: 400, kind: 'device-gone' },
  DeviceTokenNotForTopic: { status: 400, kind: 'device-gone' },
  // Only when Apple knew it gone after the app last registered: see `sendFailure`.
  Unregistered: { status: 410, kind: 'device-gone' },
  ExpiredToken: { status: 410, kind: 'device-gone' },
  // The sender
  BadTopic: { status: 400, kind: 'misconfigured' },
  MissingTopic: { status: 400, kind: 'misconfigured' },
  TopicDisallowed: { status: 400, kind: 'misconfigured' },
  InvalidProviderToken: { status: 403, kind: 'misconfigured' },
  ExpiredProviderToken: { status: 403, kind: 'misconfigured' },
  MissingProviderToken: { status: 403, kind: 'misconfigured' },
  Forbidden: { status: 403, kind: 'misconfigured' },
  BadCertificate: { status: 403, kind: 'misconfigured' },
  BadCertificateEnvironment: { status: 403, kind: 'misconfigured' },
  BadEnvironmentKeyInToken: { status: 403, kind: 'misconfigured' },
  UnrelatedKeyIdInToken: { status: 403, kind: 'misconfigured' },
  BadPath: { status: 404, kind: 'misconfigured' },
  MethodNotAllowed: { status: 405, kind: 'misconfigured' },
  // The push
  BadCollapseId: { status: 400, kind: 'content-rejected' },
  BadExpirationDate: { status: 400, kind: 'content-rejected' },
  BadMessageId: { status: 400, kind: 'content-rejected' },
  BadPriority: { status: 400, kind: 'content-rejected' },
  DuplicateHeaders: { status: 400, kind: 'content-rejected' },
  InvalidPushType: { status: 400, kind: 'content-rejected' },
  MissingDeviceToken: { status: 400, kind: 'content-rejected' },
  PayloadEmpty: { status: 400, kind: 'content-rejected' },
  PayloadTooLarge: { status: 413, kind: 'content-rejected' },
  // Not now
  IdleTimeout: { status: 400, kind: 'unreachable' },
  TooManyRequests: { status: 429, kind: 'throttled' },
  TooManyProviderTokenUpdates: { status: 429, kind: 'throttled' },
  InternalServerError: { status: 500, kind: 'unreachable' },
  ServiceUnavailable: { status: 503, kind: 'unreachable' },
  Shutdown: { status: 503, kind: 'unreachable' },
}

/**
 * What an answer other than a proper yes means for a push.
 * @param registeredAt when the app last registered this token: an older 410 speaks of an earlier life of it.
 */
export function sendFailure(answer: OutboundAnswer, registeredAt: Date): SendFailure {
  const { reason, goneAt } = refusalIn(answer)
  const failure = (kind: FailureKind, waitMs: number | null = null) =>
    new SendFailure(kind, {
      providerCode: reason ?? String(answer.status),
      retryAfterMs: waitMs,
      detail: `APNs answered ${answer.status} ${reason ?? ''}`.trim(),
    })
  if (answer.status === 410)
    return failure(goneAt !== null && goneAt >= registeredAt.getTime() ? 'device-gone' : 'refused-for-now')
  if (answer.status === 429) return failure('throttled', retryAfterMs(answer))
  const known = reason !== null && Object.hasOwn(reasons, reason) ? reasons[reason]! : null
  if (known !== null) return failure(known.kind, known.kind === 'unreachable' ? retryAfterMs(answer) : null)
  if (answer.status < 400 || answer.status >= 500) return failure('unknown-outcome')
  return failure([401, 403, 404, 405].includes(answer.status) ? 'misconfigured' : 'content-rejected')
}

/** `goneAt`: milliseconds since 1970 at which Apple knew the token to be dead. */
export function refusalIn(answer: OutboundAnswer): { readonly reason: string | null; readonly goneAt: number | null } {
  let body: unknown
  try {
    body = JSON.parse(answer.text)
  } catch {
    body = null
  }
  const { reason, timestamp } = isRecord(body) ? body : {}
  return {
    reason: typeof reason === 'string' && /^[A-Za-z]{1,40}$/.test(reason) ? reason : null,
    goneAt: typeof timestamp === 'number' && Number.isFinite(timestamp) ? timestamp : null,
  }
}
