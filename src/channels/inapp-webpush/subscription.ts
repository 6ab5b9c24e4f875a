import { isRecord } from '../../domain/outside-data.ts'
import { SendFailure } from '../failures.ts'

/** What a browser gives a page that subscribed (PushSubscription.toJSON). */
export interface Subscription {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** @throws SendFailure `device-gone` for what is no subscription and so can never be reached. */
export function subscriptionOf(token: string): Subscription {
  const given = parsed(token)
  const keys = isRecord(given.keys) ? given.keys : {}
  const point = bytesOf(keys.p256dh)
  // An uncompressed point of P-256, and 16 bytes to go with it (RFC 8291 3.2).
  if (typeof given.endpoint !== 'string' || point.length !== 65 || point[0] !== 4 || bytesOf(keys.auth).length !== 16)
    throw new SendFailure('device-gone', { detail: 'the registration is no Web Push subscription' })
  return { endpoint: given.endpoint, keys: { p256dh: String(keys.p256dh), auth: String(keys.auth) } }
}

/** The parts of the subscription that let anybody who knows them push to the browser or find it again. */
export function secretsIn({ endpoint, keys }: Subscription): readonly string[] {
  const { pathname, search } = new URL(endpoint)
  const parts = `${pathname}${search}`.split(/[/?&=]/).filter((part) => part.length >= 8)
  return [...parts, ...parts.map(decoded), keys.p256dh, keys.auth]
}

function bytesOf(value: unknown): Buffer {
  return typeof value === 'string' && /^[\w+/=-]{1,200}$/.test(value)
    ? Buffer.from(value, 'base64url')
    : Buffer.alloc(0)
}

function parsed(token: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(token)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
