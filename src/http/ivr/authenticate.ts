import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import type { CredentialCaller } from '../../domain/caller.ts'
import { Problem } from '../../errors.ts'
import { credentialUses } from '../../store/credential-uses.ts'
import type { HeldNonce } from '../../store/nonces.ts'
import { accountNamed } from './account-named.ts'
import { type AppJwt, type AppJwts, privilegesOf } from './app-jwt.ts'
import { atOnce } from './at-once.ts'
import type { DoorRequest } from './door-request.ts'
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
): (request: DoorRequest, accountId: string) => Authenticated | Promise<Authenticated> {
  const noteUse = credentialUses(deps.db, deps.clock)

  const byKey = (request: DoorRequest, accountId: string, header: string) => {
    const parameters = parseOauth1Header(header)
    if (parameters === null) throw unauthenticated(header === '' ? 'missing' : 'malformed')
    return atOnce(accountNamed(deps, accountId), (account) => signedBy(request, accountId, parameters, account))
  }

  const signedBy = (
    request: DoorRequest,
    accountId: string,
    parameters: ReadonlyMap<string, string>,
    account: AccountConfig | null,
  ): Authenticated => {
    const key = account?.apiKeys.get(parameters.get('oauth_consumer_key') ?? '')
    const verified = verifyOauth1(
      { method: request.method, publicUrl: deps.publicUrl, target: request.target, parameters },
      key,
      deps.clock.now(),
    )
    if (typeof verified === 'string') throw unauthenticated(verified)
    if (account === null || key === undefined) throw unauthenticated('unknown-key')
    return {
      account,
      caller: { kind: 'credential', accountId, credentialId: key.appKey, privileges: key.privileges },
      bodyMatches: verified.bodyMatches,
      nonce: { accountId, appKey: key.appKey, stamp: verified.stamp, nonce: verified.nonce, burnt: false },
    }
  }

  const byToken = (accountId: string, token: string) =>
    atOnce(jwts.verify(token), (jwt) => {
      if (typeof jwt === 'string') throw unauthenticated(jwt)
      return atOnce(accountNamed(deps, jwt.accountId), (account) => borneBy(accountId, jwt, account))
    })

  const borneBy = (accountId: string, jwt: AppJwt, account: AccountConfig | null): Authenticated => {
    const app = account?.appInstalls.get(jwt.clientId)
    if (account === null || app === undefined) throw unauthenticated('unknown-app')
    if (!app.enabled) throw unauthenticated('disabled')
    if (jwt.accountId !== accountId) throw new Problem('forbidden')
    return {
      account,
      caller: { kind: 'credential', accountId, credentialId: app.clientId, privileges: privilegesOf(jwt, app) },
      bodyMatches: null,
      nonce: null,
    }
  }

  const noted = (request: DoorRequest, accountId: string, authenticated: Authenticated): Authenticated => {
    const use = noteUse(accountId, authenticated.caller.credentialId)?.catch((error) => {
      deps.log.warn({ requestId: request.id, err: error }, 'the use of a credential could not be noted')
    })
    if (use !== undefined) {
      deps.background.add(use)
      void use.finally(() => deps.background.delete(use))
    }
    return authenticated
  }

  return (request, accountId) => {
    const header = request.authorization ?? ''
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(header)?.[1]
    const found = token === undefined ? byKey(request, accountId, header) : byToken(accountId, token)
    return atOnce(found, (authenticated) => noted(request, accountId, authenticated))
  }
}
