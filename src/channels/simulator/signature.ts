import { createHmac, timingSafeEqual } from 'node:crypto'

/** Header of every request between this server and the simulated provider, both ways. */
export const signatureHeader = 'x-simulator-signature'

/** HMAC-SHA256, in hexadecimal, over method, path with query, and body. The host is left out: either side may see another. */
export function sign(secret: string, request: { method: string; url: string; body: string | Buffer }): string {
  const { pathname, search } = new URL(request.url)
  return createHmac('sha256', secret)
    .update(`${request.method} ${pathname}${search}\n`)
    .update(request.body)
    .digest('hex')
}

export function signatureFits(
  signature: string | undefined,
  secret: string,
  request: { method: string; url: string; body: string | Buffer },
): boolean {
  const expected = Buffer.from(sign(secret, request))
  const given = Buffer.from(signature ?? '')
  return secret !== '' && given.length === expected.length && timingSafeEqual(given, expected)
}
