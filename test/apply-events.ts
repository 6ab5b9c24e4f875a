// biome-ignore-all lint/suspicious/noExplicitAny: snapshots and events as a page has them from outside

/** Closed conversations that a page keeps: the newest by the time of closing, as in a snapshot. */
const mostClosed = 50

/**
 * A page's snapshot after it has heard these events: what the console does with them, said as short as possible. Things
 * stand in the order of their ids.
 */
export function applyEvents(snapshot: any, events: readonly any[]): any {
  const conversations = byId(snapshot.conversations, 'conversationId')
  const agents = byId(snapshot.agents, 'userId')
  const skills = byId(snapshot.skills, 'skillId')
  for (const event of events)
    if (event.kind === 'conversation') conversations.set(event.conversation.conversationId, event.conversation)
    else if (event.kind === 'conversation-gone') conversations.delete(event.conversationId)
    else if (event.kind === 'agent') agents.set(event.agent.userId, event.agent)
    else if (event.kind === 'skill') skills.set(event.skill.skillId, event.skill)
  const all = [...conversations.values()]
  const closed = all.filter(({ state }) => state === 'closed')
  closed.sort((a, b) => (`${a.closedAt}${a.conversationId}` < `${b.closedAt}${b.conversationId}` ? 1 : -1))
  const kept = [...all.filter(({ state }) => state !== 'closed'), ...closed.slice(0, mostClosed)]
  const { presence, capacity } = agents.get(snapshot.me.userId) ?? snapshot.me
  return {
    me: { ...snapshot.me, presence, capacity },
    conversations: inOrder(kept, 'conversationId'),
    agents: inOrder([...agents.values()], 'userId'),
    skills: inOrder([...skills.values()], 'skillId'),
  }
}

/** Messages that a page has of a conversation, after it has heard these events. */
export function applyMessages(messages: readonly any[], conversationId: string, events: readonly any[]): any[] {
  const known = byId(messages, 'messageId')
  for (const event of events)
    if (event.kind === 'message' && event.conversationId === conversationId)
      known.set(event.message.messageId, event.message)
  return inOrder([...known.values()], 'messageId')
}

const byId = (all: readonly any[], id: string) => new Map<string, any>(all.map((one) => [one[id], one]))
const inOrder = (all: readonly any[], id: string) => [...all].sort((a, b) => (a[id] < b[id] ? -1 : 1))
