import { createHash, createHmac, randomUUID } from 'node:crypto'
import { type HookAddresses, type HookAnswer, loopbackCalls } from '../messaging/loopback-calls.ts'

export interface WebhookRecord extends Omit<HookAnswer, 'answer'> {
  readonly kind: 'status' | 'inbound'
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  /** The server's answer; null when there was none. */
  readonly body: string | null
}

export interface WebhookExtras {
  /** `wrong`: a signature of another token; `none`: no header at all. */
  readonly signature?: 'right' | 'wrong' | 'none'
  /** Sends JSON with `bodySHA256` in the URL instead of a form. */
  readonly json?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export interface Webhooks extends HookAddresses {
  readonly records: WebhookRecord[]
  post(
    kind: WebhookRecord['kind'],
    url: string,
    params: Readonly<Record<string, string>>,
    authToken: string,
    extras?: WebhookExtras,
  ): Promise<WebhookRecord>
}

/** Posts webhooks the way Twilio does: form or JSON, signed, redirects not followed, repeated as the URL's fragment asks. */
export function webhooks(): Webhooks {
  const records: WebhookRecord[] = []
  const { call, ...addresses } = loopbackCalls()
  return {
    records,
    ...addresses,
    async post(kind, url, params, authToken, extras = {}) {
      const [called = '', fragment = ''] = url.split('#')
      const asked = repeatsOf(fragment)
      const request = signedRequest(called, params, authToken, extras)
      const idempotency = { 'i-twilio-idempotency-token': randomUUID() }
      let record: WebhookRecord
      for (let attempt = 0; ; attempt++) {
        const headers = attempt === 0 ? request.headers : { ...request.headers, ...idempotency }
        const { answer, ...rest } = await call('POST', request.url, headers, request.body)
        record = { kind, url: called, params, ...rest, body: answer }
        records.push(record)
        if (attempt >= asked.most || !asked.on(record.status)) return record
      }
    },
  }
}

/**
 * `#rc=2&rp=all`: twice more, on whatever went wrong. Without `rp` only where no connection came about (`ct`).
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
function repeatsOf(fragment: string): { most: number; on: (status: number | null) => boolean } {
  const fields = new URLSearchParams(fragment)
  const reasons = new Set((fields.get('rp') ?? 'ct').split(','))
  const has = (...names: string[]) => reasons.has('all') || names.some((name) => reasons.has(name))
  return {
    most: Math.min(Number(fields.get('rc') ?? 0), 5),
    on: (status) =>
      status === null ? has('ct', 'rt') : status >= 500 ? has('5xx') : status >= 400 ? has('4xx') : false,
  }
}

/** `X-Twilio-Signature` over what is about to be sent; written from Twilio's page, not with its SDK, so that each checks the other. */
export function twilioSignature(authToken: string, url: string, params: Readonly<Record<string, string>>): string {
  const names = Object.keys(params).sort()
  const text = names.reduce((sum, name) => sum + name + params[name], url)
  return createHmac('sha1', authToken).update(text, 'utf8').digest('base64')
}

function signedRequest(
  url: string,
  params: Readonly<Record<string, string>>,
  authToken: string,
  extras: WebhookExtras,
): { url: string; headers: Record<string, string>; body: string } {
  const token = extras.signature === 'wrong' ? `${authToken}x` : authToken
  const body = extras.json ? JSON.stringify(params) : new URLSearchParams({ ...params }).toString()
  const hash = createHash('sha256').update(body).digest('hex')
  const called = extras.json ? `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${hash}` : url
  const signature = twilioSignature(token, called, extras.json ? {} : params)
  const headers = {
    'content-type': extras.json ? 'application/json' : 'application/x-www-form-urlencoded; charset=utf-8',
    'user-agent': 'TwilioProxy/1.1',
    ...(extras.signature === 'none' ? {} : { 'x-twilio-signature': signature }),
    ...extras.headers,
  }
  return { url: called, headers, body }
}
