import { createHmac, timingSafeEqual } from 'node:crypto'

export const signatureHeader = 'x-simulator-signature'

/**
 * The simulated provider's own signature: HMAC-SHA256, in hexadecimal, over `METHOD path?query`, a line feed and the body.
 * Written a second time on purpose: a provider is somebody else's program, and a mistake in either side must show.
 */
export function providerSignature(secret: string, method: string, pathAndQuery: string, body: string | Buffer): string {
  return createHmac('sha256', secret).update(`${method} ${pathAndQuery}\n`).update(body).digest('hex')
}

export function isSignedBy(
  secret: string,
  signature: unknown,
  expectedOver: [string, string, string | Buffer],
): boolean {
  const expected = Buffer.from(providerSignature(secret, ...expectedOver))
  const given = Buffer.from(typeof signature === 'string' ? signature : '')
  return secret !== '' && given.length === expected.length && timingSafeEqual(given, expected)
}
