import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import type { CredentialCaller } from '../../domain/caller.ts'
import { Problem } from '../../errors.ts'
import { credentialUses } from '../../store/credential-uses.ts'
import type { HeldNonce } from '../../store/nonces.ts'
import { accountNamed } from './account-named.ts'
import { type AppJwts, privilegesOf } from './app-jwt.ts'
import { verifyOauth1 } from './oauth1.ts'
import { parseOauth1Header } from './oauth1-header.ts'
import { unauthenticated } from './unauthenticated.ts'

export interface Authenticated {
  readonly caller: CredentialCaller
  readonly account: AccountConfig
  /** Null unless the client signed a hash of its body. */
  readonly bodyMatches: ((raw: Uint8Array) => boolean) | null
  /** Still to be burnt; null: an AppJWT has none. */
  readonly nonce: HeldNonce | null
}

/**
 * Makes the function that tells who stands at the door of `accountId`: an API key of that account (OAuth 1.0a), or an
 * AppJWT. It throws Problem `unauthenticated` for every fault of a credential, an unknown account and an unknown key
 * alike; `forbidden` for a good AppJWT of another account.
 */
export function authenticator(
  deps: Deps,
  jwts: AppJwts,
): (request: FastifyRequest, accountId: string) => Promise<Authenticated> {
  const noteUse = credentialUses(deps.db, deps.clock)

  const byKey = async (request: FastifyRequest, accountId: string, header: string): Promise<Authenticated> => {
    const parameters = parseOauth1Header(header)
    if (parameters === null) throw unauthenticated()
    const account = await accountNamed(deps, accountId)
    const key = account?.apiKeys.get(parameters.get('oauth_consumer_key') ?? '')
    const verified = verifyOauth1(
      { method: request.method, publicUrl: deps.publicUrl, target: request.raw.url ?? '/', parameters },
      key,
      deps.clock.now(),
    )
    if (verified === null || account === null || key === undefined) throw unauthenticated()
    return {
      account,
      caller: { kind: 'credential', accountId, credentialId: key.appKey, privileges: key.privileges },
      bodyMatches: verified.bodyMatches,
      nonce: { accountId, appKey: key.appKey, stamp: verified.stamp, nonce: verified.nonce, burnt: false },
    }
  }

  const byToken = async (accountId: string, token: string): Promise<Authenticated> => {
    const jwt = await jwts.verify(token)
    if (jwt === null) throw unauthenticated()
    const account = await accountNamed(deps, jwt.accountId)
    const app = account?.appInstalls.get(jwt.clientId)
    if (account === null || !app?.enabled) throw unauthenticated()
    if (jwt.accountId !== accountId) throw new Problem('forbidden')
    return {
      account,
      caller: { kind: 'credential', accountId, credentialId: app.clientId, privileges: privilegesOf(jwt, app) },
      bodyMatches: null,
      nonce: null,
    }
  }

  return async (request, accountId) => {
    const header = authorizationOf(request.raw)
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header ?? '')?.[1]
    const authenticated =
      token === undefined ? await byKey(request, accountId, header ?? '') : await byToken(accountId, token)
    const noted = noteUse(accountId, authenticated.caller.credentialId)?.catch((error) => {
      request.log.warn({ err: error }, 'the use of a credential could not be noted')
    })
    if (noted !== undefined) {
      deps.background.add(noted)
      void noted.finally(() => deps.background.delete(noted))
    }
    return authenticated
  }
}

/** The one `Authorization` header; null when there is none or, since nobody could tell which counts, more than one. */
function authorizationOf(message: IncomingMessage): string | null {
  const { rawHeaders } = message
  let found: string | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (found !== null) return null
    found = rawHeaders[index + 1]!
  }
  return found
}
