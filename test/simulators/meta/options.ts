import type { SimulatorOptions } from '../messaging/messaging-simulator.ts'
import type { MetaKinds } from './world.ts'

export type Scope = 'whatsapp_business_messaging' | 'whatsapp_business_management'

export interface SimulatedNumber {
  readonly phoneNumberId: string
  /** Digits, as webhooks show it. */
  readonly displayPhoneNumber: string
}

/** One app with one business account, as most brands have it. */
export interface SimulatedBusiness {
  readonly wabaId: string
  readonly appSecret: string
  readonly verifyToken: string
  readonly tokens: readonly { readonly token: string; readonly scopes: readonly Scope[] }[]
  readonly numbers: readonly SimulatedNumber[]
  /** No app gets the account's webhooks. */
  readonly unsubscribed?: boolean
  readonly templates?: readonly SimulatedTemplate[]
}

export type TemplateState = 'PENDING' | 'APPROVED' | 'REJECTED' | 'PAUSED' | 'DISABLED'

export interface SimulatedTemplate {
  readonly name: string
  readonly language: string
  readonly category: string
  readonly status: TemplateState
  readonly components: readonly Readonly<Record<string, unknown>>[]
}

export interface MetaSimulatorOptions extends SimulatorOptions<MetaKinds> {
  readonly businesses: readonly SimulatedBusiness[]
  /** Where free text outside the 24 hours is refused. Meta accepts it and says `failed` later; it may also say so at once. */
  readonly windowRefusal?: 'webhook' | 'api'
  /** Messages of one number: to one consumer in six seconds (131056), in all in a second (130429). Default: any. */
  readonly pace?: { readonly pair?: number; readonly number?: number }
}

export interface JournalEntry {
  /** `create`: asked for over the API. `inbound`: a consumer's message. `read`: a read mark, perhaps with typing. */
  readonly kind: 'create' | 'inbound' | 'read'
  readonly id: string
  readonly phoneNumberId: string
  /** The consumer's number, E.164. */
  readonly consumer: string
  readonly type: string
  /** Text, caption or template name. */
  readonly body: string
  readonly opaque: string | null
  /** ISO time on the simulator's clock. */
  readonly at: string
  /** The request as it came; null for a consumer's message. */
  readonly request: Readonly<Record<string, unknown>> | null
}
