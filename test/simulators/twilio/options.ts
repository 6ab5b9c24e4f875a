import type { SimulatorOptions } from '../messaging/messaging-simulator.ts'
import type { TwilioKinds } from './world.ts'

export interface SimulatedNumber {
  readonly phoneNumber: string
  /** Where Twilio posts what consumers send to this number; may be set later with `inboundUrl`. */
  readonly smsUrl?: string
}

export interface SimulatedService {
  readonly sid: string
  /** The sender pool. */
  readonly numbers: readonly string[]
  readonly inboundUrl?: string
  /** Adds `OptOutType` to inbound keywords. */
  readonly advancedOptOut?: boolean
}

export interface SimulatedAccount {
  readonly accountSid: string
  readonly authToken: string
  readonly apiKeys?: readonly { readonly sid: string; readonly secret: string }[]
  /** A WhatsApp sender stands beside the numbers as `whatsapp:+12065550100`. */
  readonly numbers: readonly (string | SimulatedNumber)[]
  readonly messagingServices?: readonly SimulatedService[]
}

export interface TwilioSimulatorOptions extends SimulatorOptions<TwilioKinds> {
  readonly accounts: readonly SimulatedAccount[]
}

export interface JournalEntry {
  /** `create`: asked for over the API. `auto-reply`: Twilio's own answer to STOP, START or HELP. `inbound`: a consumer's message. */
  readonly kind: 'create' | 'auto-reply' | 'inbound'
  readonly sid: string
  readonly accountSid: string
  readonly messagingServiceSid: string | null
  readonly from: string | null
  readonly to: string
  readonly body: string
  readonly statusCallback: string | null
  readonly validityPeriod: number | null
  /** The approved content it was made from, and what stood in `ContentVariables`; null for free text. */
  readonly contentSid: string | null
  readonly contentVariables: string | null
  readonly mediaUrls: readonly string[]
  /** ISO time on the simulator's clock. */
  readonly at: string
}
