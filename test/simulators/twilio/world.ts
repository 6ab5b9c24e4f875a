import type { SharedWorld } from '../messaging/messaging-simulator.ts'
import type { CallbackQueue } from './callback-queue.ts'
import type { ContentBook } from './content-book.ts'
import type { FaultMatch, FaultRule, Operation } from './faults.ts'
import type { MessageBook } from './message-book.ts'
import type { JournalEntry, SimulatedAccount } from './options.ts'
import { type Persona, type PersonaName, personas } from './personas.ts'
import type { WebhookRecord, Webhooks } from './webhooks.ts'

/** What Twilio's simulator has of its own where all have something. */
export interface TwilioKinds {
  readonly entry: JournalEntry
  readonly fault: FaultRule
  readonly match: FaultMatch
  readonly persona: Persona
  readonly personaName: PersonaName
  readonly request: SeenRequest
  readonly webhook: WebhookRecord
}

export interface SeenRequest {
  readonly operation: Operation
  readonly accountSid: string | null
  /** The answer's status; null when the connection was cut. */
  status: number | null
}

/** Everything a running simulator knows, shared by its routes. */
export interface World extends SharedWorld<TwilioKinds> {
  readonly accounts: readonly SimulatedAccount[]
  readonly book: MessageBook
  readonly webhooks: Webhooks
  readonly callbacks: CallbackQueue
  /** SIDs of the messages whose author was shown that an answer is being written. */
  readonly typed: string[]
  /** Consumer and sender (or service) between which STOP was said. */
  readonly blocked: Set<string>
  readonly contents: ContentBook
  /** When a consumer last wrote to a sender on WhatsApp, by `blockKey`: what opens the window of 24 hours. */
  readonly lastInbound: Map<string, Date>
  /** Files that consumers sent, by the SID of the media. */
  readonly files: Map<string, { readonly contentType: string; readonly bytes: Buffer }>
  /** Webhook for inbound messages, by number or service. */
  readonly inboundUrls: Map<string, string>
}

export function personaOf(world: World, phone: string): Persona {
  return world.personas.get(phone.replace(/^whatsapp:/, '')) ?? personas.mobile
}

export function numbersOf(account: SimulatedAccount): readonly string[] {
  return account.numbers.map((number) => (typeof number === 'string' ? number : number.phoneNumber))
}

/** The key under which a STOP counts: the pair of numbers, or the whole service. */
export function blockKey(consumer: string, senderOrService: string): string {
  return `${consumer} ${senderOrService}`
}

/** Reads Basic credentials: an account with its token, or one of its API keys. */
export function authenticated(world: World, authorization: string | undefined): SimulatedAccount | undefined {
  const [scheme, encoded] = (authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic' || encoded === undefined) return undefined
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  const password = rest.join(':')
  return world.accounts.find(
    (account) =>
      (account.accountSid === user && account.authToken === password) ||
      (account.apiKeys ?? []).some((key) => key.sid === user && key.secret === password),
  )
}
