import { keywordOf } from '../../domain/opt-out.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Heard, HeardMessage, RawHook } from '../connector.ts'
import { field } from '../twilio/hook-fields.ts'
import { answeredKeyword, type Fields, ignored, mediaOf, parseHook } from '../twilio/parse-hook.ts'
import { isPhone, isUserId, ourAddress } from './addresses.ts'
import { settingsOf } from './settings.ts'
import { whatsappFailure } from './status-failure.ts'

export function parse(hook: RawHook, sender: Sender): readonly Heard[] {
  return parseHook(hook, sender, { message: parseMessage, failure: whatsappFailure })
}

function parseMessage(sid: string, fields: Fields, sender: Sender): readonly Heard[] {
  const from = ourAddress(field(fields, 'From'))
  if (from === null) return ignored('not from a WhatsApp address')
  const to = field(fields, 'To')
  const ownAddress = settingsOf(sender).messagingServiceSid === null && isPhone(sender.address)
  if (ownAddress && to !== '' && ourAddress(to) !== sender.address)
    return ignored('sent to another number than this sender’s')
  const answered = answeredKeyword(fields)
  return [
    {
      kind: 'message',
      providerId: sid,
      from,
      text: textOf(fields),
      media: mediaOf(fields),
      alsoKnownAs: otherAddresses(from, fields),
      profileName: field(fields, 'ProfileName') || null,
      at: null,
      keyword: answered ?? pressedKeyword(fields),
      // Twilio leaves WhatsApp's keywords alone, unless Advanced Opt-Out names the one it has answered.
      providerAnswersKeywords: answered !== null,
    },
  ]
}

/** A template's own button says what it means by its payload, whatever language its label is in. Typed words are judged later. */
function pressedKeyword(fields: Fields): HeardMessage['keyword'] {
  const word = keywordOf(field(fields, 'ButtonPayload'))
  return word === 'yes' ? null : word
}

/** Twilio names the consumer by number or by user id, and the other beside it where it has it. */
function otherAddresses(from: string, fields: Fields): readonly string[] {
  const number = `+${field(fields, 'WaId').replace(/^\+/, '')}`
  const userId = field(fields, 'ExternalUserId').replace(/^whatsapp:/, '')
  const known = [isPhone(number) ? number : null, isUserId(userId) ? userId : null]
  return known.filter((address) => address !== null && address !== from) as string[]
}

/** What the agent reads: the text, the pressed button, the place; for what has none of them, the name of its type. */
function textOf(fields: Fields): string {
  const text = field(fields, 'Body') || field(fields, 'ButtonText') || placeOf(fields)
  if (text !== '' || (Number.parseInt(field(fields, 'NumMedia'), 10) || 0) > 0) return text
  const type = field(fields, 'MessageType')
  return /^[\w-]{1,32}$/.test(type) && type !== 'text' ? `[${type}]` : ''
}

function placeOf(fields: Fields): string {
  const [latitude, longitude] = [field(fields, 'Latitude'), field(fields, 'Longitude')]
  const number = /^-?\d{1,3}(\.\d{1,20})?$/
  if (!number.test(latitude) || !number.test(longitude)) return ''
  const names = [field(fields, 'Label'), field(fields, 'Address')].filter((name) => name !== '').join(', ')
  return `[location ${latitude}, ${longitude}${names === '' ? '' : `: ${names}`}]`
}
