import { createHmac, randomInt } from 'node:crypto'
import OAuth from 'oauth-1.0a'
import { appJwt } from '../test/ivr-client.ts'

export interface BenchBrand {
  readonly accountId: string
  readonly apiKey: { appKey: string; secret: string; accessToken: string; accessTokenSecret: string }
  readonly app: { clientId: string; clientSecret: string }
  readonly handoffId: string
  readonly skillId: string
}

/** A whole HTTP request as bytes, for a random consumer of one of the brands in turn. */
export type RequestMaker = () => Buffer

/** Signed by the client that brands really use; each has a nonce of its own, so each can be sent to ours once. */
export function signedRequests(publicUrl: string, brands: readonly BenchBrand[]): RequestMaker {
  let turn = 0
  const clients = brands.map(({ apiKey }) => ({
    oauth: new OAuth({
      consumer: { key: apiKey.appKey, secret: apiKey.secret },
      signature_method: 'HMAC-SHA1',
      hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
    }),
    token: { key: apiKey.accessToken, secret: apiKey.accessTokenSecret },
  }))
  return () => {
    const place = turn++ % brands.length
    const { oauth, token } = clients[place]!
    const url = `${publicUrl}${targetOf(brands[place]!)}`
    const { Authorization } = oauth.toHeader(oauth.authorize({ url, method: 'POST' }, token))
    return requestBytes(publicUrl, brands[place]!, Authorization)
  }
}

/** With an AppJWT that ours has issued to each brand. */
export async function tokenRequests(publicUrl: string, brands: readonly BenchBrand[]): Promise<RequestMaker> {
  const tokens: string[] = []
  for (const brand of brands) tokens.push(await appJwt({ url: publicUrl }, brand))
  let turn = 0
  return () => {
    const place = turn++ % brands.length
    return requestBytes(publicUrl, brands[place]!, `Bearer ${tokens[place]}`)
  }
}

const targetOf = ({ accountId }: BenchBrand) => `/api/account/${accountId}/eligibility?v=2.0`

function requestBytes(publicUrl: string, brand: BenchBrand, authorization: string): Buffer {
  const body = JSON.stringify({
    consumerPhoneNumber: `+1206${randomInt(2_000_000, 9_999_999)}`,
    handoffId: brand.handoffId,
    skill: 'support',
    ivrNumber: '180000',
  })
  return Buffer.from(
    `POST ${targetOf(brand)} HTTP/1.1\r\nHost: ${new URL(publicUrl).host}\r\nContent-Type: application/json\r\n` +
      `Authorization: ${authorization}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  )
}
