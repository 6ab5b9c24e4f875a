import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'

/** What the contract's door must know of a request to tell who asks. */
export interface DoorRequest {
  readonly id: string
  readonly method: string
  /** The request target as it stood on the wire: signatures cover it. */
  readonly target: string
  /** The one `Authorization` header; null when there is none or, since nobody could tell which counts, more than one. */
  readonly authorization: string | null
}

export function doorRequestOf(request: FastifyRequest): DoorRequest {
  const { id, method, raw } = request
  return { id, method, target: raw.url ?? '/', authorization: authorizationOf(raw) }
}

function authorizationOf({ rawHeaders }: IncomingMessage): string | null {
  let found: string | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!
    if (name.length !== 13 || name.toLowerCase() !== 'authorization') continue
    if (found !== null) return null
    found = rawHeaders[index + 1]!
  }
  return found
}
