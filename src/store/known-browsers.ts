import { randomUUID } from 'node:crypto'
import type { Cipher } from './cipher.ts'

/**
 * A browser in which somebody has signed in before. It is told apart from strangers who guess at the same name, so that
 * they cannot keep the person out (OWASP: device cookies). Sealed by our own key: nobody can make one.
 */
export interface KnownBrowser {
  readonly browserId: string
  readonly accountId: string
  readonly userId: string
}

const context = 'known-browser'

/** A token for a browser's cookie; worth nothing but tries of its own, so it needs no row and no end. */
export function sealKnownBrowser(cipher: Cipher, accountId: string, userId: string): string {
  return cipher.encrypt(JSON.stringify([randomUUID(), accountId, userId]), context).toString('base64url')
}

/** Whom the browser has signed in; null for anything that we did not seal. */
export function openKnownBrowser(cipher: Cipher, token: string): KnownBrowser | null {
  try {
    const [browserId, accountId, userId] = JSON.parse(cipher.decrypt(Buffer.from(token, 'base64url'), context))
    return { browserId, accountId, userId }
  } catch {
    return null
  }
}
