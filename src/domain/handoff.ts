import type { Variant } from './variant.ts'

/** One point in the IVR: channels in order, the first message of each, and how long a reply still belongs to the invite. */
export interface Handoff {
  readonly handoffId: string
  readonly title: string
  readonly enabled: boolean
  /** 60 (1 h) to 43,200 (30 days), counted from the send. */
  readonly lookbackMinutes: number
  readonly channels: readonly HandoffChannel[]
  /** Names of the skills this handoff may be called with; null: any skill with an engagement. */
  readonly skills: readonly string[] | null
  /** A reply inside the lookback whose conversation is closed still goes to the invite's skill. */
  readonly routeAllWithinLookback: boolean
  /** An open conversation makes the consumer not eligible (`refuse`), or takes the invite in (`continue`). */
  readonly openConversation: 'refuse' | 'continue'
  /** Seconds after which an unsent invite is given up: a text that comes long after the call confuses. */
  readonly inviteTtlSeconds: number
}

export type HandoffChannel = SmsHandoffChannel | WaHandoffChannel | InappHandoffChannel

export interface SmsHandoffChannel {
  readonly channel: 'sms'
  readonly senderId: string
  /** May hold `{{1}}`: filled from the call's templateVariables. With variants it is the first one's. */
  readonly text: string
  readonly variants?: readonly SmsVariant[]
  /** Appended on a new line; empty: none. */
  readonly optOutLine: string
  /** The text comes from the number that matches the call: IVR number to sender id. */
  readonly senderByIvrNumber: Readonly<Record<string, string>>
}

export interface WaHandoffChannel {
  readonly channel: 'wa'
  readonly senderId: string
  /** With variants it is the first one's. */
  readonly templateId: string
  readonly variants?: readonly WaVariant[]
}

export interface InappHandoffChannel {
  readonly channel: 'inapp'
  /** Senders of channel `inapp`: of up to three apps, one a push service that the app is on. */
  readonly senderIds: readonly string[]
  /** Title and text: with variants they are the first one's. */
  readonly title: string
  readonly text: string
  readonly variants?: readonly InappVariant[]
}

/** First messages to be tried against each other: absent, or 2 to 10 (`domain/variant.ts`). */
export interface SmsVariant extends Variant {
  readonly text: string
}
export interface WaVariant extends Variant {
  readonly templateId: string
}
export interface InappVariant extends Variant {
  readonly title: string
  readonly text: string
}

/** Every template that this channel may send: its variants', or its own. */
export function templateIdsOf({ variants = [], templateId }: WaHandoffChannel): readonly string[] {
  return variants.length === 0 ? [templateId] : variants.map((variant) => variant.templateId)
}

/** Every text that this channel may send, with its title in front where it has one. */
export function textsOf(channel: SmsHandoffChannel | InappHandoffChannel): readonly string[] {
  if (channel.channel === 'sms') {
    const { variants = [] } = channel
    return variants.length === 0 ? [channel.text] : variants.map(({ text }) => text)
  }
  const { variants = [] } = channel
  return (variants.length === 0 ? [channel] : variants).map(({ title, text }) => `${title} ${text}`)
}

/** The original's default, editable (reference: onboarding, SMS row). */
export const defaultOptOutLine = 'To stop receiving messages, reply STOP. For help, reply HELP.'

export const handoffIdPattern = '^H[0-9]{15}$'
export const lookbackMinutes = { least: 60, most: 43_200, default: 43_200 }
export const inviteTtlSeconds = { least: 30, most: 86_400, default: 600 }

/** Senders that may carry this channel of the handoff for a call to `ivrNumber`, the preferred one first. */
export function sendersOf(channel: HandoffChannel, ivrNumber: string | null): readonly string[] {
  if (channel.channel === 'inapp') return channel.senderIds
  if (channel.channel === 'sms' && ivrNumber !== null && Object.hasOwn(channel.senderByIvrNumber, ivrNumber)) {
    return [channel.senderByIvrNumber[ivrNumber]!]
  }
  return [channel.senderId]
}
