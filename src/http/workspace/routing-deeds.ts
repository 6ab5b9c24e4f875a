import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { acceptOffer } from '../../actions/accept-offer.ts'
import { assignConversation } from '../../actions/assign-conversation.ts'
import { declineOffer } from '../../actions/decline-offer.ts'
import { giveSignOfLife } from '../../actions/give-sign-of-life.ts'
import { joinConversation } from '../../actions/join-conversation.ts'
import { leaveConversation } from '../../actions/leave-conversation.ts'
import { requeueConversation } from '../../actions/requeue-conversation.ts'
import { setPresence } from '../../actions/set-presence.ts'
import { takeOver } from '../../actions/take-over.ts'
import { transferConversation } from '../../actions/transfer-conversation.ts'
import type { Deps } from '../../deps.ts'
import type { UserCaller } from '../../domain/caller.ts'
import { presences } from '../../domain/presence.ts'
import { Problem } from '../../errors.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

const byId = Type.Object({ conversationId: Type.String() })
const uuid = Type.String({ format: 'uuid' })
const done = Type.Null({ description: 'Done, now or before.' })
const response = { 204: done, '4xx': problemAnswer }

/** The deeds that say nothing but which conversation. */
const plain: Readonly<
  Record<
    string,
    {
      readonly summary: string
      readonly description: string
      readonly deed: (deps: Deps, caller: UserCaller, conversationId: string) => Promise<void>
    }
  >
> = {
  accept: {
    summary: 'Accept the conversation that is offered',
    description: '409 `not-offered` when the countdown has run out.',
    deed: acceptOffer,
  },
  decline: {
    summary: 'Pass on the conversation that is offered',
    description: 'The next agent is offered it; this one is not for a minute.',
    deed: declineOffer,
  },
  requeue: {
    summary: 'Give a conversation back to its queue',
    description: 'Its place is that of the consumer’s oldest message without an answer.',
    deed: requeueConversation,
  },
  'take-over': {
    summary: 'Become the owner of a conversation, whoever has it',
    description: 'For those who oversee.',
    deed: takeOver,
  },
  join: {
    summary: 'Write to the consumer beside the owner',
    description: 'For those who oversee; the conversation stays its owner’s.',
    deed: joinConversation,
  },
  leave: {
    summary: 'No longer write beside the owner',
    description: 'For those who have joined.',
    deed: leaveConversation,
  },
}

/** Who has a conversation, and who is there. Each may be repeated: the second time finds it done. */
export function routingDeeds(scope: FastifyInstance, deps: Deps): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()

  for (const [name, { summary, description, deed }] of Object.entries(plain))
    routes.post(
      `/api/workspace/conversations/:conversationId/${name}`,
      { schema: { tags: ['workspace'], summary, description, params: byId, response } },
      async (request, answer) => {
        await deed(deps, callerOf(request, 'user'), uuidParam(request.params.conversationId))
        return answer.code(204).send(null)
      },
    )

  routes.post(
    '/api/workspace/conversations/:conversationId/transfer',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Hand a conversation on to a skill or a colleague',
        description:
          'Name one of the two. 409 `agent-offline` or `agent-full` when the colleague cannot take it. The note is read by colleagues only.',
        params: byId,
        body: Type.Object({
          skillId: Type.Optional(uuid),
          userId: Type.Optional(uuid),
          note: Type.Optional(Type.String({ maxLength: 4_000 })),
        }),
        response,
      },
    },
    async (request, answer) => {
      const { skillId, userId, note } = request.body
      const to = skillId !== undefined ? { skillId } : userId !== undefined ? { userId } : null
      if (to === null || (skillId !== undefined && userId !== undefined))
        throw new Problem('invalid-request', { details: ['Name a skill or a colleague, one of the two.'] })
      const id = uuidParam(request.params.conversationId)
      await transferConversation(deps, callerOf(request, 'user'), id, { to, note: note ?? null })
      return answer.code(204).send(null)
    },
  )

  routes.post(
    '/api/workspace/conversations/:conversationId/assign',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Decide whose a conversation is',
        description: 'For those who oversee. 409 `agent-offline` or `agent-full` when the agent cannot take it.',
        params: byId,
        body: Type.Object({ userId: uuid }),
        response,
      },
    },
    async (request, answer) => {
      const id = uuidParam(request.params.conversationId)
      await assignConversation(deps, callerOf(request, 'user'), id, request.body.userId)
      return answer.code(204).send(null)
    },
  )

  routes.put(
    '/api/workspace/presence',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Say whether one is there',
        description:
          'online: is given conversations. away: keeps what one has and may take by hand. offline: gives back what one has. Who gives no sign of life for a minute is offline (`POST /api/workspace/presence/sign-of-life`).',
        body: Type.Object({ status: Type.Enum(presences) }),
        response,
      },
    },
    async (request, answer) => {
      await setPresence(deps, callerOf(request, 'user'), request.body.status)
      return answer.code(204).send(null)
    },
  )

  routes.post(
    '/api/workspace/presence/sign-of-life',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Say that one’s page is there',
        description:
          'Best whenever something was heard on the stream of events, but not more often than every 10 seconds. Beginning to follow the events is a sign of life too. It brings nobody back who is offline.',
        response,
      },
    },
    async (request, answer) => {
      await giveSignOfLife(deps, callerOf(request, 'user'))
      return answer.code(204).send(null)
    },
  )
}
