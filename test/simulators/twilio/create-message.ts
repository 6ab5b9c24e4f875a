import { type Answer, errorAnswer } from './answers.ts'
import type { ComingStatus } from './callback-queue.ts'
import { type Message, messageResource, newSid } from './message-book.ts'
import type { SimulatedAccount, SimulatedService } from './options.ts'
import { magicFrom, magicTo, type Persona } from './personas.ts'
import { contentRefusal, isWhatsappAddress, onWhatsapp, textOfContent, whatsappEnd } from './whatsapp-message.ts'
import { blockKey, numbersOf, personaOf, type World } from './world.ts'

export interface Created {
  readonly answer: Answer
  /** Absent when Twilio refused. */
  readonly message?: Message
  /** Statuses to come, in their true order. */
  readonly steps: readonly ComingStatus[]
}

/** Twilio's own checks of a create, in its order; then the message, journaled. */
export function createMessage(world: World, account: SimulatedAccount, form: URLSearchParams): Created {
  const refused = refusal(world, account, form)
  if (refused !== null) return { answer: errorAnswer(refused), steps: [] }
  const to = form.get('To')!
  const service = serviceOf(account, form)
  const from = form.get('From')
  const message = world.book.add(
    {
      kind: 'create',
      sid: newSid(form.has('MediaUrl') ? 'MM' : 'SM'),
      accountSid: account.accountSid,
      messagingServiceSid: service?.sid ?? null,
      from,
      to,
      body: textOfContent(world, account.accountSid, form) ?? form.get('Body') ?? '',
      statusCallback: form.get('StatusCallback'),
      contentSid: form.get('ContentSid'),
      contentVariables: form.get('ContentVariables'),
      mediaUrls: form.getAll('MediaUrl'),
      validityPeriod: form.has('ValidityPeriod') ? Number(form.get('ValidityPeriod')) : null,
      at: world.now().toISOString(),
    },
    service ? 'accepted' : 'queued',
  )
  // The caller does not learn which number the service chose until later.
  message.from = from ?? senderIn(service, to) ?? null
  return {
    answer: { status: 201, body: messageResource(message, null) },
    message,
    steps: statusesToCome(world, message),
  }
}

function refusal(world: World, account: SimulatedAccount, form: URLSearchParams): number | null {
  const from = form.get('From')
  const to = form.get('To')!
  const wantsService = form.has('MessagingServiceSid')
  const service = serviceOf(account, form)
  const body = form.get('Body')
  if (from === null && !wantsService) return 21603
  if ((body === null || body === '') && !form.has('MediaUrl') && !form.has('ContentSid')) return 21602
  if (wantsService && service === undefined) return 21701
  if (service && service.numbers.length === 0) return 21703
  if (from !== null) {
    const magic = Object.hasOwn(magicFrom, from) ? magicFrom[from] : undefined
    if (magic) return magic
    if (magic === undefined && !(service?.numbers ?? numbersOf(account)).includes(from))
      return onWhatsapp(from) ? 63007 : 21606
    if (onWhatsapp(from) !== onWhatsapp(to)) return 21910
  } else if (service && senderIn(service, to) === undefined) return onWhatsapp(to) ? 63007 : 21703
  const content = contentRefusal(world, account.accountSid, form)
  if (content !== null) return content
  if (onWhatsapp(to) ? !isWhatsappAddress(to) : !/^\+[1-9]\d{6,14}$/.test(to)) return 21211
  if (Object.hasOwn(magicTo, to)) return magicTo[to]!
  const persona = personaOf(world, to)
  if (persona.create && !onWhatsapp(to)) return persona.create
  if ([...(body ?? '')].length > 1600) return 21617
  if (form.getAll('MediaUrl').length > 10) return 21623
  const callback = form.get('StatusCallback')
  if (callback !== null && (!world.webhooks.allowed(callback) || new URL(callback).hostname.includes('_'))) return 21609
  const validity = form.get('ValidityPeriod')
  if (validity !== null && !(Number(validity) >= 1 && Number(validity) <= 36_000)) return 21606
  // WhatsApp senders know no STOP by themselves.
  if (!service && !onWhatsapp(to) && isBlocked(world, to, from ?? '')) return 21610
  return null
}

function isBlocked(world: World, to: string, senderOrService: string): boolean {
  return personaOf(world, to).optedOut === true || world.blocked.has(blockKey(to, senderOrService))
}

/** The sender that a service chooses for this consumer: one of the consumer's channel. */
function senderIn(service: SimulatedService | undefined, to: string): string | undefined {
  return service?.numbers.find((number) => onWhatsapp(number) === onWhatsapp(to))
}

function serviceOf(account: SimulatedAccount, form: URLSearchParams): SimulatedService | undefined {
  return (account.messagingServices ?? []).find(({ sid }) => sid === form.get('MessagingServiceSid'))
}

function statusesToCome(world: World, message: Message): Created['steps'] {
  const { to, body, messagingServiceSid } = message.entry
  // A service finds out only after it accepted that the consumer has unsubscribed.
  if (messagingServiceSid !== null && isBlocked(world, to, messagingServiceSid))
    return [{ status: 'failed', errorCode: 21610 }]
  const fault = world.faults.take('status', { to, from: message.from ?? '', bodyIncludes: body })
  const persona = personaOf(world, to)
  const scripted = fault?.do === 'end' ? { ...fault, errorCode: fault.errorCode ?? null } : undefined
  const ends = scripted ?? (onWhatsapp(to) ? whatsappEnd(world, message) : persona.ends)
  const stopsAt = fault?.do === 'stop-at' ? fault.status : persona.stopsAt
  const way = [...(messagingServiceSid === null ? [] : ['queued']), 'sent', ...(ends ? [] : arrival(to, persona))]
  const last = stopsAt === undefined ? -1 : way.indexOf(stopsAt)
  const steps = (stopsAt === undefined ? way : way.slice(0, last + 1)).map((status) => ({ status, errorCode: null }))
  return ends && stopsAt === undefined ? [...steps, ends] : steps
}

/** A WhatsApp message that is read at once is never reported as delivered. */
function arrival(to: string, persona: Persona): readonly string[] {
  if (!onWhatsapp(to) || persona.reads === undefined) return ['delivered']
  return persona.reads === 'at once' ? ['read'] : ['delivered', 'read']
}
