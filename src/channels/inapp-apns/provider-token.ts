import { createHash } from 'node:crypto'
import { importPKCS8, SignJWT } from 'jose'
import { SendFailure } from '../failures.ts'
import type { ApnsSettings } from './settings.ts'

/** Apple takes a token for an hour and wants none renewed more than every 20 minutes. */
const renewAfterMs = 50 * 60_000
const renewBeforeMs = 20 * 60_000
/** Far more keys than one process signs with; the oldest goes. */
const mostKept = 500

interface Kept {
  readonly token: Promise<string>
  /** By `Date.now()`, which is what Apple reads in `iat`. */
  readonly issuedAt: number
}

const kept = new Map<string, Kept>()

/**
 * The token that proves us to Apple: one per key, however many senders and sends use it, for 50 minutes.
 * @throws SendFailure `misconfigured` when the key cannot sign.
 */
export function providerToken(settings: ApnsSettings): Promise<string> {
  const key = keyOf(settings)
  const known = kept.get(key)
  const ageMs = known === undefined ? Number.POSITIVE_INFINITY : Date.now() - known.issuedAt
  // A token from the future is one that a clock set back has left us: Apple would not take it.
  if (known !== undefined && ageMs >= 0 && ageMs < renewAfterMs) return known.token
  const made = { token: signed(settings), issuedAt: Date.now() }
  kept.delete(key)
  kept.set(key, made)
  made.token.catch(() => {
    if (kept.get(key) === made) kept.delete(key)
  })
  const oldest = kept.keys().next().value
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
  return made.token
}

/**
 * After Apple called `token` expired: the one that has taken its place, or a new one; null when it is so young that only a
 * wrong clock can be the reason, and another would be one too many.
 */
export async function renewedToken(settings: ApnsSettings, token: string): Promise<string | null> {
  const key = keyOf(settings)
  const known = kept.get(key)
  if (known !== undefined && (await known.token) === token) {
    if (Date.now() - known.issuedAt < renewBeforeMs) return null
    if (kept.get(key) === known) kept.delete(key)
  }
  return providerToken(settings)
}

/** Names the connection and the kept token; Apple wants one connection to speak for one team only. */
export function keyOf({ teamId, keyId, privateKey }: ApnsSettings): string {
  return createHash('sha256')
    .update(JSON.stringify([teamId, keyId, privateKey]))
    .digest('base64url')
}

async function signed(settings: ApnsSettings): Promise<string> {
  try {
    const key = await importPKCS8(settings.privateKey, 'ES256')
    return await new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid: settings.keyId })
      .setIssuer(settings.teamId)
      .setIssuedAt(Math.floor(Date.now() / 1000))
      .sign(key)
  } catch {
    throw new SendFailure('misconfigured', { detail: 'the APNs key cannot be read' })
  }
}
