import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listQueue } from '../../actions/list-queue.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { queueAnswer } from './answers.ts'
import { presentConversation } from './present.ts'

/** What waits for an agent. */
export function queue(scope: FastifyInstance, deps: Deps): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/workspace/queue',
    {
      schema: {
        tags: ['workspace'],
        summary: 'What waits in the queues',
        description: 'Of the skills one holds; for agent managers and administrators of all skills.',
        querystring: Type.Object({
          skill: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'Name or id of one skill.' })),
        }),
        response: { 200: queueAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { skills, conversations } = await listQueue(deps, callerOf(request, 'user'), request.query.skill ?? null)
      return {
        skills: skills.map(({ skillId, skill, waiting, waitingSince }) => ({
          skillId,
          name: skill,
          waiting,
          waitingSince: waitingSince?.toISOString() ?? null,
        })),
        conversations: conversations.map(presentConversation),
      }
    },
  )
}
