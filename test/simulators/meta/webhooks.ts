import { createHmac, randomInt } from 'node:crypto'
import type { SimulatedBusiness } from './options.ts'

export interface WebhookRecord {
  readonly method: 'GET' | 'POST'
  readonly url: string
  /** The bytes as they were signed; '' for a handshake. */
  readonly body: string
  /** The server's answer; null when there was none. */
  readonly status: number | null
  readonly answer: string | null
  /** Network error code when there was no answer. */
  readonly error: string | null
}

export interface WebhookExtras {
  /** `wrong`: a signature of another secret; `none`: no header at all. */
  readonly signature?: 'right' | 'wrong' | 'none'
}

export interface Webhooks {
  readonly records: WebhookRecord[]
  /** Requests to `publicOrigin` go to `loopbackOrigin`: a proxy in front of the server. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  /** True when a webhook to this URL would stay on this machine. */
  allowed(url: string): boolean
  /** Asks whether the address is really the business's: true when the challenge came back, plain. */
  handshake(url: string, verifyToken: string): Promise<boolean>
  post(url: string, business: SimulatedBusiness, payload: unknown, extras?: WebhookExtras): Promise<WebhookRecord>
}

const patienceMs = 15_000

export function webhooks(): Webhooks {
  const records: WebhookRecord[] = []
  const proxies = new Map<string, string>()
  const target = (url: string): string => {
    const parsed = new URL(url)
    return (proxies.get(parsed.origin) ?? parsed.origin) + parsed.pathname + parsed.search
  }
  const allowed = (url: string) =>
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && isLoopback(new URL(target(url)).hostname)
  const call = async (
    method: 'GET' | 'POST',
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<WebhookRecord> => {
    if (!allowed(url)) throw new Error('The simulator calls webhooks on this machine only.')
    const record = { method, url, body, ...(await exchange(method, target(url), headers, body)) }
    records.push(record)
    return record
  }
  return {
    records,
    proxy: (publicOrigin, loopbackOrigin) =>
      void proxies.set(new URL(publicOrigin).origin, new URL(loopbackOrigin).origin),
    allowed,
    async handshake(url, verifyToken) {
      const challenge = String(randomInt(1_000_000_000, 4_000_000_000))
      const asked = new URL(url)
      asked.searchParams.set('hub.mode', 'subscribe')
      asked.searchParams.set('hub.challenge', challenge)
      asked.searchParams.set('hub.verify_token', verifyToken)
      const record = await call('GET', asked.href, {}, '')
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
      return call('POST', url, headers, body)
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

async function exchange(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Pick<WebhookRecord, 'status' | 'answer' | 'error'>> {
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const sent = method === 'GET' ? {} : { body }
    const answer = await fetch(url, { method, headers: { ...headers }, redirect: 'manual', signal, ...sent })
    return { status: answer.status, answer: await answer.text(), error: null }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
    return { status: null, answer: null, error: cause?.code ?? (error instanceof Error ? error.name : 'error') }
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
