import { importJWK, jwtVerify } from 'jose'

/**
 * What a push service finds wrong with `Authorization: vapid` (RFC 8292): the signature by the key that is sent along, its
 * audience (this service's origin), its life (24 hours at most), its contact; null: nothing. `key`: whose it is.
 */
export async function vapidRefusal(
  authorization: string | undefined,
  audience: string,
): Promise<{ readonly wrong: string | null; readonly key: string }> {
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(authorization ?? '') ?? []
  const point = Buffer.from(key, 'base64url')
  if (point.length !== 65 || point[0] !== 4) return { wrong: 'no key', key }
  try {
    const x = point.subarray(1, 33).toString('base64url')
    const y = point.subarray(33).toString('base64url')
    const publicKey = await importJWK({ kty: 'EC', crv: 'P-256', x, y }, 'ES256')
    const { payload } = await jwtVerify(token, publicKey, {
      algorithms: ['ES256'],
      audience,
      requiredClaims: ['exp', 'sub'],
    })
    if (payload.exp! > Date.now() / 1000 + 24 * 3600) return { wrong: 'exp is more than 24 hours away', key }
    return { wrong: /^(mailto:|https:)/.test(payload.sub!) ? null : 'sub is no contact', key }
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'no token', key }
  }
}
