import { keepFile } from './media-files.ts'
import { newSid, segments } from './message-book.ts'
import type { SimulatedAccount, SimulatedService } from './options.ts'
import type { WebhookExtras, WebhookRecord } from './webhooks.ts'
import { onWhatsapp } from './whatsapp-message.ts'
import { blockKey, numbersOf, type World } from './world.ts'

export interface ConsumerExtras extends WebhookExtras {
  /** A file at an address of its own, or one that Twilio keeps (`base64`). */
  readonly media?: readonly ({ readonly contentType: string } & (
    | { readonly url: string }
    | { readonly base64: string; readonly baseUrl: string }
  ))[]
  /** More parameters, or others than the true ones. */
  readonly params?: Readonly<Record<string, string>>
  /** How many times the same webhook is called; default 1. */
  readonly times?: number
}

export interface ConsumerSent {
  readonly messageSid: string
  /** The last call of the webhook; null when no address is set for the number. */
  readonly webhook: WebhookRecord | null
}

const stop = new Set('STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL'.split(' '))
const start = new Set('START YES UNSTOP'.split(' '))
const help = new Set('HELP INFO'.split(' '))
const replies = {
  STOP: 'You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.',
  START:
    'You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.',
  HELP: 'Reply STOP to unsubscribe. Msg&Data Rates May Apply.',
} as const

/** A consumer's text: Twilio blocks or unblocks and answers a bare keyword by itself, then posts the message all the same. */
export async function consumerSends(
  world: World,
  from: string,
  to: string,
  body: string,
  extras: ConsumerExtras = {},
): Promise<ConsumerSent> {
  const account = world.accounts.find((candidate) => numbersOf(candidate).includes(to))
  if (!account) throw new Error('The simulator has no such number.')
  const service = (account.messagingServices ?? []).find(({ numbers }) => numbers.includes(to))
  const messageSid = newSid(extras.media?.length ? 'MM' : 'SM')
  const base = {
    accountSid: account.accountSid,
    messagingServiceSid: service?.sid ?? null,
    statusCallback: null,
    validityPeriod: null,
    contentSid: null,
    contentVariables: null,
    mediaUrls: [],
  }
  const at = world.now().toISOString()
  world.book.add({ ...base, kind: 'inbound', sid: messageSid, from, to, body, at }, 'received')

  if (onWhatsapp(from)) world.lastInbound.set(blockKey(from, to), world.now())
  // On WhatsApp Twilio answers keywords for services with Advanced Opt-Out only.
  const keyword = onWhatsapp(from) && !service?.advancedOptOut ? null : keywordIn(body)
  if (keyword !== null) {
    const key = blockKey(from, service?.sid ?? to)
    // Only a START that undoes a STOP is answered: a bare YES is otherwise just a yes.
    const answered = keyword !== 'START' || world.blocked.has(key) || body.trim().toUpperCase() !== 'YES'
    if (keyword === 'STOP') world.blocked.add(key)
    if (keyword === 'START') world.blocked.delete(key)
    if (answered)
      world.book.add(
        { ...base, kind: 'auto-reply', sid: newSid('SM'), from: to, to: from, body: replies[keyword], at },
        'delivered',
      )
  }

  const url = service?.inboundUrl ?? inboundUrl(world, service, account, to)
  if (url === undefined) return { messageSid, webhook: null }
  const optOutType = keyword !== null && service?.advancedOptOut ? { OptOutType: keyword } : {}
  const params = {
    ...inboundParams(world, account, service, messageSid, from, to, body, extras),
    ...optOutType,
    ...extras.params,
  }
  let webhook: WebhookRecord | null = null
  for (let call = 0; call < (extras.times ?? 1); call++)
    webhook = await world.webhooks.post('inbound', url, params, account.authToken, extras)
  return { messageSid, webhook }
}

function keywordIn(body: string): keyof typeof replies | null {
  const word = body.trim().toUpperCase()
  return stop.has(word) ? 'STOP' : start.has(word) ? 'START' : help.has(word) ? 'HELP' : null
}

function inboundUrl(
  world: World,
  service: SimulatedService | undefined,
  account: SimulatedAccount,
  to: string,
): string | undefined {
  const number = account.numbers.find((candidate) => typeof candidate !== 'string' && candidate.phoneNumber === to)
  const own = typeof number === 'object' ? number.smsUrl : undefined
  return (service && world.inboundUrls.get(service.sid)) ?? world.inboundUrls.get(to) ?? own
}

function inboundParams(
  world: World,
  account: SimulatedAccount,
  service: SimulatedService | undefined,
  sid: string,
  from: string,
  to: string,
  body: string,
  extras: ConsumerExtras,
): Record<string, string> {
  const place = { accountSid: account.accountSid, messageSid: sid }
  const media = (extras.media ?? []).flatMap((file, index) => [
    [`MediaUrl${index}`, 'url' in file ? file.url : file.baseUrl + keepFile(world, place, file)] as const,
    [`MediaContentType${index}`, file.contentType] as const,
  ])
  if (onWhatsapp(from))
    return {
      SmsMessageSid: sid,
      NumMedia: String(media.length / 2),
      ProfileName: 'Ann',
      MessageType: media.length > 0 ? 'image' : 'text',
      SmsSid: sid,
      ...(/\+/.test(from) ? { WaId: from.replace(/^whatsapp:\+/, '') } : {}),
      SmsStatus: 'received',
      Body: body,
      To: to,
      ...(service ? { MessagingServiceSid: service.sid } : {}),
      NumSegments: '1',
      ReferralNumMedia: '0',
      MessageSid: sid,
      AccountSid: account.accountSid,
      From: from,
      ApiVersion: '2010-04-01',
      ...Object.fromEntries(media),
    }
  return {
    ToCountry: 'US',
    ToState: '',
    SmsMessageSid: sid,
    NumMedia: String(extras.media?.length ?? 0),
    ToCity: '',
    FromZip: '',
    SmsSid: sid,
    FromState: 'WA',
    SmsStatus: 'received',
    FromCity: 'SEATTLE',
    Body: body,
    FromCountry: 'US',
    To: to,
    ...(service ? { MessagingServiceSid: service.sid } : {}),
    ToZip: '',
    NumSegments: String(segments(body)),
    MessageSid: sid,
    AccountSid: account.accountSid,
    From: from,
    ApiVersion: '2010-04-01',
    ...Object.fromEntries(media),
  }
}
