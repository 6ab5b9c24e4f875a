import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'
import { readFileByToken } from '../store/files.ts'
import { problemAnswer } from './problem-answer.ts'

/**
 * Files that agents have sent, for the providers that deliver them and the apps that show them. The token in the address
 * is the proof. Always a download, never a page of this site.
 */
export function files(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/files/:accountId/:token',
    {
      schema: {
        tags: ['files'],
        summary: 'A file that an agent sent',
        description: 'For whoever knows the address: the provider that delivers it, and the consumer.',
        params: Type.Object({
          accountId: Type.String({ maxLength: 20 }),
          token: Type.String({ maxLength: 100 }),
        }),
        response: { '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const { accountId, token } = request.params
      const known = /^[0-9]{1,20}$/.test(accountId) && /^[\w-]{43}$/.test(token)
      const file = known ? await readFileByToken(deps.db, accountId, token) : null
      if (file === null) throw new Problem('not-found')
      const name = encodeURIComponent(file.fileName).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`)
      return answer
        .headers({
          'content-type': file.contentType === 'text/plain' ? 'text/plain; charset=utf-8' : file.contentType,
          'content-disposition': `attachment; filename*=UTF-8''${name}`,
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
          'referrer-policy': 'no-referrer',
          'cache-control': 'private, max-age=86400, immutable',
        })
        .send(file.bytes as never)
    },
  )
}
