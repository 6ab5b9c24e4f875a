import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { addWebhook } from '../../actions/add-webhook.ts'
import { deleteWebhook } from '../../actions/delete-webhook.ts'
import { renewWebhook } from '../../actions/renew-webhook.ts'
import { saveWebhook } from '../../actions/save-webhook.ts'
import type { Deps } from '../../deps.ts'
import { webhookEventNames, webhookEventTypes } from '../../domain/webhook.ts'
import { countDeliveries } from '../../store/webhook-deliveries.ts'
import { listWebhooks } from '../../store/webhook-endpoints.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid } from './schemas.ts'
import {
  endpointAnswer,
  endpointChange,
  endpointWithCounts,
  endpointWithSecret,
  newEndpoint,
  secretOnce,
  shownEndpoint,
} from './webhook-schemas.ts'

/** Where a brand's own systems hear of its events (docs/webhooks.md). */
export function webhooks(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/webhooks',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'List the webhook endpoints, without their secrets',
        params: ofAccount,
        response: {
          200: Type.Object({
            webhooks: Type.Array(endpointWithCounts),
            eventTypes: Type.Array(Type.Object({ type: Type.String(), sentence: Type.String() }), {
              description: 'What an endpoint can be told.',
            }),
          }),
        },
      },
    },
    async (request) => {
      const { accountId } = permit(request, 'webhooks.read')
      const [endpoints, counts] = await Promise.all([
        listWebhooks(deps.db, accountId),
        countDeliveries(deps.db, accountId),
      ])
      return {
        webhooks: endpoints.map((endpoint) => ({
          ...shownEndpoint(endpoint),
          ...(counts.get(endpoint.endpointId) ?? { waiting: 0, failed: 0 }),
        })),
        eventTypes: webhookEventNames.map((type) => ({ type, sentence: webhookEventTypes[type] })),
      }
    },
  )

  routes.post(
    '/webhooks',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Make a webhook endpoint',
        description: 'It hears of events from now on, signed with the secret that is shown this once.',
        params: ofAccount,
        body: newEndpoint,
        response: { 201: endpointWithSecret },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      const { title, url, events = null, tellsAddress = false } = request.body
      const made = await addWebhook(deps, caller, accountId, { title, url, events, tellsAddress })
      return reply.code(201).send({ ...shownEndpoint(made), secret: made.secret })
    },
  )

  routes.patch(
    '/webhooks/:endpointId',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Change, pause, disable or switch on a webhook endpoint',
        params: ofUuid('endpointId'),
        body: endpointChange,
        response: { 200: endpointAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      return shownEndpoint(await saveWebhook(deps, caller, accountId, request.params.endpointId, request.body))
    },
  )

  routes.delete(
    '/webhooks/:endpointId',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Remove a webhook endpoint',
        description: 'What still waits for it is not sent.',
        params: ofUuid('endpointId'),
        response: { 204: Type.Null({ description: 'It is gone.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      await deleteWebhook(deps, caller, accountId, request.params.endpointId)
      return reply.code(204).send(null)
    },
  )

  routes.post(
    '/webhooks/:endpointId/secret',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Give a webhook endpoint a new secret',
        description: 'For 24 hours both sign, so that the receiver can change over when it likes.',
        params: ofUuid('endpointId'),
        response: {
          200: Type.Object({
            endpointId: Type.String(),
            secret: secretOnce,
            previousUntil: Type.String({ format: 'date-time', description: 'Until then the old one signs as well.' }),
          }),
        },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      const renewed = await renewWebhook(deps, caller, accountId, request.params.endpointId)
      return { ...renewed, previousUntil: renewed.previousUntil.toISOString() }
    },
  )
}
