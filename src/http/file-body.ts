import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { largestFile } from '../actions/upload-file.ts'
import { Problem } from '../errors.ts'

/** What comes with a file whose bytes are the body. */
export const fileHeaders = Type.Object({
  'x-file-name': Type.Optional(Type.String({ maxLength: 1_000, description: 'Percent-encoded.' })),
})

/**
 * Makes a scope take files: its bodies are files as they are, at most 5 MB, of whatever type. A scope of its own: nowhere
 * else is a body anything but JSON.
 */
export function fileBody(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestFile }, (_request, body, done) =>
    done(null, body),
  )
}

/**
 * The file that a request is. What it is, its sender only says.
 * @throws Problem `invalid-request` for a name that is not percent-encoded.
 */
export function fileIn(request: {
  readonly body: unknown
  readonly headers: { readonly 'content-type'?: string | undefined; readonly 'x-file-name'?: string | undefined }
}): { readonly bytes: Buffer; readonly declaredType: string; readonly fileName: string } {
  return {
    bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    declaredType: request.headers['content-type'] ?? '',
    fileName: decoded(request.headers['x-file-name'] ?? ''),
  }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    throw new Problem('invalid-request', { details: ['x-file-name must be percent-encoded.'] })
  }
}
