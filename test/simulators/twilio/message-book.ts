import { randomBytes } from 'node:crypto'
import type { Journal } from '../messaging/journal.ts'
import type { JournalEntry } from './options.ts'

/** Twilio's own order of statuses, used for the resource: it never goes back, in whatever order callbacks leave. */
const ranks: Readonly<Record<string, number>> = {
  accepted: 0,
  queued: 1,
  sending: 2,
  sent: 3,
  undelivered: 4,
  failed: 4,
  canceled: 4,
  delivered: 5,
  read: 6,
}

export interface Message {
  readonly entry: JournalEntry
  readonly direction: 'inbound' | 'outbound-api' | 'outbound-reply'
  status: string
  errorCode: number | null
  from: string | null
  dateSent: Date | null
  dateUpdated: Date
}

export interface MessageBook {
  add(entry: JournalEntry, status: string): Message
  get(accountSid: string, sid: string): Message | undefined
  /** Newest first. */
  of(accountSid: string): readonly Message[]
  climb(message: Message, status: string, errorCode: number | null, at: Date): void
  clear(): void
}

const directions = { create: 'outbound-api', 'auto-reply': 'outbound-reply', inbound: 'inbound' } as const

export function messageBook(journal: Journal<JournalEntry>): MessageBook {
  const messages = new Map<string, Message>()
  const keep = (entry: JournalEntry, status: string): Message => {
    const at = new Date(entry.at)
    const dateSent = status === 'received' || ranks[status]! >= ranks.sent! ? at : null
    const { from } = entry
    const message: Message = {
      entry,
      direction: directions[entry.kind],
      status,
      errorCode: null,
      from,
      dateSent,
      dateUpdated: at,
    }
    messages.set(entry.sid, message)
    return message
  }
  for (const entry of journal.entries) keep(entry, entry.kind === 'inbound' ? 'received' : 'sent')
  return {
    add(entry, status) {
      journal.append(entry)
      return keep(entry, status)
    },
    get(accountSid, sid) {
      const message = messages.get(sid)
      return message?.entry.accountSid === accountSid ? message : undefined
    },
    of: (accountSid) => [...messages.values()].filter(({ entry }) => entry.accountSid === accountSid).reverse(),
    climb(message, status, errorCode, at) {
      if ((ranks[status] ?? 0) <= (ranks[message.status] ?? 0)) return
      message.status = status
      message.errorCode = errorCode
      message.dateUpdated = at
      if (ranks[status]! >= ranks.sent!) message.dateSent ??= at
    },
    clear: () => messages.clear(),
  }
}

export function newSid(prefix: 'SM' | 'MM' | 'ME' | 'HX'): string {
  return prefix + randomBytes(16).toString('hex')
}

/**
 * A message as Twilio's API shows it: numbers as strings, dates as RFC 2822.
 * @param now null: just created; a service has not chosen its number yet.
 */
export function messageResource(message: Message, now: Date | null): Readonly<Record<string, unknown>> {
  const asCreated = now === null
  const { entry } = message
  const uri = `/2010-04-01/Accounts/${entry.accountSid}/Messages/${entry.sid}`
  const service = entry.messagingServiceSid
  return {
    account_sid: entry.accountSid,
    api_version: '2010-04-01',
    body: entry.body,
    date_created: rfc2822(new Date(entry.at)),
    date_sent: message.dateSent === null ? null : rfc2822(message.dateSent),
    date_updated: rfc2822(message.dateUpdated),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorCode === null ? null : 'See the error code',
    from: asCreated ? entry.from : message.from,
    messaging_service_sid: service,
    num_media: '0',
    num_segments: service !== null && asCreated ? '0' : String(segments(entry.body)),
    price: now === null ? null : priceOf(message, now),
    price_unit: 'USD',
    sid: entry.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: entry.to,
    uri: `${uri}.json`,
  }
}

/** Twilio knows what a message cost only minutes after it went. */
export const priceKnownAfterMs = 120_000

/** Below zero, taken from the balance. What failed before it left costs nothing, and never says so; a lost one is charged. */
function priceOf(message: Message, now: Date): string | null {
  const { dateSent, status, entry } = message
  if (dateSent === null || status === 'failed' || status === 'canceled') return null
  if (now.getTime() - dateSent.getTime() < priceKnownAfterMs) return null
  const tenThousandths = entry.to.startsWith('whatsapp:')
    ? 50
    : segments(entry.body) * (/^\+1/.test(entry.to) ? 79 : 1_130)
  return `-${(tenThousandths / 10_000).toFixed(5)}`
}

export function rfc2822(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000')
}

/** 160 GSM-7 characters in one, 153 in each of several; one other character makes it 70 and 67 UTF-16 units. */
export function segments(body: string): number {
  const gsm = /^[\w @£$¥èéùìòÇ\nØø\rÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ!"#¤%&'()*+,\-./:;<=>?¡ÄÖÑÜ§¿äöñüà^{}\\[~\]|€]*$/.test(body)
  const units = gsm ? [...body].reduce((sum, sign) => sum + ('^{}\\[~]|€'.includes(sign) ? 2 : 1), 0) : body.length
  const [single, part] = gsm ? [160, 153] : [70, 67]
  return units <= single ? 1 : Math.ceil(units / part)
}
