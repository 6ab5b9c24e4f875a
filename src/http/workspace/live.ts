import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { readLive } from '../../actions/read-live.ts'
import { setStop } from '../../actions/set-stop.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import type { SetStop } from '../../store/stops.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'

const text = Type.String()
const time = Type.String({ format: 'date-time' })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const channel = Type.Enum(channels)
const count = Type.Integer()
const uuidPattern = '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'

const counts = {
  calls: count,
  eligible: count,
  invited: count,
  sent: count,
  delivered: count,
  failed: count,
  replied: count,
}
const stops = Type.Array(
  Type.Object({
    skillId: orNull(Type.String({ description: 'Null: every skill.' })),
    channel: orNull(Type.Enum(channels, { description: 'Null: every channel.' })),
    stoppedBy: text,
    stoppedByName: orNull(text),
    stoppedAt: time,
  }),
)

const liveAnswer = Type.Object({
  at: time,
  waiting: Type.Integer({ description: 'In all queues.' }),
  waitingSince: orNull(Type.String({ format: 'date-time', description: 'Of the one that waits longest.' })),
  skills: Type.Array(
    Type.Object({
      skillId: text,
      name: text,
      waiting: count,
      waitingSince: orNull(time),
      online: Type.Integer({ description: 'Agents who hold the skill.' }),
      away: count,
      capacity: Type.Integer({ description: 'Of those who are online, in conversations.' }),
      load: Type.Integer({ description: 'Conversations that they have, of any skill.' }),
    }),
  ),
  agents: Type.Array(
    Type.Object({
      userId: text,
      name: text,
      presence: Type.Enum(['online', 'away', 'offline'] as const),
      capacity: count,
      load: count,
      skillIds: Type.Array(text),
      seenAt: orNull(time),
    }),
  ),
  lastHour: Type.Object({
    ...counts,
    byChannel: Type.Array(Type.Object({ channel, ...counts }), { description: 'Of those that were invited.' }),
  }),
  providers: Type.Array(
    Type.Object({
      senderId: text,
      title: text,
      channel,
      state: Type.Enum(['works', 'off', 'refused', 'failing'] as const, {
        description: 'off: switched off. refused: the provider takes no credentials. failing: left out for a while.',
      }),
      sentence: orNull(text),
      failures: Type.Integer({ description: 'One after the other.' }),
      openUntil: orNull(time),
    }),
  ),
  stops,
})

/** What supervisors watch, and the switch to stop with. */
export function live(scope: FastifyInstance, deps: Deps): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/api/workspace/live',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Queues, agents, the last hour and the providers, as they are now',
        response: { 200: liveAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const seen = await readLive(deps, callerOf(request, 'user'))
      const oldest = seen.skills.flatMap(({ waitingSince }) => waitingSince ?? []).sort((a, b) => +a - +b)[0]
      return {
        at: seen.at.toISOString(),
        waiting: seen.skills.reduce((sum, { waiting }) => sum + waiting, 0),
        waitingSince: oldest?.toISOString() ?? null,
        skills: seen.skills.map(({ skillId, name, waiting, waitingSince }) => {
          const holders = seen.agents.filter((agent) => agent.skillIds.includes(skillId))
          const online = holders.filter(({ presence }) => presence === 'online')
          return {
            ...{ skillId, name, waiting, waitingSince: waitingSince?.toISOString() ?? null },
            online: online.length,
            away: holders.filter(({ presence }) => presence === 'away').length,
            capacity: online.reduce((sum, { capacity }) => sum + capacity, 0),
            load: online.reduce((sum, agent) => sum + agent.load, 0),
          }
        }),
        agents: seen.agents.map((agent) => ({
          ...agent,
          skillIds: [...agent.skillIds],
          seenAt: agent.seenAt?.toISOString() ?? null,
        })),
        lastHour: { ...seen.lastHour.all, byChannel: [...seen.lastHour.byChannel] },
        providers: seen.providers.map(({ senderId, title, channel, enabled, broken, trouble }) => ({
          ...{ senderId, title, channel },
          state: !enabled
            ? ('off' as const)
            : broken !== null
              ? ('refused' as const)
              : trouble !== null && trouble.state !== 'closed'
                ? ('failing' as const)
                : ('works' as const),
          sentence: broken,
          failures: trouble?.failures ?? 0,
          openUntil: trouble?.openUntil?.toISOString() ?? null,
        })),
        stops: seen.stops.map(shownStop),
      }
    },
  )

  routes.put(
    '/api/workspace/stops',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Stop deflection for a skill, a channel or both, or let it go on',
        description: 'Eligibility and invites obey at once; conversations that are open go on.',
        body: Type.Object(
          {
            skillId: orNull(Type.String({ pattern: uuidPattern, description: 'Null: every skill.' })),
            channel: orNull(Type.Enum(channels, { description: 'Null: every channel.' })),
            stopped: Type.Boolean(),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ stops }), '4xx': problemAnswer },
      },
    },
    async (request) => ({
      stops: (await setStop(deps, callerOf(request, 'user'), request.body)).map(shownStop),
    }),
  )
}

const shownStop = (stop: SetStop) => ({ ...stop, stoppedAt: stop.stoppedAt.toISOString() })
