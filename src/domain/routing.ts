import type { Presence } from './presence.ts'

export const routings = ['pull', 'offer'] as const
/** `pull`: agents take from the queue by hand. `offer`: the server offers, and the agent has so many seconds to accept. */
export type Routing = (typeof routings)[number]

export const returnReasons = ['vanished', 'transferred', 'requeued'] as const
/** Why a conversation stands in a queue again. */
export type ReturnReason = (typeof returnReasons)[number]

/** How the conversations of a skill reach its agents. */
export interface SkillRouting {
  readonly routing: Routing
  /** How long an offer stands before it passes on. */
  readonly offerSeconds: number
  /** Higher goes first, before waiting time. */
  readonly priority: number
}

export const defaultRouting: SkillRouting = { routing: 'pull', offerSeconds: 30, priority: 0 }
/** A countdown shorter than 5 s cannot be read, and one longer than 10 minutes is no countdown to a consumer who waits. */
export const offerSecondsRange = { least: 5, most: 600 }
export const priorityRange = { least: -100, most: 100 }
export const capacityRange = { least: 0, most: 1_000 }

/**
 * Seconds for which a conversation is not offered again to an agent who declined it or let the countdown run out. Longer
 * than a glance away, and short enough that a conversation which everybody declined does not lie for ever.
 */
export const passRestSeconds = 60

/** An agent as the giving of conversations sees one. */
export interface AgentFacts {
  readonly userId: string
  /** As it counts now (`presenceAt`). */
  readonly presence: Presence
  /** Conversations at once. */
  readonly capacity: number
  /** Conversations owned and conversations offered: an offer holds its place until it is answered. */
  readonly load: number
}

export type ReceivingRefusal = 'agent-offline' | 'agent-full'

/**
 * Why an agent cannot be given one more conversation; null when it can. What is given by others needs an agent who is
 * online; by hand an agent takes also while away, because taking shows who is there. Nobody gets one beyond the capacity.
 */
export function refusalToReceive(
  agent: Pick<AgentFacts, 'presence' | 'capacity' | 'load'> | null,
  how: 'given' | 'by-hand',
): ReceivingRefusal | null {
  if (agent === null || agent.presence === 'offline') return 'agent-offline'
  if (how === 'given' && agent.presence !== 'online') return 'agent-offline'
  return agent.load >= agent.capacity ? 'agent-full' : null
}

/** A conversation that waits and is offered to nobody. */
export interface WaitingConversation {
  readonly conversationId: string
  readonly skillId: string
  readonly routing: Routing
  readonly priority: number
  readonly queuedAt: Date
  /** Who talked to this consumer last; null: nobody. */
  readonly lastAgentId: string | null
  /** Who has passed it on, and when. */
  readonly passed: readonly { readonly userId: string; readonly at: Date }[]
}

export interface RoutedAgent extends AgentFacts {
  readonly skillIds: readonly string[]
  /** When the agent was last given a conversation; null: never. */
  readonly lastGivenAt: Date | null
}

export interface PlannedOffer {
  readonly conversationId: string
  readonly userId: string
}

/** The order of a queue: priority, then who waits longest; the id makes it one order for everybody. */
export function byTurn(
  a: Pick<WaitingConversation, 'priority' | 'queuedAt' | 'conversationId'>,
  b: Pick<WaitingConversation, 'priority' | 'queuedAt' | 'conversationId'>,
): number {
  return (
    b.priority - a.priority ||
    a.queuedAt.getTime() - b.queuedAt.getTime() ||
    (a.conversationId < b.conversationId ? -1 : 1)
  )
}

/**
 * Which waiting conversations are offered to whom at `now`, in turn: to the agent who talked to the consumer last, while
 * online; else to the one with the smallest part of the capacity in use, of those to the one who was given nothing for
 * longest. Of a `pull` skill only the last agent gets an offer. What nobody can be offered waits and holds up no other.
 */
export function planOffers(
  waiting: readonly WaitingConversation[],
  agents: readonly RoutedAgent[],
  now: Date,
): readonly PlannedOffer[] {
  const loads = new Map(agents.map((agent) => [agent.userId, agent.load]))
  const loadOf = (agent: RoutedAgent) => loads.get(agent.userId) ?? 0
  const planned: PlannedOffer[] = []
  for (const conversation of [...waiting].sort(byTurn)) {
    const able = agents.filter(
      (agent) =>
        agent.skillIds.includes(conversation.skillId) &&
        refusalToReceive({ ...agent, load: loadOf(agent) }, 'given') === null &&
        !restsFrom(conversation, agent.userId, now),
    )
    const last = able.find((agent) => agent.userId === conversation.lastAgentId)
    const chosen =
      last ??
      (conversation.routing === 'offer'
        ? able.sort(
            (a, b) =>
              loadOf(a) / a.capacity - loadOf(b) / b.capacity ||
              (a.lastGivenAt?.getTime() ?? 0) - (b.lastGivenAt?.getTime() ?? 0) ||
              (a.userId < b.userId ? -1 : 1),
          )[0]
        : undefined)
    if (chosen === undefined) continue
    loads.set(chosen.userId, loadOf(chosen) + 1)
    planned.push({ conversationId: conversation.conversationId, userId: chosen.userId })
  }
  return planned
}

/** Whether the agent passed this conversation on so lately that it is not offered again yet. */
export function restsFrom(conversation: Pick<WaitingConversation, 'passed'>, userId: string, now: Date): boolean {
  return conversation.passed.some(
    (pass) => pass.userId === userId && now.getTime() - pass.at.getTime() < passRestSeconds * 1_000,
  )
}
