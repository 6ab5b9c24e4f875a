import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Encrypts the secrets that must be read again (API keys, provider credentials) before they reach the database. */
export interface Cipher {
  /** `context` binds the text to its place: a secret copied to another row does not decrypt there. */
  encrypt(plain: string, context: string): Buffer
  /** @throws Error when the bytes were not made by this key for this context. */
  decrypt(sealed: Uint8Array, context: string): string
}

/** AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D). Layout: 1 byte version, 12 nonce, 16 tag, the rest. */
export function cipher(key: Buffer): Cipher {
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
  }
}
