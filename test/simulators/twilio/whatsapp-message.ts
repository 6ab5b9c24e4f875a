import type { ComingStatus } from './callback-queue.ts'
import { renderedBody, variablesOf } from './content-book.ts'
import type { Message } from './message-book.ts'
import { blockKey, personaOf, type World } from './world.ts'

const windowMs = 24 * 3_600_000

export function onWhatsapp(address: string): boolean {
  return address.startsWith('whatsapp:')
}

/** A phone number, or a business-scoped user id without plus. */
export function isWhatsappAddress(address: string): boolean {
  return /^whatsapp:(\+[1-9]\d{6,14}|[A-Z]{2}\.[0-9A-Za-z]{1,128})$/.test(address)
}

/** What Twilio refuses at once of `ContentSid` and `ContentVariables`; null for nothing. */
export function contentRefusal(world: World, accountSid: string, form: URLSearchParams): number | null {
  const sid = form.get('ContentSid')
  const variables = form.get('ContentVariables')
  if (sid !== null && !world.contents.get(accountSid, sid)) return 21655
  if (variables !== null && (sid === null || valuesIn(variables) === null)) return 21656
  return null
}

/** The text of a message that is made from a content. */
export function textOfContent(world: World, accountSid: string, form: URLSearchParams): string | null {
  const content = world.contents.get(accountSid, form.get('ContentSid') ?? '')
  return content ? renderedBody(content, valuesIn(form.get('ContentVariables') ?? '{}') ?? {}) : null
}

/** How a WhatsApp message that Twilio has taken ends, when it does not arrive; null when it does. */
export function whatsappEnd(world: World, message: Message): ComingStatus | null {
  const { accountSid, to, contentSid, contentVariables } = message.entry
  const persona = personaOf(world, to)
  if (persona.whatsappEnds) return persona.whatsappEnds
  const failed = (errorCode: number, channelStatusMessage?: string): ComingStatus => ({
    status: 'failed',
    errorCode,
    ...(channelStatusMessage === undefined ? {} : { channelStatusMessage }),
  })
  const wrote = world.lastInbound.get(blockKey(to, message.from ?? ''))
  const windowOpen = wrote !== undefined && world.now().getTime() - wrote.getTime() < windowMs
  const content = contentSid === null ? undefined : world.contents.get(accountSid, contentSid)
  if (!content)
    return windowOpen ? null : failed(63016, 'Channel provider returned error: 131047 Re-engagement message')
  const own = variablesOf(content)
  if (Object.keys(valuesIn(contentVariables ?? '{}') ?? {}).some((name) => !own.has(name))) return failed(63028)
  const code = { approved: null, rejected: 63040, paused: 63041, disabled: 63042 }[content.approval?.status ?? '']
  return windowOpen || code === null ? null : failed(code ?? 63016)
}

/** Twilio takes texts only, by the number or name of a variable. */
function valuesIn(json: string): Readonly<Record<string, string>> | null {
  try {
    const value: unknown = JSON.parse(json)
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return null
    return Object.values(value).every((one) => typeof one === 'string') ? (value as Record<string, string>) : null
  } catch {
    return null
  }
}
