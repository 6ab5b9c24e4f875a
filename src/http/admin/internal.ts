import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { setInternal } from '../../actions/set-internal.ts'
import type { Deps } from '../../deps.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, strict } from './schemas.ts'

const internalAnswer = Type.Object({
  user: Type.Boolean({ description: 'False: the contract answers 1200.' }),
  app: Type.Boolean({ description: 'False: the contract answers 1201.' }),
})

export function internal(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/internal',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show whether the internal user and app are enabled',
        params: ofAccount,
        response: { 200: internalAnswer },
      },
    },
    async (request) => {
      const config = await configOf(deps, permit(request, 'app-installs.read'))
      return { user: config.internalUser, app: config.internalApp }
    },
  )

  routes.patch(
    '/internal',
    {
      schema: {
        tags: ['admin'],
        summary: 'Enable or disable the internal user and app',
        params: ofAccount,
        body: strict({ user: Type.Optional(Type.Boolean()), app: Type.Optional(Type.Boolean()) }),
        response: { 200: internalAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'app-installs.change')
      return setInternal(deps, caller, accountId, request.body)
    },
  )
}
