import type { MessageStatus } from '../../domain/message.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Found, HeardFailure, Outgoing } from '../connector.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { type AccountSettings, accountSettingsOf } from './account-settings.ts'
import { callTwilio, errorCodeOf, isMessageSid, isRecord, jsonObject, messagesPath } from './call-twilio.ts'
import type { Ends } from './ends.ts'
import { createFailure, statusFailure } from './error-codes.ts'
import { ourStatus } from './statuses.ts'

/** 50 messages stay well under the cap on an answer; five pages to one consumer within the window are a flood. */
const pageSize = 50
const mostPages = 5
/**
 * A create that Twilio is still working on may enter its list late: sooner than this after the claim, nothing found proves
 * nothing. Only an attempt whose lease of 20 s is over is ever sent again on the word `absent`, and its holder's request
 * ended within that lease, as a rule 10 s before the question; so this is the lease less 5 s by which Twilio's clock may
 * run behind ours. Any longer, and a killed process would be taken over later than the promised 30 s (P10, PR-04).
 */
const settledAfterMs = 15_000
/** How far Twilio's clock may differ from ours before a message of that time is left out of account. */
const clockSkewMs = 300_000

interface Candidate {
  readonly providerId: string
  readonly status: MessageStatus
  readonly failure: HeardFailure | null
  readonly createdAt: number
}

/**
 * Looks through Twilio's own list for a create whose answer was lost: the same consumer, sender and text, made by the
 * API at or after `since`, and none of `others`. Exactly one is `found`; several, or one whose text Twilio no longer shows,
 * or one that only a difference of clocks could explain, are `unsure`; none is `absent` once 15 s have passed on Twilio's
 * clock.
 * @throws SendFailure when Twilio could not be asked.
 */
export async function findMessage(
  ends: Ends,
  out: Outgoing,
  since: Date,
  sender: Sender,
  http: OutboundHttp,
  others: ReadonlySet<string>,
): Promise<Found> {
  const settings = accountSettingsOf(sender)
  const query = new URLSearchParams({ To: ends.to })
  // A service may leave From open until it has chosen, so the list is asked by consumer alone and sorted out here.
  if (settings.messagingServiceSid === null && ends.from !== null) query.set('From', ends.from)
  query.set('PageSize', String(pageSize))
  const dated = new URLSearchParams(query)
  dated.set('DateSent>', new Date(since.getTime() - clockSkewMs).toISOString().replace(/\.\d+Z$/, 'Z'))

  const sent = await list(settings, http, dated, mostPages)
  // A message still in the queue has no date of sending and may be missing there: the newest page shows it.
  const newest = await list(settings, http, query, 1)
  const complete = sent.complete && newest.complete
  const bySid = new Map([...sent.messages, ...newest.messages].map((message) => [message.sid, message]))
  const ours = [...bySid.values()]
    .filter(({ sid }) => typeof sid !== 'string' || !others.has(sid))
    .filter((message) => mayBeOurs(message, ends, out, settings))
    .map((message) => candidate(message, out))
  const from = Math.floor(since.getTime() / 1000) * 1000
  const near = ours.filter((message) => message === null || message.createdAt >= from - clockSkewMs)
  if (near.length === 0) {
    const settled = newest.now !== null && newest.now - since.getTime() >= settledAfterMs
    return { kind: complete && settled ? 'absent' : 'unsure' }
  }
  const [only] = near
  if (near.length > 1 || !only || only.createdAt < from || !complete) return { kind: 'unsure' }
  return { kind: 'found', providerId: only.providerId, status: only.status, failure: only.failure }
}

interface Listing {
  readonly messages: readonly Readonly<Record<string, unknown>>[]
  /** Twilio's own time, from its answer; null when it gave none. */
  readonly now: number | null
  /** False when there was more than we were ready to read, or an answer we could not read. */
  readonly complete: boolean
}

async function list(
  settings: AccountSettings,
  http: OutboundHttp,
  query: URLSearchParams,
  pages: number,
): Promise<Listing> {
  const messages: Readonly<Record<string, unknown>>[] = []
  let path: string | null = `${messagesPath(settings)}?${query}`
  let now: number | null = null
  for (let page = 0; page < pages && path !== null; page++) {
    const answer: OutboundAnswer = await callTwilio(settings, http, { method: 'GET', url: settings.apiBaseUrl + path })
    if (answer.status !== 200) throw createFailure(answer)
    const at = Date.parse(answer.headers.date ?? '')
    now = Number.isNaN(at) ? null : at
    const body = jsonObject(answer.text)
    if (!body || !Array.isArray(body.messages)) return { messages, now, complete: false }
    messages.push(...body.messages.filter(isRecord))
    const next: unknown = body.next_page_uri
    // Credentials go with the next request: only to the same list of the same account.
    if (next === null || next === undefined) path = null
    else if (typeof next === 'string' && next.startsWith(`${messagesPath(settings)}?`)) path = next
    else return { messages, now, complete: false }
  }
  return { messages, now, complete: path === null || pages === 1 }
}

function mayBeOurs(
  message: Readonly<Record<string, unknown>>,
  ends: Ends,
  out: Outgoing,
  settings: AccountSettings,
): boolean {
  if (message.to !== ends.to || message.direction !== 'outbound-api') return false
  const service = settings.messagingServiceSid
  if (service !== null && message.messaging_service_sid !== service) return false
  const from = message.from
  if (ends.from !== null && typeof from === 'string' && from !== ends.from) return false
  // What Twilio keeps of a template is its own rendering, so no text rules one out: `candidate` then makes it unsure.
  return out.template !== null || textFits(message.body, out.text)
}

/**
 * Trial accounts put a sentence in front and Smart Encoding changes quotes and dashes, so only letters and digits count,
 * from the end. A text that Twilio was told not to keep may be ours: it fits (and `candidate` makes it unsure).
 */
function textFits(kept: unknown, text: string): boolean {
  if (typeof kept !== 'string' || kept === '') return true
  return plain(kept).endsWith(plain(text))
}

function plain(text: string): string {
  return text.normalize('NFKD').replace(/[^\p{L}\p{N}]/gu, '')
}

/** Null when the message may be ours but cannot be told: no or another text kept, no number, an unknown status or no time. */
function candidate(message: Readonly<Record<string, unknown>>, out: Outgoing): Candidate | null {
  const status = typeof message.status === 'string' ? ourStatus(message.status) : undefined
  const createdAt = typeof message.date_created === 'string' ? Date.parse(message.date_created) : Number.NaN
  if (!isMessageSid(message.sid) || status === undefined || Number.isNaN(createdAt)) return null
  if (typeof message.body !== 'string' || message.body === '') return null
  if (out.template !== null && !plain(message.body).includes(plain(out.text))) return null
  const providerCode = errorCodeOf(message.error_code)
  const failure = status === 'failed' ? { kind: statusFailure(providerCode), providerCode } : null
  return { providerId: message.sid, status, failure, createdAt }
}
