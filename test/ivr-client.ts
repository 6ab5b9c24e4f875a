import { createHmac } from 'node:crypto'
import OAuth from 'oauth-1.0a'
import type { TestBrand } from './test-brand.ts'

export interface SignOptions {
  method?: string
  hash?: 'sha1' | 'sha256'
  /** Seconds since 1970. */
  timestamp?: number | string
  nonce?: string
  /** The client hashes this body into the signature. */
  body?: string
  key?: Partial<TestBrand['apiKey']>
}

/** An `Authorization` header as the npm client that brands use makes it, for the URL as the client sees it. */
export function oauthHeader(brand: Pick<TestBrand, 'apiKey'>, url: string, options: SignOptions = {}): string {
  const hash = options.hash ?? 'sha1'
  const key = { ...brand.apiKey, ...options.key }
  const oauth = new OAuth({
    consumer: { key: key.appKey, secret: key.secret },
    signature_method: `HMAC-${hash.toUpperCase()}`,
    hash_function: (text, signingKey) => createHmac(hash, signingKey).update(text).digest('base64'),
  })
  const { timestamp, nonce } = options
  if (timestamp !== undefined) oauth.getTimeStamp = () => timestamp as number
  if (nonce !== undefined) oauth.getNonce = () => nonce
  const request = {
    method: options.method ?? 'POST',
    url,
    ...(options.body === undefined ? {} : { data: options.body, includeBodyHash: true }),
  }
  const signed = oauth.authorize(request, { key: key.accessToken, secret: key.accessTokenSecret })
  return oauth.toHeader(signed).Authorization
}

/** An AppJWT of the brand's app install, from the token endpoint. */
export async function appJwt(server: { url: string }, brand: Pick<TestBrand, 'accountId' | 'app'>): Promise<string> {
  const response = await fetch(`${server.url}/sentinel/api/v2/account/${brand.accountId}/app/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: brand.app.clientId,
      client_secret: brand.app.clientSecret,
    }),
  })
  if (!response.ok) throw new Error(`no token: HTTP ${response.status}`)
  return ((await response.json()) as { access_token: string }).access_token
}

export interface IvrAnswer {
  readonly status: number
  readonly headers: Headers
  readonly body: Record<string, unknown>
}

/**
 * One call of the published API, signed with the brand's API key unless `headers.authorization` says otherwise.
 * @param request.query as it stands after the `?`; default `v=2.0`.
 * @param request.text the body as it goes out, instead of `body` as JSON.
 */
export async function callIvr(
  server: { url: string },
  brand: Pick<TestBrand, 'accountId' | 'apiKey'>,
  operation: 'eligibility' | 'invite',
  request: {
    body?: unknown
    text?: string | Uint8Array<ArrayBuffer>
    query?: string
    method?: string
    headers?: Record<string, string>
    accountId?: string
    sign?: SignOptions
  } = {},
): Promise<IvrAnswer> {
  const method = request.method ?? 'POST'
  const query = request.query ?? 'v=2.0'
  const path = `/api/account/${request.accountId ?? brand.accountId}/${operation}${query === '' ? '' : `?${query}`}`
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    authorization: request.headers?.authorization ?? oauthHeader(brand, server.url + path, { method, ...request.sign }),
    ...request.headers,
  }
  const text = request.text ?? JSON.stringify(request.body ?? {})
  const response = await fetch(server.url + path, { method, headers, ...(method === 'GET' ? {} : { body: text }) })
  return readAnswer(response)
}

export async function readAnswer(response: Response): Promise<IvrAnswer> {
  const text = await response.text()
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  return { status: response.status, headers: response.headers, body }
}

/** A body that is right for the brand's own handoff; the number is one of the range kept for fiction. */
export function eligibilityBody(brand: Pick<TestBrand, 'handoffId'>): Record<string, unknown> {
  return { consumerPhoneNumber: '+12065550100', handoffId: brand.handoffId, skill: 'support' }
}
