import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose'
import type { Clock } from '../../domain/clock.ts'
import type { Vouched } from '../../domain/device.ts'
import type { SigningKeys } from '../../store/signing-keys.ts'

/** The brand's word for a consumer, as its app carries it to us. */
export interface ConsumerTokens {
  issue(vouched: Vouched): Promise<{ token: string; expiresInSeconds: number }>
  /** Null for every fault alike. */
  verify(token: string): Promise<Vouched | null>
}

/** The way from the brand's backend over its app to us. */
export const consumerTokenSeconds = 300
const skewSeconds = 60
const mostCharacters = 4_096
/*
 * Signed with the same keys as AppJWTs and never to be taken for one, nor the other way round: type, issuer and audience
 * differ, and each verifier demands its own (RFC 8725 sections 3.9 and 3.11).
 */
const type = 'consumer+jwt'
const issuer = 'connect-to-messaging'
const audience = 'device-registration'

/** Consumer tokens: RS256, five minutes, `sub` the brand's own id of the consumer, `apps` the in-app senders. */
export function consumerTokens(keys: SigningKeys, clock: Clock): ConsumerTokens {
  return {
    async issue({ accountId, consumerId, senderIds }) {
      const { kid, privateKey } = await keys.current()
      const now = Math.floor(clock.now().getTime() / 1000)
      const token = await new SignJWT({ account: accountId, apps: senderIds })
        .setProtectedHeader({ kid, typ: type, alg: 'RS256' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(consumerId)
        .setIssuedAt(now)
        .setExpirationTime(now + consumerTokenSeconds)
        .sign(privateKey)
      return { token, expiresInSeconds: consumerTokenSeconds }
    },

    async verify(token) {
      if (token.length > mostCharacters) return null
      try {
        const { alg, kid, typ } = decodeProtectedHeader(token)
        if (alg !== 'RS256' || typ !== type || typeof kid !== 'string') return null
        const key = await keys.publicKey(kid)
        if (key === null) return null
        const { payload } = await jwtVerify(token, key, {
          algorithms: ['RS256'],
          typ: type,
          issuer,
          audience,
          clockTolerance: skewSeconds,
          currentDate: clock.now(),
          maxTokenAge: consumerTokenSeconds,
          requiredClaims: ['sub', 'iat', 'exp', 'account', 'apps'],
        })
        return vouchedIn(payload)
      } catch {
        return null
      }
    },
  }
}

function vouchedIn({ sub, account, apps }: { sub?: string; account?: unknown; apps?: unknown }): Vouched | null {
  if (typeof sub !== 'string' || typeof account !== 'string' || !/^[0-9]{1,20}$/.test(account)) return null
  if (!Array.isArray(apps) || !apps.every((id) => typeof id === 'string')) return null
  return { accountId: account, consumerId: sub, senderIds: apps }
}
