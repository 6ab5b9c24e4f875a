import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { jwtVerify } from 'jose'
import type { ApnsRefusal } from './check-push.ts'

export const apnsTeamId = 'TEAM123456'
export const apnsKeyId = 'KEY7890123'

export interface ProviderTokens {
  /** The .p8 file. */
  readonly privateKey: string
  /** Every token that was ever accepted, in order. */
  readonly seen: readonly string[]
  refusal(authorization: string | undefined, now: Date): Promise<ApnsRefusal | null>
  forget(): void
}

/** How Apple checks provider tokens: signature, team, key, at most an hour old, and not renewed within 20 minutes. */
export function providerTokens(): ProviderTokens {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const seen = new Map<string, number>()
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    get seen() {
      return [...seen.keys()]
    },
    forget: () => seen.clear(),
    async refusal(authorization, now) {
      const token = /^bearer (.+)$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) return { status: 403, reason: 'MissingProviderToken' }
      const issuedAt = await issued(token, pair.publicKey, now)
      if (issuedAt === null || issuedAt > now.getTime() + 60_000) return { status: 403, reason: 'InvalidProviderToken' }
      if (now.getTime() - issuedAt > 3600_000) return { status: 403, reason: 'ExpiredProviderToken' }
      const newest = [...seen.values()].at(-1)
      if (!seen.has(token) && newest !== undefined && issuedAt - newest < 20 * 60_000)
        return { status: 429, reason: 'TooManyProviderTokenUpdates' }
      seen.set(token, issuedAt)
      return null
    },
  }
}

/** Milliseconds since 1970 of a good token; null for any other. */
async function issued(token: string, publicKey: KeyObject, now: Date): Promise<number | null> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, publicKey, {
      algorithms: ['ES256'],
      issuer: apnsTeamId,
      requiredClaims: ['iat'],
      currentDate: now,
    })
    return protectedHeader.kid === apnsKeyId ? payload.iat! * 1000 : null
  } catch {
    return null
  }
}
