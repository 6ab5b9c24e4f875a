import { type Static, Type } from 'typebox'
import { roles } from '../../domain/caller.ts'
import { isOpen } from '../../domain/opening-hours.ts'
import { acts } from '../../domain/policy.ts'
import { presences } from '../../domain/presence.ts'
import type { AgentView, SkillView } from '../../store/live-views.ts'
import { conversationAnswer, messageAnswer } from './answers.ts'

const time = Type.String({ format: 'date-time' })
const timeOrNull = (description: string) => Type.Union([Type.String({ format: 'date-time', description }), Type.Null()])

export const agentAnswer = Type.Object({
  userId: Type.String(),
  name: Type.String(),
  presence: Type.Enum(presences),
  capacity: Type.Integer({ description: 'Conversations at once.' }),
  load: Type.Integer({ description: 'Conversations they own.' }),
  skillIds: Type.Array(Type.String()),
  seenAt: timeOrNull('Since when they are offline; null while they are here, or when they never were.'),
})

export const skillAnswer = Type.Object({
  skillId: Type.String(),
  name: Type.String(),
  waiting: Type.Integer(),
  waitingSince: timeOrNull('Since when the first of the queue stands in it.'),
  routing: Type.Enum(['pull', 'offer']),
  offerSeconds: Type.Integer(),
  open: Type.Boolean({ description: 'By its business hours, now.' }),
})

export const snapshotAnswer = Type.Object({
  number: Type.Integer({ description: 'Go on with the events after it.' }),
  me: Type.Object({
    userId: Type.String(),
    name: Type.String(),
    email: Type.String(),
    role: Type.Enum(roles),
    acts: Type.Array(Type.Enum(acts), { description: 'What this person may do.' }),
    skillIds: Type.Array(Type.String(), { description: 'The skills whose queues they may take from.' }),
    presence: Type.Enum(presences),
    capacity: Type.Integer(),
  }),
  skills: Type.Array(skillAnswer),
  agents: Type.Array(agentAnswer, { description: 'All who handle conversations, by name.' }),
  conversations: Type.Array(conversationAnswer, {
    description:
      'In no order. One’s own, those one joined or is offered, what waits in the queues of one’s skills, and the last 50 one had that are closed; for agent managers and administrators everything open and the last 50 closed.',
  }),
})

/** One event of the stream: the thing as it is now, whole. A page puts it in the place of what it has under the same id. */
export const workspaceEvent = Type.Union([
  Type.Object({ kind: Type.Literal('conversation'), conversation: conversationAnswer }),
  Type.Object({ kind: Type.Literal('conversation-gone'), conversationId: Type.String() }),
  Type.Object({ kind: Type.Literal('message'), conversationId: Type.String(), message: messageAnswer }),
  Type.Object({ kind: Type.Literal('agent'), agent: agentAnswer }),
  Type.Object({ kind: Type.Literal('skill'), skill: skillAnswer }),
  Type.Object({
    kind: Type.Literal('typing'),
    conversationId: Type.String(),
    by: Type.Union([Type.Literal('consumer'), Type.Object({ userId: Type.String(), name: Type.String() })]),
    until: time,
  }),
])
export type WorkspaceEvent = Static<typeof workspaceEvent>

export function presentAgent(agent: AgentView): Static<typeof agentAnswer> {
  return { ...agent, skillIds: [...agent.skillIds], seenAt: agent.seenAt?.toISOString() ?? null }
}

export function presentSkill({ hours, ...skill }: SkillView, now: Date): Static<typeof skillAnswer> {
  return { ...skill, waitingSince: skill.waitingSince?.toISOString() ?? null, open: isOpen(hours, now) }
}
