import { createHash, createHmac, randomUUID } from 'node:crypto'

export interface WebhookRecord {
  readonly kind: 'status' | 'inbound'
  readonly url: string
  readonly params: Readonly<Record<string, string>>
  /** The server's answer; null when there was none. */
  readonly status: number | null
  readonly body: string | null
  /** Network error code when there was no answer. */
  readonly error: string | null
}

export interface WebhookExtras {
  /** `wrong`: a signature of another token; `none`: no header at all. */
  readonly signature?: 'right' | 'wrong' | 'none'
  /** Sends JSON with `bodySHA256` in the URL instead of a form. */
  readonly json?: boolean
  readonly headers?: Readonly<Record<string, string>>
}

export interface Webhooks {
  readonly records: WebhookRecord[]
  /** Requests to `publicOrigin` go to `loopbackOrigin`, signed for the public one: a proxy in front of the server. */
  proxy(publicOrigin: string, loopbackOrigin: string): void
  /** True when a webhook to this URL would stay on this machine. */
  allowed(url: string): boolean
  post(
    kind: WebhookRecord['kind'],
    url: string,
    params: Readonly<Record<string, string>>,
    authToken: string,
    extras?: WebhookExtras,
  ): Promise<WebhookRecord>
}

/** Twilio's own patience with a webhook. */
const patienceMs = 15_000

/** Posts webhooks the way Twilio does: form or JSON, signed, redirects not followed, `#rc=2` for repeats on failure. */
export function webhooks(): Webhooks {
  const records: WebhookRecord[] = []
  const proxies = new Map<string, string>()
  const target = (url: string): string => {
    const parsed = new URL(url)
    return (proxies.get(parsed.origin) ?? parsed.origin) + parsed.pathname + parsed.search
  }
  const allowed = (url: string) =>
    URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && isLoopback(new URL(target(url)).hostname)

  return {
    records,
    proxy: (publicOrigin, loopbackOrigin) =>
      void proxies.set(new URL(publicOrigin).origin, new URL(loopbackOrigin).origin),
    allowed,
    async post(kind, url, params, authToken, extras = {}) {
      if (!allowed(url)) throw new Error('The simulator calls webhooks on this machine only.')
      const [called = '', fragment = ''] = url.split('#')
      const repeats = Math.min(Number(new URLSearchParams(fragment).get('rc') ?? 0), 5)
      const request = signedRequest(called, params, authToken, extras)
      const idempotency = { 'i-twilio-idempotency-token': randomUUID() }
      let record: WebhookRecord
      for (let attempt = 0; ; attempt++) {
        const headers = attempt === 0 ? request.headers : { ...request.headers, ...idempotency }
        record = { kind, url: called, params, ...(await call(target(request.url), headers, request.body)) }
        records.push(record)
        const good = record.status !== null && record.status < 400
        if (good || attempt >= repeats) return record
      }
    },
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

async function call(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<Pick<WebhookRecord, 'status' | 'body' | 'error'>> {
  try {
    const signal = AbortSignal.timeout(patienceMs)
    const answer = await fetch(url, { method: 'POST', headers: { ...headers }, body, redirect: 'manual', signal })
    return { status: answer.status, body: await answer.text(), error: null }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause as { code?: string } | undefined) : undefined
    return { status: null, body: null, error: cause?.code ?? (error instanceof Error ? error.name : 'error') }
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
