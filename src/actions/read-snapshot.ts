import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Role, UserCaller } from '../domain/caller.ts'
import { handlingRoles } from '../domain/handling-roles.ts'
import { type Act, actsOf, may } from '../domain/policy.ts'
import type { Presence } from '../domain/presence.ts'
import { shownTo } from '../domain/shown-conversation.ts'
import { Problem } from '../errors.ts'
import { type ConversationView, viewConversations } from '../store/conversation-views.ts'
import { lastEvent } from '../store/events.ts'
import { type AgentView, conversationsOnPage, type SkillView, viewAgents, viewSkills } from '../store/live-views.ts'
import { findUser } from '../store/users.ts'

/** Everything on an agent's page, as of an event's number or later. */
export interface Snapshot {
  readonly number: number
  readonly me: {
    readonly userId: string
    readonly name: string
    readonly email: string
    readonly role: Role
    readonly acts: readonly Act[]
    readonly skillIds: readonly string[]
    readonly presence: Presence
    readonly capacity: number
  }
  readonly skills: readonly SkillView[]
  readonly agents: readonly AgentView[]
  readonly conversations: readonly ConversationView[]
}

/**
 * What a page begins with: it then follows the events after `number`. The number is read first, so that whatever changes
 * meanwhile is told twice rather than never.
 * @throws Problem `forbidden`
 */
export async function readSnapshot(deps: Deps, caller: UserCaller): Promise<Snapshot> {
  demand(caller, 'workspace.read')
  const { db } = deps
  const { accountId, userId } = caller
  const number = await lastEvent(db, accountId)
  const user = await findUser(db, accountId, userId)
  if (user === null) throw new Problem('unauthenticated')
  const held = may(caller, 'workspace.read-all') ? null : user.skillIds
  const [skills, agents, conversations] = await Promise.all([
    viewSkills(db, accountId, null),
    viewAgents(db, accountId, handlingRoles, null),
    conversationsOnPage(db, accountId, userId, held).then((ids) => viewConversations(db, accountId, ids)),
  ])
  const { name, email, role, skillIds } = user
  const own = agents.find((agent) => agent.userId === userId)
  const { presence, capacity } = own ?? { presence: 'offline', capacity: 0 }
  return {
    number,
    me: { userId, name, email, role, acts: actsOf(caller), skillIds, presence, capacity },
    skills,
    agents,
    conversations: conversations.map((conversation) => shownTo(caller, conversation)),
  }
}
