import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { largestFile, uploadFile } from '../../actions/upload-file.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { fileBody, fileHeaders, fileIn } from '../file-body.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

/** Files on their way to consumers. */
export async function uploads(scope: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  fileBody(scope)
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
        headers: fileHeaders,
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
      return answer.code(201).send(await uploadFile(deps, callerOf(request, 'user'), id, fileIn(request)))
    },
  )
}
