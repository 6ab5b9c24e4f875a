import type { KeyObject } from 'node:crypto'
import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { AppInstall, Privilege } from '../../domain/account.ts'
import type { Clock } from '../../domain/clock.ts'
import type { SigningKeys } from '../../store/signing-keys.ts'
import type { CredentialFault } from './credential-fault.ts'

/** What an AppJWT says; whether its app install may still act is for the account's configuration to say, at each use. */
export interface AppJwt {
  readonly accountId: string
  /** Claim `azp`: the app install. */
  readonly clientId: string
  readonly scope: ReadonlySet<string>
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

export type JwtFault = Extract<CredentialFault, 'jwt' | 'jwt-expired'>

export interface AppJwts {
  issue(accountId: string, app: AppInstall): Promise<{ token: string; expiresInSeconds: number }>
  /** A fault is for the log: the caller must hear the same of all. At once for a token that was verified before. */
  verify(token: string): AppJwt | JwtFault | Promise<AppJwt | JwtFault>
}

export const appJwtSeconds = 3_600
const skewSeconds = 60
/** Ours have about 800 characters; a longer one is not ours. */
const mostCharacters = 4_096
/** Of at most 4 kB each. */
const mostRemembered = 5_000
/** Headers of which any asks the verifier to trust the token's own word, or to understand more than RS256. */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc', 'cty']

/**
 * AppJWTs of the original (reference section 4.2): RS256, one hour, `iss` Sentinel, `aud` the account, `azp` the app
 * install. The key is chosen by `kid` among our own and never by what the token brings along (reliability AU-01 to AU-05).
 */
export function appJwts(keys: SigningKeys, clock: Clock): AppJwts {
  /** Verified tokens, the least recently used first: an RSA check costs 50 µs, and a look into the map next to nothing. */
  const verified = new Map<string, AppJwt>()

  return {
    async issue(accountId, app) {
      const { kid, privateKey } = await keys.current()
      const now = Math.floor(clock.now().getTime() / 1000)
      const token = await new SignJWT({ azp: app.clientId, scope: app.privileges.join(' ') })
        .setProtectedHeader({ kid, typ: 'JWT', alg: 'RS256' })
        .setIssuer('Sentinel')
        .setAudience(accountId)
        .setIssuedAt(now)
        .setExpirationTime(now + appJwtSeconds)
        .sign(privateKey)
      return { token, expiresInSeconds: appJwtSeconds }
    },

    verify(token) {
      if (token.length > mostCharacters) return 'jwt'
      const now = clock.now()
      const known = verified.get(token)
      if (known !== undefined) {
        verified.delete(token)
        if (known.expiresAt + skewSeconds * 1000 <= now.getTime()) return 'jwt-expired'
        verified.set(token, known)
        return known
      }
      return check(keys, token, now).then((fresh) => {
        if (typeof fresh === 'string') return fresh
        if (verified.size >= mostRemembered) verified.delete(verified.keys().next().value!)
        verified.set(token, fresh)
        return fresh
      })
    },
  }
}

async function check(keys: SigningKeys, token: string, now: Date): Promise<AppJwt | JwtFault> {
  const kid = kidOf(token)
  const key = kid === null ? null : await keys.publicKey(kid)
  if (key === null) return 'jwt'
  const claims = await claimsOf(token, key, now)
  if (typeof claims === 'string') return claims
  const { iss, aud, azp, scope, iat, exp } = claims
  if (typeof iss !== 'string' || iss.toLowerCase() !== 'sentinel') return 'jwt'
  // The account's id, or `le` and the id as in the original's decoded sample; never a list.
  const account = typeof aud === 'string' ? /^(?:le)?([0-9]{1,20})$/.exec(aud) : null
  if (account === null || typeof azp !== 'string' || typeof scope !== 'string') return 'jwt'
  if (!Number.isSafeInteger(iat) || !Number.isSafeInteger(exp)) return 'jwt'
  if (iat! > now.getTime() / 1000 + skewSeconds || exp! > iat! + appJwtSeconds + skewSeconds) return 'jwt'
  return { accountId: account[1]!, clientId: azp, scope: new Set(scope.split(' ')), expiresAt: exp! * 1000 }
}

function kidOf(token: string): string | null {
  try {
    const header = decodeProtectedHeader(token)
    if (header.alg !== 'RS256' || typeof header.kid !== 'string') return null
    if (header.typ !== undefined && header.typ !== 'JWT') return null
    return refusedHeaders.some((name) => name in header) ? null : header.kid
  } catch {
    return null
  }
}

async function claimsOf(token: string, key: KeyObject, now: Date): Promise<JWTPayload | JwtFault> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: ['RS256'],
      clockTolerance: skewSeconds,
      currentDate: now,
      requiredClaims: ['iss', 'aud', 'azp', 'iat', 'exp'],
    })
    return payload
  } catch (error) {
    return error instanceof errors.JWTExpired ? 'jwt-expired' : 'jwt'
  }
}

/** What this token may do now: what the app install may do, as far as it could when the token was made. */
export function privilegesOf(jwt: AppJwt, app: AppInstall): readonly Privilege[] {
  return app.privileges.filter((privilege) => jwt.scope.has(privilege))
}
