import { readFile } from 'node:fs/promises'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, strict } from './schemas.ts'

/** The text beside each connector's code that says how a sender of it is set up at its provider. */
export function connectorSetup(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/connector-setup',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show how a sender of a connector is set up at its provider',
        params: ofAccount,
        querystring: strict({ connector: Type.String({ pattern: '^[a-z0-9-]{1,64}$' }) }),
        response: {
          200: Type.Object({
            text: Type.Union([Type.String(), Type.Null()], {
              description: 'Markdown; null: nothing has to be set up.',
            }),
          }),
        },
      },
    },
    async (request) => {
      await configOf(deps, permit(request, 'senders.read'))
      const { connector } = request.query
      // Only names that are known ever become part of a path.
      if (!deps.connectors.has(connector)) throw new Problem('not-found')
      const path = new URL(`../../channels/${connector}/SETUP.md`, import.meta.url)
      return { text: await readFile(path, 'utf8').catch(() => null) }
    },
  )
}
