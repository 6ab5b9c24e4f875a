import { createHmac, randomInt } from 'node:crypto'
import { type HookAddresses, type HookAnswer, loopbackCalls } from '../messaging/loopback-calls.ts'
import type { SimulatedBusiness } from './options.ts'

export interface WebhookRecord extends HookAnswer {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** The bytes as they were signed; '' for a handshake. */
  readonly body: string
}

export interface WebhookExtras {
  /** `wrong`: a signature of another secret; `none`: no header at all. */
  readonly signature?: 'right' | 'wrong' | 'none'
}

export interface Webhooks extends HookAddresses {
  readonly records: WebhookRecord[]
  /** Asks whether the address is really the business's: true when the challenge came back, plain. */
  handshake(url: string, verifyToken: string): Promise<boolean>
  post(url: string, business: SimulatedBusiness, payload: unknown, extras?: WebhookExtras): Promise<WebhookRecord>
}

export function webhooks(): Webhooks {
  const records: WebhookRecord[] = []
  const { call, ...addresses } = loopbackCalls()
  const recorded = async (
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<WebhookRecord> => {
    const record = { method, url, body, ...(await call(method, url, headers, body)) }
    records.push(record)
    return record
  }
  return {
    records,
    ...addresses,
    async handshake(url, verifyToken) {
      const challenge = String(randomInt(1_000_000_000, 4_000_000_000))
      const asked = new URL(url)
      asked.searchParams.set('hub.mode', 'subscribe')
      asked.searchParams.set('hub.challenge', challenge)
      asked.searchParams.set('hub.verify_token', verifyToken)
      const record = await recorded('GET', asked.href, {}, '')
      return record.status === 200 && record.answer === challenge
    },
    post(url, business, payload, extras = {}) {
      const body = metaJson(payload)
      const secret = extras.signature === 'wrong' ? `${business.appSecret}x` : business.appSecret
      const headers = {
        'content-type': 'application/json',
        'user-agent': 'facebookexternalua',
        ...(extras.signature === 'none' ? {} : { 'x-hub-signature-256': metaSignature(secret, body) }),
      }
      return recorded('POST', url, headers, body)
    },
  }
}

/** JSON as Meta writes it: every sign outside ASCII as `\uXXXX`, slashes with a backslash. */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('/', '\\/')
    .replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

export function metaSignature(appSecret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}
