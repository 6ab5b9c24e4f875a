import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount } from './schemas.ts'

const templateAnswer = Type.Object({
  templateId: Type.String(),
  name: Type.String(),
  language: Type.String(),
  status: Type.String({ description: 'Only an approved template can be chosen in a handoff.' }),
  body: Type.String(),
})

export function templates(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/templates',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the WhatsApp templates',
        params: ofAccount,
        response: { 200: Type.Object({ templates: Type.Array(templateAnswer) }) },
      },
    },
    async (request) => {
      const config = await configOf(deps, permit(request, 'templates.read'))
      return { templates: [...config.templates.values()] }
    },
  )
}
