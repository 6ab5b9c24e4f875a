import { randomBytes } from 'node:crypto'
import { newMessageId } from './accept-message.ts'
import type { HookItem } from './hook-queue.ts'
import { metadataOf, timestamp } from './steps.ts'
import type { WebhookExtras, WebhookRecord } from './webhooks.ts'
import { addressFor, numberOf, pairKey, personaOf, type World, waIdOf } from './world.ts'

type Json = Readonly<Record<string, unknown>>

export interface ConsumerExtras extends WebhookExtras {
  /** More fields of the message, or others than the true ones. */
  readonly fields?: Json
  /** Waits in the queue instead of leaving at once, so that it can share a request with others. */
  readonly queued?: boolean
  readonly milliseconds?: boolean
  readonly name?: string
}

export interface ConsumerSent {
  readonly messageId: string
  /** Null when nobody subscribed, or it waits. */
  readonly webhook: WebhookRecord | null
}

/** What a consumer sends: a text, or a message of any type with that type's own part. A `file` part becomes media at Meta. */
export type ConsumerContent =
  | string
  | {
      readonly type: string
      readonly part?: unknown
      readonly file?: { readonly contentType: string; readonly base64: string }
    }

/** A consumer writes to a number; this opens the 24 hours. */
export function consumerSends(
  world: World,
  consumer: string,
  phoneNumberId: string,
  content: ConsumerContent,
  extras: ConsumerExtras = {},
): Promise<ConsumerSent> {
  const messageId = newMessageId()
  const given = typeof content === 'string' ? { type: 'text', part: { body: content } } : content
  const part =
    'file' in given && given.file
      ? { ...(given.part as Json), ...keepFile(world, phoneNumberId, given.file) }
      : given.part
  const now = world.now()
  world.lastInbound.set(pairKey(phoneNumberId, consumer), now.getTime())
  world.journal.append({
    kind: 'inbound',
    id: messageId,
    phoneNumberId,
    consumer,
    type: given.type,
    body: typeof content === 'string' ? content : '',
    opaque: null,
    at: now.toISOString(),
    request: null,
  })
  const persona = personaOf(world, consumer)
  const number = persona.hidesNumber ? {} : { from: waIdOf(world, consumer) }
  const userId = persona.userId === undefined ? {} : { from_user_id: persona.userId }
  const message = {
    ...number,
    ...userId,
    id: messageId,
    timestamp: timestamp(now, extras.milliseconds === true),
    type: given.type,
    ...(part === undefined ? {} : { [given.type]: part }),
    ...extras.fields,
  }
  return tell(world, consumer, phoneNumberId, messageId, 'messages', { messages: [message] }, extras)
}

/** The consumer uses WhatsApp's own switch for marketing messages. */
export function consumerPrefers(
  world: World,
  consumer: string,
  phoneNumberId: string,
  value: 'stop' | 'resume',
): Promise<ConsumerSent> {
  const preference = {
    ...(personaOf(world, consumer).hidesNumber ? {} : { wa_id: waIdOf(world, consumer) }),
    ...(personaOf(world, consumer).userId === undefined ? {} : { user_id: personaOf(world, consumer).userId }),
    detail:
      value === 'stop' ? 'User requested to stop marketing messages' : 'User requested to resume marketing messages',
    category: 'marketing_messages',
    value,
    timestamp: Math.floor(world.now().getTime() / 1000),
  }
  return tell(world, consumer, phoneNumberId, '', 'user_preferences', { user_preferences: [preference] }, {})
}

async function tell(
  world: World,
  consumer: string,
  phoneNumberId: string,
  messageId: string,
  field: string,
  value: Json,
  extras: ConsumerExtras,
): Promise<ConsumerSent> {
  const found = numberOf(world, phoneNumberId)
  if (found === undefined) throw new Error('The simulator has no such number.')
  const persona = personaOf(world, consumer)
  const contact = {
    profile: { name: extras.name ?? 'Sheena Nelson' },
    ...(persona.hidesNumber ? {} : { wa_id: waIdOf(world, consumer) }),
    ...(persona.userId === undefined ? {} : { user_id: persona.userId }),
  }
  const item: HookItem = {
    business: found.business,
    url: () => addressFor(world, found.business, phoneNumberId),
    field,
    value: { messaging_product: 'whatsapp', metadata: metadataOf(world, phoneNumberId), contacts: [contact], ...value },
    late: false,
  }
  if (extras.queued) {
    world.hooks.plan([item])
    return { messageId, webhook: null }
  }
  return { messageId, webhook: await world.hooks.post(item, extras.signature ? { signature: extras.signature } : {}) }
}

function keepFile(world: World, phoneNumberId: string, file: { contentType: string; base64: string }): Json {
  const id = String(BigInt(`0x${randomBytes(7).toString('hex')}`))
  world.files.set(id, { id, phoneNumberId, contentType: file.contentType, bytes: Buffer.from(file.base64, 'base64') })
  return { id, mime_type: file.contentType, sha256: 'not checked' }
}
