import type { FastifyRequest } from 'fastify'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'

const callers = new WeakMap<FastifyRequest, Caller>()

/** A scope's authentication hook says here who asks; nothing else does. */
export function setCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request, caller)
}

/**
 * Who asks, of the kind this scope lets in. Without a caller no action can be called.
 * @throws Problem `unauthenticated` when the scope's hook has not named one of that kind.
 */
export function callerOf<K extends Caller['kind']>(
  request: FastifyRequest,
  ...kinds: readonly K[]
): Extract<Caller, { kind: K }> {
  const caller = callers.get(request)
  if (caller === undefined || !(kinds as readonly string[]).includes(caller.kind)) throw new Problem('unauthenticated')
  return caller as Extract<Caller, { kind: K }>
}
