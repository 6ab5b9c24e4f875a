import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { readSnapshot } from '../../actions/read-snapshot.ts'
import type { Deps } from '../../deps.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { presentAgent, presentSkill, snapshotAnswer } from './live-answers.ts'
import { presentConversation } from './present.ts'

/** What an agent's page begins with. */
export function snapshot(scope: FastifyInstance, deps: Deps): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/workspace/snapshot',
    {
      schema: {
        tags: ['workspace'],
        summary: 'Everything on one’s page',
        description: 'Then follow `/api/workspace/events?after={number}`.',
        response: { 200: snapshotAnswer, '4xx': problemAnswer },
      },
    },
    async (request, answer) => {
      const { number, me, skills, agents, conversations } = await readSnapshot(deps, callerOf(request, 'user'))
      const now = deps.clock.now()
      answer.header('cache-control', 'no-store')
      return {
        number,
        me: { ...me, acts: [...me.acts], skillIds: [...me.skillIds] },
        skills: skills.map((skill) => presentSkill(skill, now)),
        agents: agents.map(presentAgent),
        conversations: conversations.map(presentConversation),
      }
    },
  )
}
