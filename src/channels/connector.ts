import type { TObject } from 'typebox'
import type { Channel } from '../domain/channel.ts'
import type { LineType } from '../domain/line-type.ts'
import type { MessageStatus } from '../domain/message.ts'
import type { Money } from '../domain/money.ts'
import type { Sender } from '../domain/sender.ts'
import type { Template, TemplateVariables } from '../domain/template.ts'
import type { FailureKind } from './failures.ts'
import type { OutboundHttp } from './http.ts'

/**
 * A connector speaks one provider's language and does nothing else: it returns what it heard and throws what went
 * wrong. It never stores, enqueues, logs or decides. Adding one is its folder and a line in `channels/index.ts`.
 */
export interface Connector {
  /** `sms-twilio`: channel, then provider. Also the first part of the sender's webhook path. */
  readonly name: string
  readonly channel: Channel
  /**
   * What a sender of this connector needs: a flat TypeBox object; a property with `secret: true` is stored encrypted
   * and never shown again. The console draws the sender's form from it.
   */
  readonly settings: TObject
  readonly limits: ConnectorLimits
  /** What is wrong with these settings or this address, each a sentence for the administrator; empty: nothing. */
  checkSender(sender: Pick<Sender, 'address' | 'settings'>): readonly string[]
  /**
   * Hands one message to the provider. Resolves once the provider has accepted it. It may make several requests (a token
   * first), but another one only when all before it have certainly sent nothing; what `http` throws that is no SendFailure
   * goes on to the caller.
   * @throws SendFailure for everything else; any other error is a bug and counts as an unknown outcome.
   */
  send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent>
  /**
   * Looks on the provider's side for a message whose outcome we do not know. Never sends.
   * Absent when the provider cannot be asked; then only its status callback can tell.
   * @param others provider ids of other messages to this consumer: none of them is it.
   * @throws SendFailure when the provider could not be asked just now.
   */
  find?(out: Outgoing, since: Date, sender: Sender, http: OutboundHttp, others: ReadonlySet<string>): Promise<Found>
  /**
   * The line type of a phone number (E.164).
   * @throws SendFailure when the provider could not say.
   */
  lookUp?(phone: string, sender: Sender, http: OutboundHttp): Promise<LineType>
  /**
   * Asks the provider whether this sender is set up there as it must be: credentials, number, registration, and the address
   * of its webhook, which should be `hookUrl`. Never sends. Absent when the provider cannot be asked.
   * @throws SendFailure when it could not be asked just now.
   */
  check?(sender: Sender, http: OutboundHttp, hookUrl: string): Promise<readonly SenderFinding[]>
  /**
   * Asks the provider what it has charged for a message, in or out, and hears in the same answer what became of one of
   * ours: its callbacks may all have been lost. Absent when it cannot be asked; then the account's price table says it.
   * @throws SendFailure when the provider could not be asked just now.
   */
  readPrice?(
    providerId: string,
    sender: Sender,
    http: OutboundHttp,
  ): Promise<HeardPrice & { readonly status?: HeardStatus }>
  /** Its status webhooks say how each message is billed (`HeardStatus.billed`): nothing is asked, and the table is asked then. */
  readonly tellsBilling?: true
  /** Tells the consumer that their message was read, and with `typing` that an answer is being written. Best effort. */
  markRead?(
    providerId: string,
    options: { readonly typing: boolean },
    sender: Sender,
    http: OutboundHttp,
  ): Promise<void>
  /** Fetches a file that the consumer sent; `media` is what `parse` said. Throws SendFailure when it cannot be had. */
  fetchMedia?(
    media: HeardMedia,
    sender: Sender,
    http: OutboundHttp,
  ): Promise<{ readonly contentType: string; readonly base64: string }>
  /** Present when the provider keeps approved templates. */
  readonly templates?: ConnectorTemplates
  /** Absent when the provider never calls us. */
  readonly hooks?: ConnectorHooks
}

/** One thing looked at in a sender's set-up at its provider. */
export interface SenderFinding {
  /** For programs: `credentials`, `number`, `webhook`, ... */
  readonly what: string
  readonly ok: boolean
  /** For the administrator: how it is, and what to do when it is wrong. Never a secret. */
  readonly sentence: string
}

/** How a provider that approves templates is asked and told. Every call throws SendFailure when it did not work. */
export interface ConnectorTemplates {
  /** What the provider would refuse, each a sentence; empty: nothing. Asked before a template is submitted. */
  check(template: NewTemplate): readonly string[]
  submit(template: NewTemplate, sender: Sender, http: OutboundHttp): Promise<ProviderTemplate>
  /** Deletes a template, in this one language, at the provider. One that is not there (any more) is no failure. */
  remove(
    template: Pick<ProviderTemplate, 'providerTemplateId' | 'name'>,
    sender: Sender,
    http: OutboundHttp,
  ): Promise<void>
  /** Every template the provider knows for this sender, to follow approvals that no webhook told. */
  list(sender: Sender, http: OutboundHttp): Promise<readonly ProviderTemplate[]>
}

/** A template as the administrator wrote it, with a sample value for each variable, as providers demand. */
export interface NewTemplate extends Omit<Template, 'templateId' | 'status'> {
  readonly category: 'UTILITY' | 'MARKETING' | 'AUTHENTICATION'
  readonly samples: TemplateVariables
}

export interface ProviderTemplate {
  /** The provider's own id (`HX…`, or Meta's number). */
  readonly providerTemplateId: string
  readonly name: string
  readonly language: string
  readonly category: string
  readonly status: Template['status']
  /** Why it was rejected, paused or disabled; null otherwise. */
  readonly reason: string | null
}

export interface ConnectorLimits {
  /** Longest text in characters. */
  readonly text: number
  /** Hours after the consumer's last message in which free text may be sent; null: always. */
  readonly windowHours: number | null
  /** Files that may be sent: content types and the largest size in bytes of each; empty: none. */
  readonly media: Readonly<Record<string, number>>
  /** Whether the first message to a consumer must be an approved template. */
  readonly templateToBegin: boolean
}

export interface Outgoing {
  readonly messageId: string
  /** Unguessable, committed before the call; the connector puts it where the provider will give it back (callback URL, opaque data). */
  readonly attemptToken: string
  /** The consumer's address on this channel: E.164, or the brand's consumer id in its app. */
  readonly to: string
  readonly text: string
  /** Set when the message must go out as an approved template; `text` is then what the consumer will read. */
  readonly template: { readonly template: Template; readonly variables: TemplateVariables } | null
  /** The provider's own id of the template, when it was submitted through its connector. */
  readonly providerTemplateId: string | null
  /** A file to send along; `text` is then its caption. The address is public for as long as a provider needs to fetch it. */
  readonly media: { readonly url: string; readonly contentType: string; readonly fileName: string } | null
  /** In-app only: the push's title. */
  readonly title: string | null
  /** In-app only: the device to push to, its token decrypted. */
  readonly device: PushDevice | null
  /** In-app only: what an app written for the original API finds in the push. */
  readonly campaign: {
    readonly lookBackMinutes: number
    readonly campaignId: string
    readonly engagementId: string
  } | null
  /** Seconds the message is still worth delivering; null: the provider's own default. */
  readonly ttlSeconds: number | null
  /** Absolute URL for status callbacks, already carrying the attempt token. */
  readonly statusUrl: string
}

export interface PushDevice {
  readonly deviceId: string
  readonly platform: 'fcm' | 'apns' | 'webpush' | 'proxy' | 'simulator'
  /** The registration token, or the Web Push subscription as JSON. */
  readonly token: string
  readonly registeredAt: Date
}

export interface Sent {
  readonly providerId: string
  /** The address under which the provider knows the consumer, when it is not the one we sent to (WhatsApp's `wa_id`). */
  readonly address?: string
  /** Further addresses of theirs that the answer showed (a business-scoped user id beside the number). */
  readonly alsoKnownAs?: readonly string[]
  /** Never higher than `sent`: what the provider said in its answer. */
  readonly status: Extract<MessageStatus, 'sending' | 'sent'>
}

/** `absent` must mean that the provider has certainly not got it; say `unsure` rather than guess. */
export type Found =
  | {
      readonly kind: 'found'
      readonly providerId: string
      readonly status: MessageStatus
      readonly failure: HeardFailure | null
    }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unsure' }

/** `free`: nothing was charged. `later`: the provider does not know yet. `none`: it will never say. */
export type HeardPrice =
  | { readonly kind: 'known'; readonly money: Money }
  | { readonly kind: 'free' }
  | { readonly kind: 'later' }
  | { readonly kind: 'none' }

export type { LineType }

export interface ConnectorHooks {
  /** @throws Unauthentic when the request does not prove that it comes from this sender's provider. Always called before `parse`. */
  verify(hook: RawHook, sender: Sender): void
  /** Everything the request says; unknown things are `ignored` with a reason. Never throws on garbage that was signed: says `ignored`. */
  parse(hook: RawHook, sender: Sender): readonly Heard[]
  /** Default: 200 with an empty body. */
  answer?(hook: RawHook): HookAnswer
}

export class Unauthentic extends Error {}

export interface RawHook {
  readonly method: string
  /** The full public URL as the provider called it: PUBLIC_URL plus the raw path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: Buffer
}

export interface HookAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

export interface HeardFailure {
  readonly kind: FailureKind
  readonly providerCode: string | null
}

export interface HeardMedia {
  /** Where it can be fetched, or the provider's id of it: for this connector's `fetchMedia` alone. */
  readonly url: string
  readonly contentType: string
  readonly fileName?: string | null
}

/** The provider has decided about a template, or changed its mind. */
export interface HeardTemplate {
  readonly kind: 'template'
  readonly template: ProviderTemplate
}

export type Heard = HeardMessage | HeardStatus | HeardOptOut | HeardTemplate | HeardNothing

export interface HeardMessage {
  readonly kind: 'message'
  readonly providerId: string
  readonly from: string
  readonly text: string
  readonly media: readonly HeardMedia[]
  /** Other addresses of the same consumer that this message showed (a business-scoped user id beside a number). */
  readonly alsoKnownAs?: readonly string[]
  /** The name the consumer gave themselves at the provider; shown, never trusted. */
  readonly profileName?: string | null
  /** The provider's time, when it gives one. */
  readonly at: Date | null
  /** The provider already knows this as a keyword and has answered it itself (then we stay silent). */
  readonly keyword: 'stop' | 'start' | 'help' | null
  /** True when the provider itself answers STOP, START and HELP, so that we must not. */
  readonly providerAnswersKeywords: boolean
}

export interface HeardStatus {
  readonly kind: 'status'
  readonly providerId: string
  /** Our own token when the provider gave it back: matches a callback that comes before the send's answer. */
  readonly attemptToken: string | null
  readonly status: MessageStatus
  readonly failure: HeardFailure | null
  readonly at: Date | null
  /** How the message is billed, when the provider says so: by which category of its prices, or not at all. */
  readonly billed?: { readonly billable: boolean; readonly category: string }
}

/** The consumer stopped or resumed by the provider's own means, not by a message. */
export interface HeardOptOut {
  readonly kind: 'opt-out'
  readonly from: string
  readonly resume: boolean
  readonly evidence: string
  readonly at: Date | null
}

export interface HeardNothing {
  readonly kind: 'ignored'
  readonly why: string
}
