import type { AgentView, ConversationView, LiveEvent, Me, MessageView, SkillView, Snapshot, Thread } from './shapes.ts'

export interface Typing {
  readonly by: 'consumer' | { readonly userId: string; readonly name: string }
  readonly until: string
}

/** What changes an opened conversation. */
export type ThreadEvent = Extract<LiveEvent, { kind: 'message' | 'conversation-gone' }>

/** Everything that the workspace shows of the server. Changed only by whole replacement, so that a list knows what is new. */
export interface LiveState {
  readonly number: number
  /** How many snapshots were read so far: what happened between the state before one and the snapshot was never told. */
  readonly snapshots: number
  readonly me: Me
  readonly skills: ReadonlyMap<string, SkillView>
  readonly agents: ReadonlyMap<string, AgentView>
  readonly conversations: ReadonlyMap<string, ConversationView>
  /** Of conversations that were opened here. */
  readonly threads: ReadonlyMap<string, Thread>
  readonly typing: ReadonlyMap<string, Typing>
}

/** A new beginning. Threads stay until they are read anew, so that nothing flickers. */
export function stateOf(snapshot: Snapshot, before: LiveState | null): LiveState {
  return {
    number: snapshot.number,
    snapshots: (before?.snapshots ?? 0) + 1,
    me: snapshot.me,
    skills: new Map(snapshot.skills.map((skill) => [skill.skillId, skill])),
    agents: new Map(snapshot.agents.map((agent) => [agent.userId, agent])),
    conversations: new Map(snapshot.conversations.map((one) => [one.conversationId, one])),
    threads: before?.threads ?? new Map(),
    typing: new Map(),
  }
}

/** The state after an event. The compiler insists on a case for each kind. */
export function applyEvent(state: LiveState, event: LiveEvent): LiveState {
  switch (event.kind) {
    case 'conversation':
      return applyConversation(state, event.conversation)
    case 'conversation-gone':
      return applyToThread({ ...state, conversations: without(state.conversations, event.conversationId) }, event)
    case 'message':
      return applyToThread(applyMessage(state, event), event)
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

function applyMessage(
  state: LiveState,
  { conversationId, message }: Extract<LiveEvent, { kind: 'message' }>,
): LiveState {
  if (message.direction !== 'in' || !state.typing.has(conversationId)) return state
  return { ...state, typing: without(state.typing, conversationId) }
}

/** What an event changes of the opened conversation that it is about; the state itself when it is not opened. */
export function applyToThread(state: LiveState, event: ThreadEvent): LiveState {
  const { conversationId } = event
  const thread = state.threads.get(conversationId)
  if (thread === undefined) return state
  if (event.kind === 'conversation-gone') return { ...state, threads: without(state.threads, conversationId) }
  // Of those further up that were not read yet, it would be one without its neighbours.
  const first = thread.messages[0]
  const further = first !== undefined && BigInt(event.message.number) < BigInt(first.number)
  if (further && thread.earlierMessages !== null) return state
  const messages = withMessage(thread.messages, event.message)
  return { ...state, threads: withEntry(state.threads, conversationId, { ...thread, messages }) }
}

/** The message in its place: instead of the same one, else by its number. */
function withMessage(messages: readonly MessageView[], message: MessageView): readonly MessageView[] {
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
