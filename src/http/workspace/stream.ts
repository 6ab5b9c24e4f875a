import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { demand } from '../../demand.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { sessionCookies } from '../session-cookies.ts'
import { workspaceEvent } from './live-answers.ts'
import { workspaceStreams } from './workspace-streams.ts'

const number = /^[0-9]{1,15}$/

/** What happens on an agent's page, as it happens. */
export function stream(scope: FastifyInstance, deps: Deps): void {
  const streams = workspaceStreams(deps)
  const cookies = sessionCookies(deps)
  scope.addHook('preClose', () => streams.stop())

  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/workspace/events',
    {
      exposeHeadRoute: false,
      schema: {
        tags: ['workspace'],
        summary: 'Follow what happens on one’s page',
        description:
          'Server-sent events after a number. `event: ready` comes first. Each unnamed event holds a thing as it is now, whole; its `id` is where to go on (`Last-Event-ID`, or `after`). `event: restart`: read the snapshot again, because the number is no longer kept, names changed, or one’s rights did. `event: signed-out`: the session has ended. `typing` has no number. Something comes at least every 15 seconds, if only a comment; a page that hears it answers with `POST /api/workspace/presence/sign-of-life`, since a stream that is open keeps nobody present.',
        querystring: Type.Object({
          after: Type.Optional(Type.String({ pattern: number.source, description: '`number` of the snapshot.' })),
        }),
        response: {
          200: {
            description: 'The `data` of the unnamed events, each in JSON on one line.',
            content: { 'text/event-stream': { schema: workspaceEvent } },
          },
          '4xx': problemAnswer,
        },
      },
    },
    async (request, answer) => {
      const caller = callerOf(request, 'user')
      demand(caller, 'workspace.read')
      const last = request.headers['last-event-id']
      if (last !== undefined && (typeof last !== 'string' || !number.test(last)))
        throw new Problem('invalid-request', { details: ['Last-Event-ID is not one of this stream'] })
      const after = last ?? request.query.after
      const events = await streams.open(caller, cookies.session(request)!, after === undefined ? null : Number(after))
      return answer
        .type('text/event-stream; charset=utf-8')
        .headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no' })
        .send(events as never)
    },
  )
}
