import type { AgentView, ConversationView, LiveEvent, Me, MessageView, SkillView, Snapshot, Thread } from './shapes.ts'

export interface Typing {
  readonly by: 'consumer' | { readonly userId: string; readonly name: string }
  readonly until: string
}

/** Everything that the workspace shows of the server. Changed only by whole replacement, so that a list knows what is new. */
export interface LiveState {
  readonly number: number
  readonly me: Me
  readonly skills: ReadonlyMap<string, SkillView>
  readonly agents: ReadonlyMap<string, AgentView>
  readonly conversations: ReadonlyMap<string, ConversationView>
  /** Of conversations that were opened here. */
  readonly threads: ReadonlyMap<string, Thread>
  readonly typing: ReadonlyMap<string, Typing>
}

/** A new beginning. Threads stay until they are read anew, so that nothing flickers. */
export function stateOf(snapshot: Snapshot, threads: LiveState['threads'] = new Map()): LiveState {
  return {
    number: snapshot.number,
    me: snapshot.me,
    skills: new Map(snapshot.skills.map((skill) => [skill.skillId, skill])),
    agents: new Map(snapshot.agents.map((agent) => [agent.userId, agent])),
    conversations: new Map(snapshot.conversations.map((one) => [one.conversationId, one])),
    threads,
    typing: new Map(),
  }
}

/** The state after an event. The compiler insists on a case for each kind. */
export function applyEvent(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case 'conversation':
      return applyConversation(state, event.conversation)
    case 'conversation-gone':
      return {
        ...state,
        conversations: without(state.conversations, event.conversationId),
        threads: without(state.threads, event.conversationId),
      }
    case 'message':
      return applyMessage(state, event.conversationId, event.message)
    case 'agent': {
      const { agent } = event
      const agents = withEntry(state.agents, agent.userId, agent)
      if (agent.userId !== state.me.userId) return { ...state, agents }
      return { ...state, agents, me: { ...state.me, presence: agent.presence, capacity: agent.capacity } }
    }
    case 'skill':
      return { ...state, skills: withEntry(state.skills, event.skill.skillId, event.skill) }
    case 'typing':
      return { ...state, typing: withEntry(state.typing, event.conversationId, { by: event.by, until: event.until }) }
    default:
      return unknownEvent(state, event)
  }
}

/** A newer server may tell what this page does not know yet; it is told again when the page is loaded anew. */
function unknownEvent(state: LiveState, _: never): LiveState {
  return state
}

function applyConversation(state: LiveState, conversation: ConversationView): LiveState {
  const known = state.conversations.get(conversation.conversationId)
  if (known !== undefined && BigInt(known.version) > BigInt(conversation.version)) return state
  return { ...state, conversations: withEntry(state.conversations, conversation.conversationId, conversation) }
}

function applyMessage(state: LiveState, conversationId: string, message: MessageView): LiveState {
  const typing = message.direction === 'in' ? without(state.typing, conversationId) : state.typing
  const thread = state.threads.get(conversationId)
  if (thread === undefined) return typing === state.typing ? state : { ...state, typing }
  const messages = withMessage(thread.messages, message)
  return { ...state, typing, threads: withEntry(state.threads, conversationId, { ...thread, messages }) }
}

/** The message in its place: instead of the same one, else by its number. */
export function withMessage(messages: readonly MessageView[], message: MessageView): readonly MessageView[] {
  const place = messages.findIndex((one) => one.messageId === message.messageId)
  if (place >= 0) return messages.with(place, message)
  const number = BigInt(message.number)
  const after = messages.findLastIndex((one) => BigInt(one.number) <= number)
  return messages.toSpliced(after + 1, 0, message)
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value)
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map
  const next = new Map(map)
  next.delete(key)
  return next
}
