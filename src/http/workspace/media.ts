import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { readMedia } from '../../actions/read-media.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

/** Types that a browser may take at their word; the provider only repeats what the consumer's phone said of the rest. */
const harmless = /^(image\/(png|jpeg|gif|webp)|(audio|video)\/[a-z0-9.+-]{1,60}|application\/pdf)$/

/** Files that consumers sent. A stranger made them: they are downloads, never pages of this site. */
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
      const { contentType, fileName, bytes } = await readMedia(deps, callerOf(request, 'user'), where)
      const name = encodeURIComponent((fileName ?? 'file').toWellFormed()).replace(
        /['()*]/g,
        (c) => `%${c.charCodeAt(0).toString(16)}`,
      )
      return answer
        .headers({
          'content-type': harmless.test(contentType) ? contentType : 'application/octet-stream',
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
          'cache-control': 'private, no-store',
        })
        .send(bytes as never)
    },
  )
}
