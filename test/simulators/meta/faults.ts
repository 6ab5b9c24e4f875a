import type { FaultRules } from '../fault-rules.ts'
import type { ConnectionFault, ErrorFault, MessagingFault } from '../messaging/faults.ts'

/** What Meta can be asked. */
export type Operation =
  | 'send'
  | 'read'
  | 'create-template'
  | 'delete-template'
  | 'list-templates'
  | 'begin-upload'
  | 'upload'
  | 'media'
  | 'number'
  | 'subscribed-apps'
  | 'file'

/** What a rule looks at; a field left out fits everything. */
export interface FaultMatch {
  readonly operation?: Operation
  /** The consumer's number, E.164. */
  readonly to?: string
  readonly phoneNumberId?: string
  readonly bodyIncludes?: string
}

/** Goes wrong between Meta's API and its caller. */
export type ApiFault = (ErrorFault & { readonly subcode?: number; readonly details?: string }) | ConnectionFault

/** Goes wrong between Meta and the phone. */
export type StatusFault =
  | { readonly do: 'end'; readonly code: number; readonly details?: string }
  | { readonly do: 'stop-at'; readonly status: 'sent' | 'delivered' }

/** Goes wrong between Meta and our webhook. */
export type WebhookFault =
  | { readonly do: 'drop' }
  | { readonly do: 'double' }
  /** The other way round. */
  | { readonly do: 'reverse' }
  /** Behind everything else that waits. */
  | { readonly do: 'late' }
  /** Delivered before the send is answered. */
  | { readonly do: 'before-answer' }
  /** Times in milliseconds. */
  | { readonly do: 'milliseconds' }

export type FaultRule = MessagingFault<FaultMatch, ApiFault, StatusFault, WebhookFault>
export type Faults = FaultRules<FaultRule, FaultMatch>
