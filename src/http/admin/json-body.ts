import type { FastifyInstance, FastifyRequest } from 'fastify'
import { strictJson } from '../ivr/strict-json.ts'

/**
 * Lets only JSON into this scope, as strict as at the published doors; no body at all is none.
 * @param check sees the raw bytes first; it throws when the signature does not cover them.
 */
export function jsonBody(app: FastifyInstance, check?: (request: FastifyRequest, raw: Buffer) => void): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, raw, done) => {
    try {
      check?.(request, raw as Buffer)
      done(null, raw.length === 0 ? undefined : strictJson(raw as Buffer))
    } catch (error) {
      done(error as Error)
    }
  })
}
