import { type Static, Type } from 'typebox'
import { type DevicePlatform, mostTokenCharacters, type PushAddress } from '../../domain/device.ts'
import { Problem } from '../../errors.ts'

const base64url = (most: number) => Type.String({ minLength: 1, maxLength: most, pattern: '^[A-Za-z0-9_-]+=*$' })

/** How a device is reached: the push service's token, or what a browser's `PushSubscription.toJSON()` gives. */
export const pushAddressBody = Type.Union([
  Type.Object(
    {
      platform: Type.Enum(['fcm', 'apns', 'proxy', 'simulator']),
      token: Type.String({ minLength: 1, maxLength: mostTokenCharacters, description: 'The push service’s token.' }),
    },
    { additionalProperties: false },
  ),
  Type.Object(
    {
      platform: Type.Literal('webpush'),
      subscription: Type.Object(
        {
          endpoint: Type.String({ minLength: 1, maxLength: 2_048 }),
          expirationTime: Type.Optional(Type.Union([Type.Number(), Type.Null()])),
          keys: Type.Object({ p256dh: base64url(128), auth: base64url(64) }, { additionalProperties: false }),
        },
        { additionalProperties: false },
      ),
    },
    { additionalProperties: false },
  ),
])

/**
 * The address as it is stored; of one subscription always the same text.
 * @param allowInsecure lets an endpoint be http: the tests' push service.
 * @throws Problem `invalid-request` for a subscription that no push service can have made.
 */
export function pushAddressOf(body: Static<typeof pushAddressBody>, allowInsecure: boolean): PushAddress {
  if (body.platform !== 'webpush') return { platform: body.platform as DevicePlatform, token: body.token }
  const { endpoint, keys } = body.subscription
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null
  const secure = url?.protocol === 'https:' || (allowInsecure && url?.protocol === 'http:')
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const publicKey = bytes(keys.p256dh)
  const details = [
    ...(url === null || !secure || url.username !== '' || url.password !== ''
      ? ['subscription.endpoint must be an https address']
      : []),
    // RFC 8291 section 3: an uncompressed point of P-256, and 16 bytes.
    ...(publicKey.length !== 65 || publicKey[0] !== 4 ? ['subscription.keys.p256dh is no public key'] : []),
    ...(bytes(keys.auth).length !== 16 ? ['subscription.keys.auth must have 16 bytes'] : []),
  ]
  if (details.length > 0) throw new Problem('invalid-request', { details })
  const text = (part: string) => bytes(part).toString('base64url')
  const token = JSON.stringify({ endpoint: url!.href, keys: { p256dh: text(keys.p256dh), auth: text(keys.auth) } })
  return { platform: 'webpush', token }
}
