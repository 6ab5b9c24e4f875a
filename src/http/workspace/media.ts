import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { readMedia } from '../../actions/read-media.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { downloadHeaders } from '../download-headers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

/** Files that consumers sent. */
export function media(scope: FastifyInstance, deps: Deps): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/workspace/conversations/:conversationId/messages/:messageId/media/:place',
    {
      schema: {
        tags: ['workspace'],
        summary: 'A file that the consumer sent',
        description: 'Fetched from the provider now; 503 when it cannot give it just now.',
        params: Type.Object({
          conversationId: Type.String(),
          messageId: Type.String(),
          place: Type.String({ pattern: '^[0-9]$', description: 'From 0.' }),
        }),
        response: { '4xx': problemAnswer, 503: problemAnswer },
      },
    },
    async (request, answer) => {
      const { conversationId, messageId, place } = request.params
      const where = { conversationId: uuidParam(conversationId), messageId: uuidParam(messageId), place: Number(place) }
      const { bytes, ...file } = await readMedia(deps, callerOf(request, 'user'), where)
      return answer.headers(downloadHeaders(file)).send(bytes as never)
    },
  )
}
