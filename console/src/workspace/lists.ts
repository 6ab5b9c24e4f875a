import type { ConversationView } from '../live/shapes.ts'
import { formatPhone } from '../ui/format-phone.ts'

export type ListName = 'mine' | 'queue' | 'closed' | 'all'

/** Ms of waiting after which the time turns amber, then red. */
export const soonMs = 2 * 60_000
export const lateMs = 5 * 60_000

export type Urgency = 'fine' | 'soon' | 'late'

export function urgencyOf(waitingSince: string | null, now: number): Urgency {
  if (waitingSince === null) return 'fine'
  const waited = now - Date.parse(waitingSince)
  return waited >= lateMs ? 'late' : waited >= soonMs ? 'soon' : 'fine'
}

/** Whether the person may take it now: a queue's, and offered to nobody else. */
export function isWaitingFor(userId: string, { state, offer }: ConversationView): boolean {
  return state === 'queued' && (offer === null || offer.userId === userId)
}

/**
 * One list, in its order. Whoever waits longest is on top; of those who do not wait, whoever was heard of last. The queue
 * goes by priority first, as it is offered. What was closed: the latest on top.
 */
export function listOf(
  name: ListName,
  conversations: Iterable<ConversationView>,
  userId: string,
  search: string,
): ConversationView[] {
  const words = search.trim().toLowerCase()
  const wanted = [...conversations].filter((one) => inList(name, one, userId) && (words === '' || matches(one, words)))
  return wanted.sort(name === 'closed' ? byClosing : name === 'queue' ? byQueue : byWaiting)
}

function inList(name: ListName, { state, owner, joined }: ConversationView, userId: string): boolean {
  switch (name) {
    case 'mine':
      return state === 'assigned' && (owner?.userId === userId || joined.some((one) => one.userId === userId))
    case 'queue':
      return state === 'queued'
    case 'closed':
      return state === 'closed'
    case 'all':
      return state !== 'closed'
  }
}

/** A number is found however it is written. */
function matches(one: ConversationView, words: string): boolean {
  const digits = words.replace(/[^0-9]/g, '')
  const numbers = [one.consumer.address, one.consumer.phone ?? '']
  if (digits.length >= 3 && numbers.some((number) => number.replace(/[^0-9]/g, '').includes(digits))) return true
  return [...numbers, nameOf(one), one.lastText ?? '', one.skill.name, one.owner?.name ?? '', ...one.tags].some(
    (text) => text.toLowerCase().includes(words),
  )
}

const timeOf = (at: string | null): number => (at === null ? Number.POSITIVE_INFINITY : Date.parse(at))

function byWaiting(a: ConversationView, b: ConversationView): number {
  if (a.waitingSince !== b.waitingSince) return timeOf(a.waitingSince) - timeOf(b.waitingSince)
  return Date.parse(b.lastMessageAt) - Date.parse(a.lastMessageAt) || idOrder(a, b)
}

function byQueue(a: ConversationView, b: ConversationView): number {
  return b.priority - a.priority || Date.parse(a.queuedAt) - Date.parse(b.queuedAt) || idOrder(a, b)
}

function byClosing(a: ConversationView, b: ConversationView): number {
  return Date.parse(b.closedAt ?? b.lastMessageAt) - Date.parse(a.closedAt ?? a.lastMessageAt) || idOrder(a, b)
}

const idOrder = (a: ConversationView, b: ConversationView) => (a.conversationId < b.conversationId ? -1 : 1)

/** Who it is, as well as we know: their name, else their number. */
export function nameOf({ consumer }: Pick<ConversationView, 'consumer'>): string {
  return consumer.name ?? formatPhone(consumer.phone ?? consumer.address)
}

export const channelWords = { sms: 'SMS', wa: 'WhatsApp', inapp: 'In-app' } as const
