import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { issueApiKey } from '../../actions/issue-api-key.ts'
import { renewApiKey } from '../../actions/renew-api-key.ts'
import { saveApiKey } from '../../actions/save-api-key.ts'
import type { Deps } from '../../deps.ts'
import { listApiKeys } from '../../store/api-keys.ts'
import { permit } from './permit.ts'
import {
  apiKeyAnswer,
  credentialChange,
  credentialFields,
  moments,
  newCredential,
  ofAccount,
  ofApiKey,
} from './schemas.ts'

const keyRow = Type.Object({ appKey: Type.String(), ...credentialFields, ...moments })

export function apiKeys(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/api-keys',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the API keys, without their secrets',
        params: ofAccount,
        response: { 200: Type.Object({ apiKeys: Type.Array(keyRow) }) },
      },
    },
    async (request) => {
      const rows = await listApiKeys(deps.db, permit(request, 'api-keys.read').accountId)
      return { apiKeys: rows.map((row) => ({ ...row, privileges: [...row.privileges] })) }
    },
  )

  routes.post(
    '/api-keys',
    {
      schema: {
        tags: ['admin'],
        summary: 'Make an API key',
        description:
          'At most 100 for an account; keys are disabled, never deleted. Without privileges: ivr.engagement.',
        params: ofAccount,
        body: newCredential,
        response: { 201: apiKeyAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'api-keys.change')
      const { title, privileges = ['ivr.engagement'] } = request.body
      return reply.code(201).send(await issueApiKey(deps, caller, accountId, { title, privileges }))
    },
  )

  routes.patch(
    '/api-keys/:appKey',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change, disable or enable an API key',
        params: ofApiKey,
        body: credentialChange,
        response: { 200: Type.Object({ appKey: Type.String(), ...credentialFields }) },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'api-keys.change')
      const saved = await saveApiKey(deps, caller, accountId, request.params.appKey, request.body)
      return { ...saved, privileges: [...saved.privileges] }
    },
  )

  routes.post(
    '/api-keys/:appKey/secret',
    {
      schema: {
        tags: ['admin'],
        summary: 'Give an API key new secrets',
        description: 'The old ones stop working at once.',
        params: ofApiKey,
        response: { 200: apiKeyAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'api-keys.change')
      return renewApiKey(deps, caller, accountId, request.params.appKey)
    },
  )
}
