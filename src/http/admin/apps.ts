import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { issueApp } from '../../actions/issue-app.ts'
import { renewApp } from '../../actions/renew-app.ts'
import { saveApp } from '../../actions/save-app.ts'
import type { Deps } from '../../deps.ts'
import { listAppInstalls } from '../../store/app-installs.ts'
import { permit } from './permit.ts'
import { appAnswer, credentialChange, credentialFields, moments, newCredential, ofAccount, ofUuid } from './schemas.ts'

const appRow = Type.Object({ clientId: Type.String(), ...credentialFields, ...moments })

export function apps(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/apps',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the OAuth clients, without their secrets',
        params: ofAccount,
        response: { 200: Type.Object({ apps: Type.Array(appRow) }) },
      },
    },
    async (request) => {
      const rows = await listAppInstalls(deps.db, permit(request, 'app-installs.read').accountId)
      return { apps: rows.map((row) => ({ ...row, privileges: [...row.privileges] })) }
    },
  )

  routes.post(
    '/apps',
    {
      schema: {
        tags: ['admin'],
        summary: 'Make an OAuth client',
        description: 'Its id and secret get AppJWTs. Without privileges: ivr.engagement.',
        params: ofAccount,
        body: newCredential,
        response: { 201: appAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'app-installs.change')
      const { title, privileges = ['ivr.engagement'] } = request.body
      return reply.code(201).send(await issueApp(deps, caller, accountId, { title, privileges }))
    },
  )

  routes.patch(
    '/apps/:clientId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change, disable or enable an OAuth client',
        params: ofUuid('clientId'),
        body: credentialChange,
        response: { 200: Type.Object({ clientId: Type.String(), ...credentialFields }) },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'app-installs.change')
      const saved = await saveApp(deps, caller, accountId, request.params.clientId, request.body)
      return { ...saved, privileges: [...saved.privileges] }
    },
  )

  routes.post(
    '/apps/:clientId/secret',
    {
      schema: {
        tags: ['admin'],
        summary: 'Give an OAuth client a new secret',
        description: 'The old one stops working at once; tokens already given out live on for their hour.',
        params: ofUuid('clientId'),
        response: { 200: appAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'app-installs.change')
      return renewApp(deps, caller, accountId, request.params.clientId)
    },
  )
}
