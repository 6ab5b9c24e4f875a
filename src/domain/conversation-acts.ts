import type { UserCaller } from './caller.ts'
import { may } from './policy.ts'

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
}

/** Codes of `errors.ts`: what the person hears. */
export type ConversationRefusal =
  | 'forbidden'
  | 'already-taken'
  | 'not-yours'
  | 'conversation-closed'
  | 'consumer-opted-out'
  | 'window-closed'
  | 'cannot-send'

export const conversationActs = ['take', 'reply', 'reply-with-template', 'close'] as const
export type ConversationAct = (typeof conversationActs)[number]

/**
 * Whether the person may know of this conversation at all: it waits in or came from a queue of a skill they hold, it is
 * or was theirs, or they oversee everybody's. To others it does not exist.
 */
export function mayRead(caller: UserCaller, held: readonly string[], facts: ConversationFacts): boolean {
  if (may(caller, 'workspace.read-all')) return true
  if (!may(caller, 'workspace.read')) return false
  return held.includes(facts.skillId) || facts.ownerId === caller.userId || facts.handledBy === caller.userId
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
      return held.includes(facts.skillId) || may(caller, 'workspace.read-all') ? null : 'forbidden'
    case 'reply':
    case 'reply-with-template':
      if (facts.state === 'closed') return 'conversation-closed'
      if (!own) return 'not-yours'
      if (facts.consumerOptedOut) return 'consumer-opted-out'
      if (act === 'reply') return facts.windowClosed ? 'window-closed' : null
      return facts.takesTemplates ? null : 'cannot-send'
    case 'close':
      if (facts.state === 'closed' || own || may(caller, 'conversations.close-any')) return null
      return 'not-yours'
  }
}
