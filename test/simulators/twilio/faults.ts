import type { FaultRules } from '../fault-rules.ts'
import type { ConnectionFault, ErrorFault, MessagingFault } from '../messaging/faults.ts'

/** What Twilio can be asked, one name for each operation of its descriptions. */
export type Operation =
  | 'create'
  | 'fetch'
  | 'list'
  | 'lookup'
  | 'account'
  | 'numbers'
  | 'service'
  | 'typing'
  | 'content-create'
  | 'content-fetch'
  | 'content-delete'
  | 'content-list'
  | 'approval-create'
  | 'approval-fetch'

/** What a rule looks at; a field left out fits everything. */
export interface FaultMatch {
  readonly operation?: Operation
  readonly to?: string
  readonly from?: string
  readonly bodyIncludes?: string
}

/** Goes wrong between Twilio's API and its caller. */
export type ApiFault = ErrorFault | ConnectionFault

/** Goes wrong between Twilio and the phone. */
export type StatusFault =
  | {
      readonly do: 'end'
      readonly status: 'undelivered' | 'failed' | 'canceled'
      readonly errorCode?: number
      /** WhatsApp's own words about it, `ChannelStatusMessage`. */
      readonly channelStatusMessage?: string
    }
  | { readonly do: 'stop-at'; readonly status: 'queued' | 'sent' }

/** Goes wrong between Twilio and our webhook. */
export type WebhookFault =
  | { readonly do: 'drop' }
  | { readonly do: 'double' }
  /** Another order than the true one; the same `seed`, the same order. */
  | { readonly do: 'shuffle'; readonly seed?: number }
  /** Behind everything else that waits; with automatic callbacks `ms` later. */
  | { readonly do: 'late'; readonly ms?: number }
  /** Delivered before the create is answered. */
  | { readonly do: 'before-answer' }

export type FaultRule = MessagingFault<FaultMatch, ApiFault, StatusFault, WebhookFault>
export type Faults = FaultRules<FaultRule, FaultMatch>
