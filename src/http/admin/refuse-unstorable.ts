import type { FastifyRequest } from 'fastify'
import { Problem } from '../../errors.ts'

/**
 * PostgreSQL stores no NUL: without this such a path or query would be a 500. Bodies are judged as they are read.
 * @throws Problem `invalid-request` naming the part.
 */
export async function refuseUnstorable(request: FastifyRequest): Promise<void> {
  for (const [where, part] of [['params', request.params] as const, ['query', request.query] as const]) {
    for (const [name, value] of Object.entries(part as Record<string, unknown>)) {
      if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
        throw new Problem('invalid-request', { details: [`${where}.${name} holds a character that is not allowed`] })
      }
    }
  }
}
