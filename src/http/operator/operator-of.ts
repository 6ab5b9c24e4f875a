import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Caller } from '../../domain/caller.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Makes the function that knows the operator by the bearer token of OPERATOR_TOKEN. The digests are compared, so that
 * neither content nor length shows in the time. A deployment without a token has no operator: null, always.
 */
export function operatorOf(deps: Pick<Deps, 'config'>): (request: FastifyRequest) => Caller | null {
  const { operatorToken } = deps.config
  if (operatorToken === null) return () => null
  const right = digest(operatorToken)
  return (request) => {
    const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
    return given !== undefined && timingSafeEqual(digest(given), right) ? { kind: 'operator' } : null
  }
}
