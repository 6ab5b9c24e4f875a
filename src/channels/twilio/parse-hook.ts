import { attemptParameter } from '../../domain/hook-path.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Heard, HeardFailure, HeardMessage, HookAnswer, RawHook } from '../connector.ts'
import type { FailureKind } from '../failures.ts'
import { accountSettingsOf } from './account-settings.ts'
import { errorCodeOf, isMessageSid } from './call-twilio.ts'
import { statusFailure } from './error-codes.ts'
import { field, hookFields } from './hook-fields.ts'
import { ourStatus } from './statuses.ts'

export type Fields = Readonly<Record<string, string | readonly string[]>>

/** What differs from channel to channel. */
export interface ChannelReading {
  readonly message: (sid: string, fields: Fields, sender: Sender) => readonly Heard[]
  /** What a failed status means; by its error number alone unless given. */
  readonly failure?: (code: string | null, fields: Fields) => FailureKind
}

const keywords = { STOP: 'stop', START: 'start', HELP: 'help' } as const

/**
 * One webhook of Twilio is one message or one status. Parameters grow without notice, so nothing unknown is refused;
 * what is missing or strange makes the whole `ignored`, never an error.
 */
export function parseHook(hook: RawHook, sender: Sender, reading: ChannelReading): readonly Heard[] {
  const content = hookFields(hook)
  if (content.kind === 'none') return ignored('neither a form nor JSON')
  const { fields } = content
  const account = field(fields, 'AccountSid')
  if (account !== '' && account !== accountSettingsOf(sender).accountSid) return ignored('about another Twilio account')
  const sid = field(fields, 'MessageSid') || field(fields, 'SmsSid')
  if (!isMessageSid(sid)) return ignored('names no message')
  const status = (field(fields, 'MessageStatus') || field(fields, 'SmsStatus')).toLowerCase()
  // Inbound messages say `received`; a GET or a fallback address may leave it out, but then has a body.
  const inbound = status === 'received' || (status === '' && 'Body' in fields)
  return inbound ? reading.message(sid, fields, sender) : parseStatus(sid, status, fields, hook, reading)
}

function parseStatus(
  sid: string,
  word: string,
  fields: Fields,
  hook: RawHook,
  reading: ChannelReading,
): readonly Heard[] {
  const status = ourStatus(word)
  if (status === undefined) return ignored('a status we do not know')
  const providerCode = errorCodeOf(field(fields, 'ErrorCode'))
  const token = new URL(hook.url).searchParams.get(attemptParameter) ?? ''
  const means = reading.failure ?? statusFailure
  const failure: HeardFailure | null =
    status === 'failed' ? { kind: word === 'canceled' ? 'expired' : means(providerCode, fields), providerCode } : null
  const attemptToken = /^[\w-]{1,200}$/.test(token) ? token : null
  return [{ kind: 'status', providerId: sid, attemptToken, status, failure, at: null }]
}

/** The keyword that Twilio says it has recognised and answered (Advanced Opt-Out); null for none. */
export function answeredKeyword(fields: Fields): HeardMessage['keyword'] {
  const type = field(fields, 'OptOutType').toUpperCase()
  return Object.hasOwn(keywords, type) ? keywords[type as keyof typeof keywords] : null
}

export function mediaOf(fields: Fields): HeardMessage['media'] {
  const count = Math.min(Number.parseInt(field(fields, 'NumMedia'), 10) || 0, 10)
  return Array.from({ length: Math.max(count, 0) }, (_, index) => ({
    url: field(fields, `MediaUrl${index}`),
    contentType: field(fields, `MediaContentType${index}`) || 'application/octet-stream',
  })).filter(({ url }) => /^https?:\/\//.test(url) && URL.canParse(url))
}

export function ignored(why: string): readonly Heard[] {
  return [{ kind: 'ignored', why }]
}

/** An empty TwiML document: thank you, and nothing to send. Every answer of ours goes through the API instead. */
export function answerHook(): HookAnswer {
  return { status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }
}
