import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'
import { setCaller } from '../callers.ts'
import { isAccountId } from './account-named.ts'
import { answerWithin } from './answer-within.ts'
import type { AppJwts } from './app-jwt.ts'
import { atOnce } from './at-once.ts'
import { type Authenticated, authenticator } from './authenticate.ts'
import { answerContractProblem } from './errors.ts'
import { burningFirst, type HeldNonces } from './held-nonces.ts'
import { homeOf } from './home-of.ts'
import { brandRateLimit } from './rate-limit.ts'
import { strictJson } from './strict-json.ts'
import { unauthenticated } from './unauthenticated.ts'

/** RFC 9110 section 8.3.1: types and the charset's name are case-insensitive. Nothing else may stand there (IN-11). */
const jsonPattern = /^application\/json *(?:; *charset=(?:utf-8|"utf-8") *)?$/i

/**
 * What eligibility and invite ask of every request, in the contract's order (design section 5): the path (404), the
 * credential (401), its account and privilege (403), the brand's rate (429), the media type (415), the version (1002),
 * and a body that is strict JSON (1000). Behind it, `callerOf` knows who asks.
 */
export function contractDoor(
  scope: FastifyInstance,
  { deps, jwts, nonces }: { deps: Deps; jwts: AppJwts; nonces: HeldNonces },
): void {
  const authenticate = authenticator(deps, jwts)
  const checkRate = brandRateLimit(deps)
  const entered = new WeakMap<FastifyRequest, Authenticated>()

  const countedHere = deps.config.processes === 'one'
  /** Only what waits for the database needs a limit of time, and the timer that it costs. */
  const inTime = <T>(work: T | Promise<T>) =>
    work instanceof Promise ? answerWithin(deps.config.eligibilityDeadlineMs, work) : work

  const enter = (request: FastifyRequest): void | Promise<void> => {
    const { accountId } = request.params as { accountId: string }
    if (!isAccountId(accountId)) throw new Problem('not-found')
    const authenticated = atOnce(deps.accounts.get(accountId), (account) => {
      refuseOfOtherRegion(deps, account)
      return authenticate(request, accountId)
    })
    return atOnce(inTime(authenticated), (known) => {
      nonces.hold(request, known.nonce)
      if (!known.caller.privileges.includes('ivr.engagement')) throw new Problem('forbidden')
      const counted = checkRate(known.account)
      return atOnce(countedHere ? counted : inTime(counted), () => readable(request, known))
    })
  }

  const readable = (request: FastifyRequest, authenticated: Authenticated): void => {
    if (!jsonPattern.test(request.headers['content-type'] ?? '')) throw new Problem('unsupported-media-type')
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') throw new Problem('unsupported-media-type')
    if ((request.query as { v?: unknown }).v !== '2.0') throw new Problem('invalid-version')
    entered.set(request, authenticated)
    setCaller(request, authenticated.caller)
  }
  scope.addHook('onRequest', (request, _reply, done) => {
    try {
      const entering = enter(request)
      if (!(entering instanceof Promise)) return done()
      entering.then(() => done(), done)
    } catch (error) {
      done(error as Error)
    }
  })

  scope.setErrorHandler(
    burningFirst(nonces, (error, request, reply) => answerContractProblem(deps, error, request, reply)),
  )
  scope.addHook('preHandler', (request, _reply, done) => {
    if (request.routeOptions.config.burnsNonce) return done()
    nonces.burn(request).then(() => done(), done)
  })

  scope.removeAllContentTypeParsers()
  // The media type was judged above; the raw bytes are what `oauth_body_hash` covers.
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, (request, raw, done) => {
    const bodyMatches = entered.get(request)?.bodyMatches
    if (bodyMatches?.(raw as Buffer) === false) return done(unauthenticated())
    try {
      done(null, strictJson(raw as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}

/** An account that another cell serves is not here; the caller learns where it is. */
function refuseOfOtherRegion(deps: Deps, account: AccountConfig | null): void {
  if (!account || account.region === deps.config.region) return
  const home = homeOf(deps, account)
  throw new Problem('not-found', home === null ? {} : { headers: { 'x-c2m-domain': home } })
}
