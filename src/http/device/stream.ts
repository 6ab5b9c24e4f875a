import type { PassThrough } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { bearerOf } from './bearer.ts'
import type { DeviceStreams } from './device-streams.ts'
import { deviceUrls } from './signed-on-device.ts'

const eventStream = Type.Unsafe<PassThrough>({ type: 'string', description: '`text/event-stream`' })
const number = /^[0-9]{1,18}$/

/** What happens in the chat, as it happens. */
export function stream(scope: FastifyInstance, { streams }: { streams: DeviceStreams }): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    deviceUrls.stream,
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['In-app'],
        security: [{ deviceToken: [] }],
        summary: 'Listen to the chat',
        description:
          'Server-sent events. `message`: a message that is new or whose status has changed, whole, so that telling it twice does no harm; its id is where to go on. `typing`: an agent types, for so many seconds. `ready`: the stream has begun. Send the last id as `Last-Event-ID` (or `after`) to miss nothing; without it the stream begins now.',
        querystring: Type.Object(
          {
            after: Type.Optional(Type.String({ pattern: number.source, description: '`cursor` of the chat as read.' })),
          },
          { additionalProperties: false },
        ),
        response: { 200: eventStream, '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request, 'device')
      const last = request.headers['last-event-id']
      if (last !== undefined && (typeof last !== 'string' || !number.test(last)))
        throw new Problem('invalid-request', { details: ['Last-Event-ID is not one of this stream'] })
      const after = last ?? request.query.after ?? null
      const events = await streams.open(caller, bearerOf(request)!, after)
      return reply
        .type('text/event-stream; charset=utf-8')
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(events)
    },
  )
}
