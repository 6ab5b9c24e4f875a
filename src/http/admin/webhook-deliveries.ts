import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { replayWebhook } from '../../actions/replay-webhook.ts'
import { testWebhook } from '../../actions/test-webhook.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { listDeliveries } from '../../store/webhook-deliveries.ts'
import { loadWebhook } from '../../store/webhook-endpoints.ts'
import { permit } from './permit.ts'
import { ofUuid, strict } from './schemas.ts'
import { deliveryAnswer, deliveryStates, ofDelivery, shownDelivery } from './webhook-schemas.ts'

/** What was told to an endpoint and what became of it; and telling it again. */
export function webhookDeliveries(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/webhooks/:endpointId/deliveries',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'List the deliveries of a webhook endpoint, the newest first',
        description: 'Of the last 30 days, each with its attempts.',
        params: ofUuid('endpointId'),
        querystring: strict({
          state: Type.Optional(Type.Enum(deliveryStates)),
          before: Type.Optional(
            Type.String({ pattern: '^[0-9]{1,15}$', description: 'Only numbers below it: `next` of the page before.' }),
          ),
          limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$', description: '1 to 100; usually 50.' })),
        }),
        response: {
          200: Type.Object({
            deliveries: Type.Array(deliveryAnswer),
            next: Type.Union([Type.String({ description: 'Of the next page, as `before`.' }), Type.Null()]),
          }),
        },
      },
    },
    async (request) => {
      const { accountId } = permit(request, 'webhooks.read')
      const { endpointId } = request.params
      const { state = null, before = null } = request.query
      const limit = Number(request.query.limit ?? 50)
      if ((await loadWebhook(deps.db, accountId, endpointId)) === null) throw new Problem('not-found')
      const found = await listDeliveries(deps.db, accountId, endpointId, { state, before, limit: limit + 1 })
      const deliveries = found.slice(0, limit)
      return {
        deliveries: deliveries.map(shownDelivery),
        next: found.length > limit ? deliveries.at(-1)!.number : null,
      }
    },
  )

  routes.post(
    '/webhooks/:endpointId/test',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Send a webhook endpoint a test event',
        description:
          'Once, within a second or so, also while it is paused or disabled. The deliveries tell what came of it.',
        params: ofUuid('endpointId'),
        response: { 202: Type.Object({ number: Type.String({ description: 'Of the delivery.' }) }) },
      },
    },
    async (request, reply) => {
      const { accountId } = permit(request, 'webhooks.change')
      return reply.code(202).send(await testWebhook(deps, accountId, request.params.endpointId))
    },
  )

  routes.post(
    '/webhooks/:endpointId/deliveries/:deliveryNumber/replay',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Deliver one event again',
        description: 'With its whole schedule, and under the id by which the receiver may know it.',
        params: ofDelivery,
        response: { 204: Type.Null({ description: 'It is due now.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      const { endpointId, deliveryNumber: number } = request.params
      await replayWebhook(deps, caller, accountId, endpointId, { number })
      return reply.code(204).send(null)
    },
  )

  routes.post(
    '/webhooks/:endpointId/replay',
    {
      schema: {
        tags: ['Webhooks'],
        summary: 'Deliver again what happened since a time',
        description:
          'missed: what was never delivered, and what happened while the endpoint was disabled or did not want it. all: everything. Of the last 30 days, and of the events that the endpoint is told now.',
        params: ofUuid('endpointId'),
        body: strict({
          since: Type.String({ format: 'date-time' }),
          scope: Type.Optional(Type.Enum(['missed', 'all'] as const, { description: 'Usually missed.' })),
        }),
        response: { 202: Type.Null({ description: 'A job works through it.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'webhooks.change')
      const { since, scope = 'missed' } = request.body
      await replayWebhook(deps, caller, accountId, request.params.endpointId, { since: new Date(since), scope })
      return reply.code(202).send(null)
    },
  )
}
