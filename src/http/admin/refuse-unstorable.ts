import type { FastifyRequest } from 'fastify'
import { Problem } from '../../errors.ts'

/**
 * PostgreSQL stores no NUL, and no half of a surrogate pair in JSON: without this such a text would be a 500.
 * @throws Problem `invalid-request` naming the field.
 */
export async function refuseUnstorable(request: FastifyRequest): Promise<void> {
  check(request.params, 'params')
  check(request.query, 'query')
  check(request.body, 'body')
}

function check(value: unknown, path: string): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) {
      throw new Problem('invalid-request', { details: [`${path} holds a character that cannot be stored`] })
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, part] of Object.entries(value)) {
      check(name, `a name in ${path}`)
      check(part, `${path}.${name.slice(0, 64)}`)
    }
  }
}
