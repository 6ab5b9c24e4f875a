declare module 'http_ece' {
  import type { ECDH } from 'node:crypto'
  /** Decrypts `aes128gcm` (RFC 8188) for the holder of `privateKey`; throws when it cannot. */
  export function decrypt(
    body: Buffer,
    options: { version: 'aes128gcm'; privateKey: ECDH; dh?: string; authSecret: string },
  ): Buffer
}
