import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { setCaller } from '../callers.ts'
import { atOnce } from './at-once.ts'
import type { Authenticated } from './authenticate.ts'
import { doorRequestOf } from './door-request.ts'
import type { Entrance } from './entrance.ts'
import { answerContractProblem } from './errors.ts'
import { burningFirst, type HeldNonces } from './held-nonces.ts'
import { strictJson } from './strict-json.ts'
import { unauthenticated } from './unauthenticated.ts'

/** RFC 9110 section 8.3.1: types and the charset's name are case-insensitive. Nothing else may stand there (IN-11). */
const jsonPattern = /^application\/json *(?:; *charset=(?:utf-8|"utf-8") *)?$/i
export const isJson = (contentType: string): boolean => jsonPattern.test(contentType)

/**
 * What eligibility and invite ask of every request, in the contract's order (design section 5): the path (404), the
 * credential (401), its account and privilege (403), the brand's rate (429), the media type (415), the version (1002),
 * and a body that is strict JSON (1000). Behind it, `callerOf` knows who asks.
 */
export function contractDoor(
  scope: FastifyInstance,
  { deps, entrance, nonces }: { deps: Deps; entrance: Entrance; nonces: HeldNonces },
): void {
  const entered = new WeakMap<FastifyRequest, Authenticated>()

  const enter = (request: FastifyRequest): void | Promise<void> => {
    const { accountId } = request.params as { accountId: string }
    return atOnce(entrance.admit(doorRequestOf(request), accountId), (known) => {
      nonces.hold(request, known.nonce)
      if (!known.caller.privileges.includes('ivr.engagement')) throw new Problem('forbidden')
      return entrance.count(known.account).then(() => readable(request, known))
    })
  }

  const readable = (request: FastifyRequest, authenticated: Authenticated): void => {
    if (!isJson(request.headers['content-type'] ?? '')) throw new Problem('unsupported-media-type')
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
    if (bodyMatches?.(raw as Buffer) === false) return done(unauthenticated('body-hash'))
    try {
      done(null, strictJson(raw as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}
