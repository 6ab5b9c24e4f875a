import type { Channel } from './channel.ts'

/**
 * Why a channel is left out, a closed table: the code for machines, the sentence for whoever reads `?explain=true`.
 * The two `lookup_…` leave nothing out: they say that a yes was given without knowing.
 */
export const eligibilityReasons = {
  channel_off: 'The channel is switched off in the settings of the account.',
  sender_broken: 'The channel has no working sender: it is switched off, or the provider refuses it.',
  provider_down: 'The provider of the channel has failed again and again, and is left out for a while.',
  template_not_approved: 'The WhatsApp template of the handoff is not approved.',
  stopped: 'A supervisor has switched the channel off for now, for this skill or for all.',
  opted_out: 'The consumer has opted out.',
  open_conversation: 'A conversation with the consumer is open.',
  quiet_hours: 'It is within the quiet hours of the account.',
  recent_invites: 'The consumer has been invited as often as the account allows.',
  destination_not_allowed: 'No text may go to this kind of number (premium or satellite).',
  own_number: "The number is one of the account's own senders.",
  landline: 'The number is a landline.',
  voip: 'The number is a fixed internet line, which takes no texts.',
  toll_free: 'The number is toll-free, which takes no texts.',
  no_texts: 'The number is of a kind that takes no texts.',
  invalid_number: 'The provider does not know the number.',
  not_reachable: 'The provider lately refused to deliver to the consumer on this channel.',
  not_on_whatsapp: 'The consumer is not on WhatsApp, as the provider lately said.',
  no_device: 'The consumer has no registered device in an app of the handoff.',
  lookup_slow: 'The provider did not tell the line type in time; the number counts as one that takes texts.',
  lookup_failed: 'The provider could not tell the line type; the number counts as one that takes texts.',
} as const satisfies Record<string, string>

export type EligibilityReasonCode = keyof typeof eligibilityReasons

export interface EligibilityReason {
  readonly channel: Channel
  readonly code: EligibilityReasonCode
  readonly message: string
}

/** @param because what more is known, in a sentence of its own. */
export function reason(channel: Channel, code: EligibilityReasonCode, because?: string): EligibilityReason {
  const sentence = eligibilityReasons[code]
  return { channel, code, message: because === undefined ? sentence : `${sentence} ${because}` }
}

/** True for the reasons that tell of a channel let in without knowing, not of one left out. */
export function isYesUnknowing(code: EligibilityReasonCode): boolean {
  return code === 'lookup_slow' || code === 'lookup_failed'
}
