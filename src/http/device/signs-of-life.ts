import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { markMessages } from '../../actions/mark-messages.ts'
import { renewPushToken } from '../../actions/renew-push-token.ts'
import { unregisterDevice } from '../../actions/unregister-device.ts'
import type { Deps } from '../../deps.ts'
import { unregisterModes } from '../../domain/device.ts'
import { noteTyping } from '../../store/inapp-inbox.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { pushAddressBody, pushAddressOf } from './push-address.ts'
import { deviceUrls } from './signed-on-device.ts'

const uuid = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
const done = Type.Null({ description: 'Done, now or before.' })

/** What an app tells of itself and of what the consumer sees. Each may be repeated. */
export function signsOfLife(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
  const common = { tags: ['In-app'], security: [{ deviceToken: [] }] }
  const response = { 204: done, '4xx': problemAnswer }

  routes.put(
    deviceUrls.registration,
    {
      schema: {
        ...common,
        summary: 'Tell a new push token',
        description: 'Whenever the push service gives the app another one, and at each start.',
        body: pushAddressBody,
        response,
      },
    },
    async (request, reply) => {
      const push = pushAddressOf(request.body, deps.config.allowPrivateNetworks)
      await renewPushToken(deps, callerOf(request, 'device'), push)
      return reply.code(204).send(null)
    },
  )

  routes.delete(
    deviceUrls.registration,
    {
      schema: {
        ...common,
        summary: 'Sign out',
        description:
          'The device token is dead afterwards. `all`: no pushes any more. `agent-only`: no pushes of conversations, invites still come. `none`: pushes go on as before.',
        querystring: Type.Object(
          { mode: Type.Optional(Type.Enum(unregisterModes, { description: '`all` unless said.' })) },
          { additionalProperties: false },
        ),
        response,
      },
    },
    async (request, reply) => {
      await unregisterDevice(deps, callerOf(request, 'device'), request.query.mode ?? 'all')
      return reply.code(204).send(null)
    },
  )

  routes.post(
    deviceUrls.receipts,
    {
      schema: {
        ...common,
        summary: 'Report messages as delivered or read',
        description: 'An invite counts as delivered when the app says so here. Unknown ids are passed over.',
        body: Type.Object(
          {
            messageIds: Type.Array(Type.String({ pattern: uuid }), { minItems: 1, maxItems: 100 }),
            status: Type.Enum(['delivered', 'read']),
          },
          { additionalProperties: false },
        ),
        response,
      },
    },
    async (request, reply) => {
      const { messageIds, status } = request.body
      await markMessages(deps, callerOf(request, 'device'), messageIds, status)
      return reply.code(204).send(null)
    },
  )

  routes.post(
    deviceUrls.typing,
    { schema: { ...common, summary: 'Say that the consumer is typing', description: 'Every few seconds.', response } },
    async (request, reply) => {
      await noteTyping(deps.db, callerOf(request, 'device'), 'consumer')
      return reply.code(204).send(null)
    },
  )
}
