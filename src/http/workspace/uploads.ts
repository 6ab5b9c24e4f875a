import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { largestFile, uploadFile } from '../../actions/upload-file.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

/** Files on their way to consumers. A scope of its own: nowhere else is a body anything but JSON. */
export async function uploads(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: largestFile }, (_request, body, done) =>
    done(null, body),
  )
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    '/api/workspace/conversations/:conversationId/files',
    {
      bodyLimit: largestFile,
      schema: {
        tags: ['workspace'],
        summary: 'Upload a file to send in a conversation',
        description:
          'The body is the file as it is, at most 5 MB; `content-type` its type, `x-file-name` its name, percent-encoded. What it is, its own bytes say. `fileId` then goes into `files` of a reply; unsent, the file is kept for a day.',
        params: Type.Object({ conversationId: Type.String() }),
        headers: Type.Object({
          'x-file-name': Type.Optional(Type.String({ maxLength: 1_000, description: 'Percent-encoded.' })),
        }),
        response: {
          201: Type.Object({
            fileId: Type.String(),
            contentType: Type.String(),
            fileName: Type.String(),
            size: Type.Integer({ description: 'Bytes.' }),
            url: Type.String({ description: 'Where it can be had, by whoever knows this address.' }),
          }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      const file = {
        bytes: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        declaredType: request.headers['content-type'] ?? '',
        fileName: decoded(request.headers['x-file-name'] ?? ''),
      }
      return answer.code(201).send(await uploadFile(deps, callerOf(request, 'user'), id, file))
    },
  )
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    throw new Problem('invalid-request', { details: ['x-file-name must be percent-encoded.'] })
  }
}
