import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto'

/** Encrypts the secrets that must be read again (API keys, provider credentials) before they reach the database. */
export interface Cipher {
  /** `context` binds the text to its place: a secret copied to another row does not decrypt there. */
  encrypt(plain: string, context: string): Buffer
  /** @throws Error when the bytes were not made by this key for this context. */
  decrypt(sealed: Uint8Array, context: string): string
  /**
   * What is kept of a consumer's address once the person was erased: `erased:` and 43 characters. Without the key nobody
   * can tell whose it is, not even by trying all numbers there are.
   */
  erasedAddress(accountId: string, address: string): string
  /** Sixteen characters that tell whether two ciphers have one key, and nothing about it. */
  readonly fingerprint: string
}

/**
 * AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). Layout: 1 byte version, 12 nonce, 16 tag, the rest.
 * Hashes of addresses are HMAC-SHA256 with a key of their own, derived from `key` (RFC 5869).
 */
export function cipher(key: Buffer): Cipher {
  const derived = (purpose: string) => createSecretKey(Buffer.from(hkdfSync('sha256', key, '', purpose, 32)))
  const ofErased = derived('c2m erased addresses')
  return {
    encrypt(plain, context) {
      const nonce = randomBytes(12)
      const aes = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
      const body = Buffer.concat([aes.update(plain, 'utf8'), aes.final()])
      return Buffer.concat([Buffer.of(1), nonce, aes.getAuthTag(), body])
    },
    decrypt(sealed, context) {
      const bytes = Buffer.from(sealed)
      if (bytes.length < 29 || bytes[0] !== 1) throw new Error('A stored secret is not in a form this server knows.')
      const aes = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13)).setAAD(Buffer.from(context))
      aes.setAuthTag(bytes.subarray(13, 29))
      try {
        return Buffer.concat([aes.update(bytes.subarray(29)), aes.final()]).toString('utf8')
      } catch {
        throw new Error('A stored secret cannot be decrypted: C2M_SECRET_KEY is not the key it was stored with.')
      }
    },
    erasedAddress: (accountId, address) =>
      `erased:${createHmac('sha256', ofErased).update(`${accountId}/${address}`).digest('base64url')}`,
    fingerprint: createHmac('sha256', derived('c2m key fingerprint')).digest('base64url').slice(0, 16),
  }
}
