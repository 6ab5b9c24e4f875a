import type { Channel } from './channel.ts'

/** An error as a call keeps it, with what decides whose words it is told in. */
export interface KeptError {
  readonly channel: Channel | null
  /** Of the sender that the invite went out with; null: none did. */
  readonly connector: string | null
  /** `c2m` or `provider`. */
  readonly source: string | null
  /** A number of ours or of the provider, or a kind of failure. */
  readonly code: string | null
  /** Of a provider's error: when it refused to take the message, or failed to deliver it. */
  readonly stage: string | null
}

/** As the compatible API tells it. `errorSource_errorCode` is the key of its maps. */
export interface ReportedError {
  readonly source: string
  readonly code: string
}

/** Our kinds of failure by the codes of the published dictionary (reference c2m.md, section 8.1). */
const ownKinds: Readonly<Record<string, string>> = {
  'no-channel': '1001',
  'open-conversation': '1400',
  'not-eligible': '1001',
  unreachable: '5403',
  throttled: '5403',
  expired: '5403',
  'unknown-outcome': '5403',
  misconfigured: '5401',
  'template-rejected': '5401',
  'content-rejected': '5401',
}
/** What nothing in the dictionary fits. */
const unexpected = '5000'

/** In the app a provider's own numbers are those of a push service, which the dictionary does not know. */
const inappKinds: Readonly<Record<string, string>> = { 'device-gone': '16', misconfigured: '19' }
const inappFailed = '17'

/** Kinds that a provider gave no number with, in the dictionary's numbers. */
const waKinds: Readonly<Record<string, string>> = {
  'window-closed': '470',
  expired: '410',
  'not-reachable-here': '1026',
}
const smsKinds: Readonly<Record<string, string>> = {
  'opted-out': '21610',
  'invalid-recipient': '21211',
  'not-reachable-here': '21614',
}
const network = 'ntw_err'

/** An error in the published dictionary's words; null when there is none. */
export function reportedError(kept: KeptError): ReportedError | null {
  const { channel, code } = kept
  if (code === null) return null
  const isNumber = /^[0-9]+$/.test(code)
  if (kept.source !== 'provider') return { source: 'c2m', code: isNumber ? code : (ownKinds[code] ?? unexpected) }
  if (channel === 'inapp') return { source: 'proactive', code: inappKinds[code] ?? inappFailed }
  const gateway = channel === 'wa' && kept.connector !== 'wa-twilio' ? 'wa' : 'twilio'
  const source = kept.stage === 'delivery' ? gateway : `outbound_${gateway}`
  return { source, code: isNumber ? code : ((gateway === 'wa' ? waKinds[code] : smsKinds[code]) ?? network) }
}

/** The dictionary's sentences, in our words. What is not here is told in the words kept with the call. */
const sentences: Readonly<Record<string, string>> = {
  c2m_1001: 'The consumer cannot be reached on this channel.',
  c2m_1300: 'The skill has no engagement.',
  c2m_1400: 'A conversation with the consumer is open, or the message may not be sent.',
  c2m_5000: 'Something unexpected happened.',
  c2m_5401: 'The message could not be made or sent as configured.',
  c2m_5403: 'The message was not taken in time.',
  c2m_5807: 'The address of the media is not allowed.',
  proactive_16: 'No device of the consumer can be reached.',
  proactive_17: 'The app message could not be sent.',
  proactive_19: 'The push service refuses the app’s credentials.',
  twilio_5008: 'No delivery receipt came within 72 hours.',
  twilio_30001: 'The queue was full.',
  twilio_30002: 'The account is suspended.',
  twilio_30003: 'The handset cannot be reached.',
  twilio_30004: 'The message was blocked.',
  twilio_30005: 'The destination is unknown.',
  twilio_30006: 'A landline, or a carrier that cannot be reached.',
  twilio_30007: 'The carrier filtered the message.',
  twilio_30008: 'The carrier gave no reason.',
  twilio_30032: 'The toll-free number is not verified.',
  outbound_twilio_20003: 'The provider refuses the credentials.',
  outbound_twilio_20500: 'The provider had a fault.',
  outbound_twilio_21211: 'The number is not valid.',
  outbound_twilio_21408: 'The region is not switched on.',
  outbound_twilio_21602: 'The message has no text.',
  outbound_twilio_21606: 'The sending number is not valid.',
  outbound_twilio_21610: 'The consumer has opted out.',
  outbound_twilio_21611: 'The sender’s queue is full.',
  outbound_twilio_21612: 'The number cannot be reached from this sender.',
  outbound_twilio_21614: 'The number is not a mobile one.',
  outbound_twilio_21617: 'The text is longer than 1,600 characters.',
  outbound_twilio_ntw_err: 'The provider could not be reached.',
  outbound_wa_400: 'The media could not be fetched.',
  outbound_wa_408: 'WhatsApp could not be reached.',
  outbound_wa_410: 'The message was not delivered in time.',
  outbound_wa_470: 'The consumer last wrote more than 24 hours ago; only a template may be sent.',
  outbound_wa_471: 'WhatsApp holds the sender back for its quality.',
  outbound_wa_495: 'The connection to WhatsApp is not trusted.',
  outbound_wa_1000: 'WhatsApp could not take a part of the message.',
  outbound_wa_1005: 'WhatsApp refuses access.',
  outbound_wa_1014: 'WhatsApp cannot reach the media.',
  outbound_wa_1026: 'The consumer cannot receive the message on WhatsApp.',
  outbound_wa_1031: 'The sender is locked.',
  outbound_wa_ntw_err: 'The provider could not be reached.',
}

export const errorKey = ({ source, code }: ReportedError): string => `${source}_${code}`

/** @param kept the sentence kept with the call. */
export function errorSentence(error: ReportedError, kept: string | null): string {
  return sentences[errorKey(error)] ?? kept ?? 'The provider gave no reason.'
}
