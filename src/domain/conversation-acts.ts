import type { UserCaller } from './caller.ts'
import { may } from './policy.ts'
import type { Routing } from './routing.ts'

/** What decides who may do what with one conversation. */
export interface ConversationFacts {
  readonly state: 'queued' | 'assigned' | 'closed'
  readonly ownerId: string | null
  /** Who took it last; stays after closing. */
  readonly handledBy: string | null
  readonly skillId: string
  readonly consumerOptedOut: boolean
  /** The consumer's last message is too old for free text (WhatsApp). Absent: the channel knows no such limit. */
  readonly windowClosed?: boolean
  /** The channel carries approved templates. */
  readonly takesTemplates?: boolean
  /** Whose countdown runs, while it is queued. Absent: nobody's. */
  readonly offeredTo?: string | null
  /** The countdown has not run out. */
  readonly offerStands?: boolean
  /** Those of the overseers who write beside the owner. */
  readonly joinedBy?: readonly string[]
  /** Of its skill; absent: agents take by hand. */
  readonly routing?: Routing
}

/** Codes of `errors.ts`: what the person hears. */
export type ConversationRefusal =
  | 'forbidden'
  | 'already-taken'
  | 'not-offered'
  | 'not-yours'
  | 'conversation-closed'
  | 'consumer-opted-out'
  | 'window-closed'
  | 'cannot-send'

export const conversationActs = [
  ...(['take', 'reply', 'reply-with-template', 'close', 'accept', 'decline', 'transfer', 'requeue'] as const),
  ...(['assign', 'take-over', 'join', 'leave'] as const),
] as const
export type ConversationAct = (typeof conversationActs)[number]

/**
 * Whether the person may know of this conversation at all: it waits in or came from a queue of a skill they hold, it is
 * or was theirs, or they oversee everybody's. To others it does not exist.
 */
export function mayRead(caller: UserCaller, held: readonly string[], facts: ConversationFacts): boolean {
  if (may(caller, 'workspace.read-all')) return true
  if (!may(caller, 'workspace.read')) return false
  const { userId } = caller
  if (facts.ownerId === userId || facts.handledBy === userId || facts.offeredTo === userId) return true
  return held.includes(facts.skillId)
}

/** Whether the person needs the consumer's full number: who talks to them, and who oversees that. */
export function maySeeAddress(caller: UserCaller, facts: ConversationFacts): boolean {
  return facts.ownerId === caller.userId || may(caller, 'workspace.read-all')
}

/**
 * Why the person may not do this to a conversation they may read; null when they may.
 * Taking what one owns and closing what is closed are no faults: the second click of a double click finds it done.
 */
export function refusalOf(
  act: ConversationAct,
  caller: UserCaller,
  held: readonly string[],
  facts: ConversationFacts,
): ConversationRefusal | null {
  if (!may(caller, `conversations.${act}`)) return 'forbidden'
  const own = facts.ownerId === caller.userId
  switch (act) {
    case 'take':
      if (facts.state === 'closed') return 'conversation-closed'
      if (own) return null
      if (facts.state === 'assigned') return 'already-taken'
      if (facts.offeredTo === caller.userId && facts.offerStands) return null
      if (may(caller, 'workspace.read-all')) return null
      if (!held.includes(facts.skillId)) return 'forbidden'
      // Where conversations are offered nobody picks their own, and nobody snatches what is offered to another.
      return facts.routing === 'offer' || (facts.offeredTo != null && facts.offerStands) ? 'not-offered' : null
    case 'accept':
      if (facts.state === 'closed') return 'conversation-closed'
      if (own) return null
      if (facts.state === 'assigned') return 'already-taken'
      return facts.offeredTo === caller.userId && facts.offerStands ? null : 'not-offered'
    case 'decline':
      return facts.offeredTo === caller.userId ? null : 'not-offered'
    case 'reply':
    case 'reply-with-template':
      if (facts.state === 'closed') return 'conversation-closed'
      if (!own && !facts.joinedBy?.includes(caller.userId)) return 'not-yours'
      if (facts.consumerOptedOut) return 'consumer-opted-out'
      if (act === 'reply') return facts.windowClosed ? 'window-closed' : null
      return facts.takesTemplates ? null : 'cannot-send'
    case 'transfer':
    case 'requeue':
      if (facts.state === 'closed') return 'conversation-closed'
      if (act === 'requeue' && facts.state === 'queued') return null
      return own || may(caller, 'conversations.assign') ? null : 'not-yours'
    case 'assign':
    case 'take-over':
    case 'join':
      return facts.state === 'closed' ? 'conversation-closed' : null
    case 'leave':
      return null
    case 'close':
      if (facts.state === 'closed' || own || may(caller, 'conversations.close-any')) return null
      return 'not-yours'
  }
}
