import type { EventKind } from '../domain/event.ts'
import type { DbOrTx } from './db.ts'

/** Something that agents see and that a tx has changed. */
export interface Touch {
  readonly accountId: string
  readonly kind: EventKind
  readonly subjectId: string | null
  /** The conversation that it is, or is of. */
  readonly conversationId: string | null
  /** A conversation that nobody had seen before. */
  readonly opened: boolean
}

const touches = new WeakMap<object, Map<string, Touch>>()

/** Begins to note what a tx changes; `atomic` does it for each. */
export function noteTouches(tx: DbOrTx): void {
  touches.set(tx, new Map())
}

/** What the tx has changed, each thing once, in the order of its first change. */
export function touchesOf(tx: DbOrTx): readonly Touch[] {
  return [...(touches.get(tx)?.values() ?? [])]
}

/** A conversation changed in any way that its view shows. @param opened it is new. */
export function touchConversation(tx: DbOrTx, accountId: string, conversationId: string, opened = false): void {
  touch(tx, { accountId, kind: 'conversation', subjectId: conversationId, conversationId, opened })
}

/** A message or a note of a conversation is new or has changed. A message that belongs to no conversation is no event. */
export function touchMessage(tx: DbOrTx, accountId: string, messageId: string, conversationId: string): void {
  touch(tx, { accountId, kind: 'message', subjectId: messageId, conversationId, opened: false })
}

/** An agent's presence or capacity changed. How many conversations they have goes along with the conversations. */
export function touchAgent(tx: DbOrTx, accountId: string, userId: string): void {
  touch(tx, { accountId, kind: 'agent', subjectId: userId, conversationId: null, opened: false })
}

/** How a skill routes, or whether it is open. What waits in it goes along with the conversations. */
export function touchSkill(tx: DbOrTx, accountId: string, skillId: string): void {
  touch(tx, { accountId, kind: 'skill', subjectId: skillId, conversationId: null, opened: false })
}

/** A user's skills changed, or a session of theirs ended: their own pages begin again, the others see it. */
export function touchRights(tx: DbOrTx, accountId: string, userId: string): void {
  touch(tx, { accountId, kind: 'rights', subjectId: userId, conversationId: null, opened: false })
}

/** Names changed that stand all over the pages, or who belongs to the team: every page begins again. */
export function touchEverything(tx: DbOrTx, accountId: string): void {
  touch(tx, { accountId, kind: 'everything', subjectId: null, conversationId: null, opened: false })
}

/** @throws Error outside `atomic`: the change would be committed and never be told. */
function touch(tx: DbOrTx, one: Touch): void {
  const noted = touches.get(tx)
  if (noted === undefined) throw new Error('A change that agents see was made outside atomic().')
  const key = `${one.accountId} ${one.kind} ${one.subjectId}`
  if (!noted.has(key)) noted.set(key, one)
}
