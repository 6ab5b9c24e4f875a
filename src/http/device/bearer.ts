import type { FastifyRequest } from 'fastify'
import { Problem } from '../../errors.ts'

/** The one bearer token of a request; null: none, or something else. */
export function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer +([\w.~+/-]{1,5000}=*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}

export const noBearer = () => new Problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })
