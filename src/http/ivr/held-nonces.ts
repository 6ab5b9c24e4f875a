import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { answerWithin } from '../../store/answer-within.ts'
import { type HeldNonce, nonceBurner } from '../../store/nonces.ts'
import { problemOf } from '../problems.ts'
import { unauthenticated } from './unauthenticated.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route's action burns the nonce together with what it stores, instead of the door beforehand. */
    readonly burnsNonce?: true
    /** What went well is counted and not logged. */
    readonly countedOnly?: true
  }
}

export interface HeldNonces {
  /** Only for a good signature: a stranger must not be able to burn a nonce, nor to fill the table. */
  hold(request: FastifyRequest, nonce: HeldNonce | null): void
  of(request: FastifyRequest): HeldNonce | null
  /** Burns what is held. @throws Problem `unauthenticated` when it was used before, `unavailable`. */
  burn(request: FastifyRequest): Promise<void>
  /** The same, of a nonce that the caller holds itself. */
  burnHeld(nonce: HeldNonce | null): Promise<void>
}

/**
 * Nonces of the requests under way. One is burnt before its request is answered, whatever the answer; but eligibility
 * burns it in the round trip that stores the call, so that it costs none of its own.
 */
export function heldNonces(deps: Deps): HeldNonces {
  const burnNonce = nonceBurner(deps.db)
  const held = new WeakMap<FastifyRequest, HeldNonce>()
  const burnHeld = async (nonce: HeldNonce | null) => {
    if (nonce === null || nonce.burnt) return
    const { accountId, appKey, stamp } = nonce
    const burnt = burnNonce(accountId, appKey, stamp, nonce.nonce)
    const fresh = await answerWithin(deps.config.eligibilityDeadlineMs, burnt)
    nonce.burnt = true
    if (!fresh) throw unauthenticated('nonce-used')
  }
  return {
    hold(request, nonce) {
      if (nonce !== null) held.set(request, nonce)
    },
    of: (request) => held.get(request) ?? null,
    burn: (request) => burnHeld(held.get(request) ?? null),
    burnHeld,
  }
}

/**
 * What a request that is refused is answered: it has used its nonce, too, and a replay hears nothing but 401, whatever
 * else is wrong with it.
 * @param burn burns the request's nonce.
 */
export async function refusalAfterBurning(burn: () => Promise<void>, error: unknown): Promise<unknown> {
  const { problem } = problemOf(error)
  if (problem.status >= 500) {
    // Our own fault has taken its time already, and perhaps the database is why.
    burn().catch(() => {})
    return error
  }
  return burn().then(
    // An action knows nothing of the schemes that a 401 must name; it refuses only a nonce.
    () => (problem.code === 'unauthenticated' && problem.cause === undefined ? unauthenticated('nonce-used') : error),
    (replay: unknown) => replay,
  )
}

/** Wraps the door's error handler, so that refusals burn nonces. */
export function burningFirst(
  nonces: HeldNonces,
  answer: (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    answer(await refusalAfterBurning(() => nonces.burn(request), error), request, reply)
}
