import type { Deps } from '../../deps.ts'
import { maySeeAddress } from '../../domain/conversation-acts.ts'
import type { LiveEvent } from '../../domain/event.ts'
import { handlingRoles } from '../../domain/handling-roles.ts'
import { shownTo } from '../../domain/shown-conversation.ts'
import { inSight, type Sight, type Viewer } from '../../domain/sight.ts'
import { viewMessages } from '../../store/conversation-messages.ts'
import { type ConversationView, viewConversations } from '../../store/conversation-views.ts'
import { plannedOnce } from '../../store/db.ts'
import { viewAgents, viewSkills } from '../../store/live-views.ts'
import { presentAgent, presentSkill, type WorkspaceEvent } from './live-answers.ts'
import { presentConversation, presentMessage } from './present.ts'
import { nothingSeen, type Seen } from './view-touched.ts'

/** One numbered event, ready to be told to anybody. */
export interface Telling {
  readonly number: number
  /** Whether this person's page has to begin again. */
  restarts(viewer: Viewer): boolean
  /** What this person is told, in JSON; often nothing. */
  textsFor(viewer: Viewer): readonly string[]
}

type Text = (viewer: Viewer) => string | null

/** Who sees a conversation, by its view. */
export const sightOf = (view: ConversationView): Sight => ({
  state: view.state,
  skillId: view.skillId,
  ownerId: view.ownerId,
  handledBy: view.handledBy,
  offeredTo: view.offer?.userId ?? null,
  joined: view.joined.map((one) => one.userId),
})

/**
 * Reads what events are about, as it is now, once for all who listen. With a conversation go the queues and the owners whom
 * it concerns, so that no deed has to think of them. A thing that several events are about is told with the last of them.
 * @param seen what was read already, after the events.
 */
export async function tellEvents(
  deps: Deps,
  accountId: string,
  events: readonly LiveEvent[],
  seen: Seen = nothingSeen,
): Promise<readonly Telling[]> {
  const { db } = deps
  const byIds = plannedOnce(db)
  const about = events.map(subjectsOf)
  const ids = (subject: keyof SubjectIds) => [...new Set(about.flatMap((subjects) => subjects[subject]))]
  const all = about.some((subjects) => subjects.everybody)
  const unseen = (subject: keyof SubjectIds) => ids(subject).filter((id) => !seen.has(id))
  const agentIds = ids('agents')
  const skillIds = ids('skills')
  const [otherConversations, otherMessages, agents, skills] = await Promise.all([
    viewConversations(byIds, accountId, unseen('conversations')),
    viewMessages(byIds, accountId, unseen('messages')),
    all || agentIds.length > 0 ? viewAgents(db, accountId, handlingRoles, all ? null : agentIds) : [],
    all || skillIds.length > 0 ? viewSkills(db, accountId, all ? null : skillIds) : [],
  ])
  const conversations = [...seen.conversations, ...otherConversations]
  const messages = [...seen.messages, ...otherMessages]
  const now = deps.clock.now()
  const agentTexts = texts(
    agents,
    (one) => one.userId,
    (one) => ({ kind: 'agent', agent: presentAgent(one) }),
  )
  const skillTexts = texts(
    skills,
    (one) => one.skillId,
    (one) => ({ kind: 'skill', skill: presentSkill(one, now) }),
  )
  const messageTexts = texts(
    messages,
    (one) => one.messageId,
    (one) => ({
      kind: 'message',
      conversationId: one.conversationId!,
      message: presentMessage(one),
    }),
  )
  const views = new Map(conversations.map((view) => [view.conversationId, view]))
  const conversationTexts = new Map(conversations.map((view) => [view.conversationId, textOfConversation(view)]))

  const told = new Set<string>()
  const once = (kind: string, subjectId: string): boolean => {
    const key = `${kind} ${subjectId}`
    return !told.has(key) && told.add(key) !== undefined
  }
  const tellings: Telling[] = []
  for (const [place, event] of [...events.entries()].reverse()) {
    const parts: Text[] = []
    if (event.kind === 'conversation') {
      const { conversationId, before } = event
      const view = views.get(conversationId)
      const text = conversationTexts.get(conversationId)
      const whole = once('conversation', conversationId)
      parts.push((viewer) => {
        if (view !== undefined && inSight(viewer, sightOf(view))) return whole ? text!(viewer) : null
        return wasInSight(viewer, before) ? json({ kind: 'conversation-gone', conversationId }) : null
      })
    }
    if (event.kind === 'message' && once('message', event.messageId)) {
      const view = views.get(event.conversationId)
      const text = messageTexts.get(event.messageId)
      if (view !== undefined && text !== undefined)
        parts.push((viewer) => (inSight(viewer, sightOf(view)) ? text : null))
    }
    const { everybody, agents: agentsOfIt, skills: skillsOfIt } = about[place]!
    for (const userId of everybody ? agentTexts.keys() : agentsOfIt)
      if (agentTexts.has(userId) && once('agent', userId)) parts.push(() => agentTexts.get(userId)!)
    for (const skillId of everybody ? skillTexts.keys() : skillsOfIt)
      if (skillTexts.has(skillId) && once('skill', skillId)) parts.push(() => skillTexts.get(skillId)!)
    tellings.push({
      number: event.number,
      restarts: ({ caller }) =>
        event.kind === 'everything' || (event.kind === 'rights' && event.userId === caller.userId),
      textsFor: (viewer) => parts.map((part) => part(viewer)).filter((text) => text !== null),
    })
  }
  return tellings.reverse()
}

interface SubjectIds {
  readonly conversations: readonly string[]
  readonly messages: readonly string[]
  readonly agents: readonly string[]
  readonly skills: readonly string[]
}

interface Subjects extends SubjectIds {
  /** It is not known whom it concerns: every agent and every skill. */
  readonly everybody: boolean
}

function subjectsOf(event: LiveEvent): Subjects {
  const none: Subjects = { conversations: [], messages: [], agents: [], skills: [], everybody: false }
  switch (event.kind) {
    case 'conversation': {
      const { conversationId, before, after } = event
      const conversations = [conversationId]
      if (before === 'unknown') return { ...none, conversations, everybody: true }
      const was = before === 'nobody' ? null : before
      const queues = [was, after].map((sight) => (sight?.state === 'queued' ? sight.skillId : null))
      const owners = [was?.ownerId ?? null, after.ownerId]
      return { ...none, conversations, skills: changed(queues), agents: changed(owners) }
    }
    case 'message':
      return { ...none, conversations: [event.conversationId], messages: [event.messageId] }
    case 'agent':
    case 'rights':
      return { ...none, agents: [event.userId] }
    case 'skill':
      return { ...none, skills: [event.skillId] }
    case 'everything':
      return none
  }
}

/** Both ends of a change; none when there was no change. */
const changed = ([before, after]: readonly (string | null)[]): readonly string[] =>
  before === after ? [] : [before, after].flatMap((id) => id ?? [])

const wasInSight = (viewer: Viewer, before: Sight | 'nobody' | 'unknown'): boolean =>
  before === 'unknown' || (before !== 'nobody' && inSight(viewer, before))

/** The consumer's number is cut for those who do not need it: of each conversation there are at most two texts. */
function textOfConversation(view: ConversationView): (viewer: Viewer) => string {
  const known = new Map<boolean, string>()
  return ({ caller }) => {
    const whole = maySeeAddress(caller, view)
    const text =
      known.get(whole) ?? json({ kind: 'conversation', conversation: presentConversation(shownTo(caller, view)) })
    known.set(whole, text)
    return text
  }
}

const json = (event: WorkspaceEvent): string => JSON.stringify(event)

function texts<T>(
  all: readonly T[],
  idOf: (one: T) => string,
  eventOf: (one: T) => WorkspaceEvent,
): ReadonlyMap<string, string> {
  return new Map(all.map((one) => [idOf(one), json(eventOf(one))]))
}
