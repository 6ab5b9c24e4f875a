import { keywordOf } from '../../domain/opt-out.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Heard, HeardMessage } from '../connector.ts'
import { phoneOf, userIdOf } from './addresses.ts'
import { type Fields, fieldsOf, messageIdOf, textOf } from './call-graph.ts'
import { contentOf } from './message-content.ts'
import { timeOf } from './time.ts'

/**
 * One message of a consumer. Somebody who hides their number is known by a business-scoped user id alone; where both are
 * shown the number is the address and the id stands beside it.
 */
export function hearMessage(message: Fields, contacts: readonly Fields[], sender: Sender): Heard {
  const providerId = messageIdOf(message.id)
  if (providerId === '') return { kind: 'ignored', why: 'a message without an id' }
  if (textOf(message.group_id) !== '') return { kind: 'ignored', why: 'a message to a group' }
  const contact = contactOf(message, contacts)
  const names = [
    phoneOf(message.from) || phoneOf(contact.wa_id),
    userIdOf(message.from_user_id) || userIdOf(message.from) || userIdOf(contact.user_id),
  ].filter((name) => name !== '')
  const [from] = names
  if (from === undefined) return { kind: 'ignored', why: 'a message from nobody' }
  if (from === sender.address) return { kind: 'ignored', why: 'a message of this number itself' }

  const { text, media } = contentOf(message)
  const system = fieldsOf(message.system)
  const known = [...names, phoneOf(contact.wa_id), phoneOf(system.wa_id) || phoneOf(system.new_wa_id)]
  const alsoKnownAs = [...new Set(known)].filter((name) => name !== '' && name !== from)
  return {
    kind: 'message',
    providerId,
    from,
    text,
    media,
    ...(alsoKnownAs.length === 0 ? {} : { alsoKnownAs }),
    profileName: textOf(fieldsOf(contact.profile).name) || null,
    at: timeOf(message.timestamp),
    keyword: pressedKeyword(message),
    providerAnswersKeywords: false,
  }
}

/** Who the message is from, of those that the same change describes. */
function contactOf(message: Fields, contacts: readonly Fields[]): Fields {
  const from = textOf(message.from)
  const userId = textOf(message.from_user_id)
  const found = contacts.find(
    (contact) =>
      (from !== '' && textOf(contact.wa_id) === from) || (userId !== '' && textOf(contact.user_id) === userId),
  )
  return found ?? (contacts.length === 1 ? fieldsOf(contacts[0]) : {})
}

/** A button says what it means by its payload, whatever its label: "Stop promotions" brings `STOP`. Typed words are judged later. */
function pressedKeyword(message: Fields): HeardMessage['keyword'] {
  const payload =
    textOf(fieldsOf(message.button).payload) || textOf(fieldsOf(fieldsOf(message.interactive).button_reply).id)
  const word = keywordOf(payload)
  return word === 'yes' ? null : word
}
