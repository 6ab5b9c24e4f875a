import type { Sender } from '../../domain/sender.ts'
import type { Heard, RawHook } from '../connector.ts'
import { field } from '../twilio/hook-fields.ts'
import { answeredKeyword, type Fields, ignored, mediaOf, parseHook } from '../twilio/parse-hook.ts'
import { isFromNumber, settingsOf } from './settings.ts'

/** Words that Twilio answers by itself on every number, unless it was told otherwise: STOP, START and HELP with their fellows. */
const answeredByTwilio = new Set(
  'STOP UNSUBSCRIBE END QUIT STOPALL REVOKE OPTOUT CANCEL START YES UNSTOP HELP INFO'.split(' '),
)

export function parse(hook: RawHook, sender: Sender): readonly Heard[] {
  return parseHook(hook, sender, { message: parseMessage })
}

function parseMessage(sid: string, fields: Fields, sender: Sender): readonly Heard[] {
  const settings = settingsOf(sender)
  const from = field(fields, 'From')
  if (!/^\+[1-9]\d{6,14}$/.test(from)) return ignored('not from a phone number')
  const to = field(fields, 'To')
  if (settings.messagingServiceSid === null && to !== '' && isFromNumber(sender.address) && to !== sender.address)
    return ignored('sent to another number than this sender’s')
  const text = field(fields, 'Body')
  const keyword = answeredKeyword(fields)
  return [
    {
      kind: 'message',
      providerId: sid,
      from,
      text,
      media: mediaOf(fields),
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
