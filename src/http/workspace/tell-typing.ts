import type { Deps } from '../../deps.ts'
import { typingSeconds } from '../../domain/device.ts'
import { handlingRoles } from '../../domain/handling-roles.ts'
import { inSight } from '../../domain/sight.ts'
import { viewConversations } from '../../store/conversation-views.ts'
import { viewAgents } from '../../store/live-views.ts'
import type { Typing } from '../../store/typing.ts'
import { type Listener, write } from './listener.ts'
import type { WorkspaceEvent } from './live-answers.ts'
import { sightOf } from './tell-events.ts'

/** Tells the others who see a conversation that somebody types in it. Of no number: who misses it misses nothing. */
export async function tellTyping(deps: Deps, typing: Typing, listeners: ReadonlySet<Listener>): Promise<void> {
  if (listeners.size === 0) return
  const { accountId, conversationId, by } = typing
  try {
    const [view] = await viewConversations(deps.db, accountId, [conversationId])
    if (view === undefined) return
    const [agent] = by === 'consumer' ? [] : await viewAgents(deps.db, accountId, handlingRoles, [by.userId])
    if (by !== 'consumer' && agent === undefined) return
    const until = new Date(deps.clock.now().getTime() + typingSeconds * 1_000).toISOString()
    const who = agent === undefined ? ('consumer' as const) : { userId: agent.userId, name: agent.name }
    const event: WorkspaceEvent = { kind: 'typing', conversationId, by: who, until }
    const text = `data: ${JSON.stringify(event)}\n\n`
    for (const listener of listeners)
      if (listener.caller.userId !== agent?.userId && inSight(listener, sightOf(view))) write(listener, text)
  } catch {
    // A sign of typing that cannot be told is no loss.
  }
}
