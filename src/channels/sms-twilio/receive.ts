import type { Sender } from '../../domain/sender.ts'
import type { Heard, HeardFailure, HeardMessage, HookAnswer, RawHook } from '../connector.ts'
import { errorCodeOf, isMessageSid } from './call-twilio.ts'
import { statusFailure } from './error-codes.ts'
import { field, hookFields } from './hook-fields.ts'
import { isFromNumber, settingsOf } from './settings.ts'
import { ourStatus } from './statuses.ts'

type Fields = Readonly<Record<string, string | readonly string[]>>

/** Words that Twilio answers by itself on every number, unless it was told otherwise: STOP, START and HELP with their fellows. */
const answeredByTwilio = new Set(
  'STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL START YES UNSTOP HELP INFO'.split(' '),
)

const keywords = { STOP: 'stop', START: 'start', HELP: 'help' } as const

/**
 * One webhook of Twilio is one message or one status. Parameters grow without notice, so nothing unknown is refused;
 * what is missing or strange makes the whole `ignored`, never an error.
 */
export function parse(hook: RawHook, sender: Sender): readonly Heard[] {
  const content = hookFields(hook)
  if (content.kind === 'none') return ignored('neither a form nor JSON')
  const { fields } = content
  const settings = settingsOf(sender)
  const account = field(fields, 'AccountSid')
  if (account !== '' && account !== settings.accountSid) return ignored('about another Twilio account')
  const sid = field(fields, 'MessageSid') || field(fields, 'SmsSid')
  if (!isMessageSid(sid)) return ignored('names no message')
  const status = (field(fields, 'MessageStatus') || field(fields, 'SmsStatus')).toLowerCase()
  // Inbound messages say `received`; a GET or a fallback address may leave it out, but then has a body.
  const inbound = status === 'received' || (status === '' && 'Body' in fields)
  return inbound ? parseMessage(sid, fields, sender) : parseStatus(sid, status, fields, hook)
}

function parseStatus(sid: string, word: string, fields: Fields, hook: RawHook): readonly Heard[] {
  const status = ourStatus(word)
  if (status === undefined) return ignored('a status we do not know')
  const providerCode = errorCodeOf(field(fields, 'ErrorCode'))
  const token = new URL(hook.url).searchParams.get('attempt') ?? ''
  const failure: HeardFailure | null =
    status === 'failed' ? { kind: word === 'canceled' ? 'expired' : statusFailure(providerCode), providerCode } : null
  const attemptToken = /^[\w-]{1,200}$/.test(token) ? token : null
  return [{ kind: 'status', providerId: sid, attemptToken, status, failure, at: null }]
}

function parseMessage(sid: string, fields: Fields, sender: Sender): readonly Heard[] {
  const settings = settingsOf(sender)
  const from = field(fields, 'From')
  if (!/^\+[1-9]\d{6,14}$/.test(from)) return ignored('not from a phone number')
  const to = field(fields, 'To')
  if (settings.messagingServiceSid === null && to !== '' && isFromNumber(sender.address) && to !== sender.address)
    return ignored('sent to another number than this sender’s')
  const text = field(fields, 'Body')
  const optOutType = field(fields, 'OptOutType').toUpperCase()
  const keyword = Object.hasOwn(keywords, optOutType) ? keywords[optOutType as keyof typeof keywords] : null
  return [
    {
      kind: 'message',
      providerId: sid,
      from,
      text,
      media: media(fields),
      at: null,
      keyword,
      providerAnswersKeywords: keyword !== null || (!settings.advancedOptOut && twilioAnswers(text)),
    },
  ]
}

/**
 * Twilio answers a bare keyword of its own list and blocks the number; a word that only we take for a keyword (`ARRET`)
 * it passes on in silence, and the confirmation is ours to send. Signs around the word count for nothing: where it is
 * unclear whether Twilio answered, one confirmation too few is better than two.
 */
function twilioAnswers(text: string): boolean {
  return answeredByTwilio.has(
    text
      .normalize('NFKC')
      .replace(/[^\p{L}]/gu, '')
      .toUpperCase(),
  )
}

function media(fields: Fields): HeardMessage['media'] {
  const count = Math.min(Number.parseInt(field(fields, 'NumMedia'), 10) || 0, 10)
  return Array.from({ length: Math.max(count, 0) }, (_, index) => ({
    url: field(fields, `MediaUrl${index}`),
    contentType: field(fields, `MediaContentType${index}`) || 'application/octet-stream',
  })).filter(({ url }) => /^https?:\/\//.test(url) && URL.canParse(url))
}

function ignored(why: string): readonly Heard[] {
  return [{ kind: 'ignored', why }]
}

/** An empty TwiML document: thank you, and nothing to send. Every answer of ours goes through the API instead. */
export function answer(): HookAnswer {
  return { status: 200, contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' }
}
