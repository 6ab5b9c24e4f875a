import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../domain/caller.ts'
import { type Act, may } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'

/**
 * Who asks, when this caller may do `act` in the account that the path names.
 * @throws Problem `not-found` for an account that is not the caller's, `forbidden` when the role or privilege lacks.
 */
export function permit(request: FastifyRequest, act: Act): { caller: Caller; accountId: string } {
  const caller = callerOf(request, 'user', 'credential', 'operator')
  const { accountId } = request.params as { accountId: string }
  if (caller.kind !== 'operator' && caller.accountId !== accountId) throw new Problem('not-found')
  if (!may(caller, act)) throw new Problem('forbidden')
  return { caller, accountId }
}
