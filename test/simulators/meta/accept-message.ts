import { randomBytes } from 'node:crypto'
import { type Answer, errorAnswer } from './answers.ts'
import type { JournalEntry } from './options.ts'
import { hookValue, type Step, stepsFor } from './steps.ts'
import { messageFault } from './template-book.ts'
import { addressFor, consumerNamed, numberOf, pairKey, personaOf, type World, waIdOf } from './world.ts'

type Json = Readonly<Record<string, unknown>>

export interface Accepted {
  readonly answer: Answer
  /** Absent when Meta refused. */
  readonly entry?: JournalEntry
  readonly steps: readonly Step[]
}

export const newMessageId = (): string => `wamid.${randomBytes(28).toString('base64')}`

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const part = (value: unknown): Json => (value !== null && typeof value === 'object' ? (value as Json) : {})

/** Meta's own checks of a message, then the message, journaled. */
export function acceptMessage(world: World, phoneNumberId: string, body: Json): Accepted {
  const refused = (code: number, details = ''): Accepted => ({ answer: errorAnswer(code, { details }), steps: [] })
  const { business, number } = numberOf(world, phoneNumberId)!
  if (body.messaging_product !== 'whatsapp') return refused(100, 'messaging_product must be whatsapp')
  const consumer = consumerNamed(world, text(body.to), text(body.recipient))
  if (consumer === undefined) return refused(131009, 'Recipient phone number is not valid')
  if (consumer.slice(1) === number.displayPhoneNumber) return refused(131021)
  const persona = personaOf(world, consumer)
  if (persona.create !== undefined) return refused(persona.create)
  if (text(body.biz_opaque_callback_data).length > 512) return refused(131009, 'biz_opaque_callback_data is too long')

  const type = text(body.type)
  const content = part(body[type])
  const template = type === 'template' ? part(body.template) : undefined
  const stored = template
    ? world.templates.find(business.wabaId, text(template.name), text(part(template.language).code))
    : undefined
  if (template) {
    if (stored === undefined) return refused(132001)
    if (stored.status === 'PAUSED') return refused(132015)
    if (stored.status === 'DISABLED') return refused(132016)
    if (stored.status !== 'APPROVED') return refused(132001)
    const fault = messageFault(stored, template.components)
    if (fault !== null) return refused(fault)
  }
  if ([...text(content.body)].length > 4096) return refused(131009, 'text.body is too long')
  if ([...text(content.caption)].length > 1024) return refused(131009, 'caption is too long')
  const windowClosed = !template && !inWindow(world, phoneNumberId, consumer)
  if (windowClosed && world.options.windowRefusal === 'api') return refused(131047)
  const tooFast = pace(world, phoneNumberId, consumer)
  if (tooFast !== null) return refused(tooFast)

  const entry: JournalEntry = {
    kind: 'create',
    id: newMessageId(),
    phoneNumberId,
    consumer,
    type,
    body: text(content.body) || text(content.caption) || text(template?.name),
    opaque: text(body.biz_opaque_callback_data) || null,
    at: world.now().toISOString(),
    request: body,
  }
  world.journal.append(entry)
  const steps = windowClosed
    ? [{ status: 'failed', code: 131047, details: '' }]
    : stepsFor(world, entry, stored?.category === 'MARKETING')
  const input = text(body.to) || text(body.recipient)
  const { userId } = personaOf(world, consumer)
  const beside = userId === undefined ? {} : { user_id: userId }
  const shown =
    body.recipient === undefined
      ? { input, wa_id: waIdOf(world, consumer), ...beside }
      : { input, user_id: text(body.recipient) }
  const answer = {
    messaging_product: 'whatsapp',
    contacts: [shown],
    messages: [{ id: entry.id, ...(template ? { message_status: 'accepted' } : {}) }],
  }
  return { answer: { status: 200, body: answer }, entry, steps }
}

/** Puts the statuses to come into the queue; a fault may lose, double or turn them round. */
export async function planStatuses(world: World, entry: JournalEntry, steps: readonly Step[]): Promise<void> {
  const { business } = numberOf(world, entry.phoneNumberId)!
  const facts = { to: entry.consumer, phoneNumberId: entry.phoneNumberId, bodyIncludes: entry.body }
  const fault = world.faults.take('webhook', facts)
  const milliseconds = fault?.do === 'milliseconds'
  const items = steps.map((step) => ({
    business,
    url: () => addressFor(world, business, entry.phoneNumberId),
    field: 'messages',
    value: hookValue(world, entry, step, milliseconds),
    late: fault?.do === 'late',
  }))
  if (fault?.do === 'drop') return
  if (fault?.do === 'before-answer') for (const item of items) await world.hooks.post(item)
  else if (fault?.do === 'double') world.hooks.plan(items.flatMap((item) => [item, item]))
  else world.hooks.plan(fault?.do === 'reverse' ? items.reverse() : items)
}

const dayMs = 24 * 3_600_000

function inWindow(world: World, phoneNumberId: string, consumer: string): boolean {
  const last = world.lastInbound.get(pairKey(phoneNumberId, consumer))
  return last !== undefined && world.now().getTime() - last < dayMs
}

/** Code of the limit that this message breaks; null when it keeps both, and then counts. */
function pace(world: World, phoneNumberId: string, consumer: string): number | null {
  const { pair, number } = world.options.pace ?? {}
  const now = world.now().getTime()
  const kept = (key: string, ms: number) => (world.sentAt.get(key) ?? []).filter((at) => now - at < ms)
  const toPair = kept(pairKey(phoneNumberId, consumer), 6_000)
  const toAll = kept(phoneNumberId, 1_000)
  if (pair !== undefined && toPair.length >= pair) return 131056
  if (number !== undefined && toAll.length >= number) return 130429
  world.sentAt.set(pairKey(phoneNumberId, consumer), [...toPair, now])
  world.sentAt.set(phoneNumberId, [...toAll, now])
  return null
}
