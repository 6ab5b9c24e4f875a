import { createECDH, randomBytes } from 'node:crypto'
import { decrypt } from 'http_ece'

export interface Browser {
  /** The last part of the endpoint. */
  readonly id: string
  /** What `PushSubscription.toJSON` gives a page, as a string. */
  readonly subscription: string
  /** The VAPID public key the page subscribed with. */
  readonly applicationServerKey: string
  /** Reads what was encrypted for this browser. Throws when it was not. */
  open(body: Buffer): Readonly<Record<string, unknown>>
}

/** One browser's subscription, with the keys that only it has. */
export function browser(baseUrl: string, applicationServerKey: string): Browser {
  const id = randomBytes(24).toString('base64url')
  const ecdh = createECDH('prime256v1')
  const p256dh = ecdh.generateKeys().toString('base64url')
  const auth = randomBytes(16).toString('base64url')
  const endpoint = `${baseUrl}/push/${id}`
  return {
    id,
    applicationServerKey,
    subscription: JSON.stringify({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
    open: (body) =>
      JSON.parse(decrypt(body, { version: 'aes128gcm', privateKey: ecdh, authSecret: auth }).toString('utf8')),
  }
}
