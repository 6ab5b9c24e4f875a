import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { type Act, may } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import { nonceBurner } from '../../store/nonces.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { jsonBody } from '../admin/json-body.ts'
import { setCaller } from '../callers.ts'
import { appJwts } from '../ivr/app-jwt.ts'
import { authenticator } from '../ivr/authenticate.ts'
import { doorRequestOf } from '../ivr/door-request.ts'
import { homeOf } from '../ivr/home-of.ts'
import { unauthenticated } from '../ivr/unauthenticated.ts'
import { rateLimiter } from '../rate-limiter.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the caller must be allowed to do, and the endpoint whose requests are counted. */
    readonly brandDoor?: { readonly act: Act; readonly endpoint: string }
  }
}

/**
 * Lets a brand's systems in: an API key or an AppJWT of the account that the path names. In this order: the credential
 * (401; its nonce is burnt), its account and privilege (403), the account's region (404), the endpoint's rate (429).
 */
export function entrance(app: FastifyInstance, deps: Deps): void {
  const authenticate = authenticator(deps, appJwts(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock))
  const burnNonce = nonceBurner(deps.db)
  const count = rateLimiter(deps, { name: 'brand', points: deps.config.reportingRateLimit, seconds: 1 })
  const signed = new WeakMap<FastifyRequest, (raw: Uint8Array) => boolean>()

  jsonBody(app, (request, raw) => {
    if (signed.get(request)?.(raw) === false) throw unauthenticated('body-hash')
  })
  app.addHook('onRequest', async (request) => {
    const { accountId } = request.params as { accountId: string }
    const { caller, account, bodyMatches, nonce } = await authenticate(doorRequestOf(request), accountId)
    if (nonce !== null && !(await burnNonce(nonce.accountId, nonce.appKey, nonce.stamp, nonce.nonce)))
      throw unauthenticated('nonce-used')
    const { act, endpoint } = request.routeOptions.config.brandDoor!
    if (!may(caller, act)) throw new Problem('forbidden')
    if (account.region !== deps.config.region) {
      const home = homeOf(deps, account)
      throw new Problem('not-found', home === null ? {} : { headers: { 'x-c2m-domain': home } })
    }
    await count(`${accountId}/${endpoint}`)
    if (bodyMatches !== null) signed.set(request, bodyMatches)
    setCaller(request, caller)
  })
}
