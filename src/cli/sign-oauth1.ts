import { createHmac, randomUUID } from 'node:crypto'

/** The four values of an API key. */
export interface OauthKey {
  readonly appKey: string
  readonly secret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/** RFC 3986, as RFC 5849 section 3.6 wants it: stricter than encodeURIComponent. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** The `Authorization` header of an OAuth 1.0a request, as an IVR makes it (RFC 5849 section 3). */
export function signOauth1(key: OauthKey, method: string, address: string, at: Date): string {
  const url = new URL(address)
  const oauth = {
    oauth_consumer_key: key.appKey,
    oauth_nonce: randomUUID(),
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(Math.floor(at.getTime() / 1000)),
    oauth_token: key.accessToken,
    oauth_version: '1.0',
  }
  const parameters = [...Object.entries(oauth), ...url.searchParams]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
  const base = [method, `${url.origin}${url.pathname}`, parameters].map(encode).join('&')
  const signature = createHmac('sha1', `${encode(key.secret)}&${encode(key.accessTokenSecret)}`)
    .update(base)
    .digest('base64')
  const header = Object.entries({ ...oauth, oauth_signature: signature })
    .map(([name, value]) => `${name}="${encode(value)}"`)
    .join(', ')
  return `OAuth ${header}`
}
