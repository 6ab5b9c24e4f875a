import type { HeardMedia, HeardMessage } from '../connector.ts'
import { phoneOf } from './addresses.ts'
import { type Fields, fieldsOf, listOf, textOf } from './call-graph.ts'

type Content = Pick<HeardMessage, 'text' | 'media'>

/** Longest piece of a form's answer shown in the thread. */
const formCharacters = 2_000

/**
 * What a message of any type says to the agent who reads it. What is no text is shown in brackets, `[location 52.1, 4.3]`; a type
 * that Meta invents later shows its name.
 */
export function contentOf(message: Fields): Content {
  const type = textOf(message.type)
  const part = fieldsOf(message[type])
  switch (type) {
    case 'text':
      return said(textOf(part.body))
    case 'button':
      return said(textOf(part.text) || textOf(part.payload))
    case 'interactive':
      return said(interactiveText(part))
    case 'image':
    case 'audio':
    case 'video':
    case 'document':
    case 'sticker':
      return fileContent(type, part)
    case 'location':
      return said(locationText(part))
    case 'contacts':
      return said(listOf(message.contacts).map(contactText).join('\n') || '[contact]')
    case 'reaction':
      return said(textOf(part.emoji) === '' ? '[reaction removed]' : `[reaction ${textOf(part.emoji)}]`)
    case 'order':
      return said(orderText(part))
    case 'system':
      return said(systemText(part))
    default:
      return said(/^\w{1,64}$/.test(type) ? `[${type}]` : '[unknown message]')
  }
}

const said = (text: string): Content => ({ text, media: [] })

function interactiveText(part: Fields): string {
  const button = fieldsOf(part.button_reply)
  const row = fieldsOf(part.list_reply)
  const form = fieldsOf(part.nfm_reply)
  const title = textOf(button.title) || textOf(row.title) || textOf(button.id) || textOf(row.id)
  if (title !== '') return title
  const answers = textOf(form.response_json) || textOf(form.body)
  if (answers !== '') return `[form ${answers.slice(0, formCharacters)}]`
  return bracketed('interactive', textOf(part.type))
}

function fileContent(type: string, part: Fields): Content {
  const id = textOf(part.id)
  const caption = textOf(part.caption)
  if (!/^[\w-]{1,128}$/.test(id)) return said(caption === '' ? `[${type}]` : `[${type}] ${caption}`)
  const fileName = textOf(part.filename)
  const file: HeardMedia = {
    url: id,
    contentType: textOf(part.mime_type) || 'application/octet-stream',
    ...(fileName === '' ? {} : { fileName }),
  }
  return { text: caption, media: [file] }
}

function locationText(part: Fields): string {
  const place = [textOf(part.name), textOf(part.address)].filter((text) => text !== '').join(', ')
  const point = `location ${textOf(part.latitude)}, ${textOf(part.longitude)}`
  return place === '' ? `[${point}]` : `[${point}: ${place}]`
}

function contactText(contact: Fields): string {
  const phones = listOf(contact.phones).map((phone) => textOf(phone.phone) || textOf(phone.wa_id))
  const name = textOf(fieldsOf(contact.name).formatted_name)
  return bracketed('contact', [name, ...phones].filter((text) => text !== '').join(' '))
}

function orderText(part: Fields): string {
  const items = listOf(part.product_items).map(
    (item) =>
      `${textOf(item.quantity)} × ${textOf(item.product_retailer_id)} at ${textOf(item.item_price)} ${textOf(item.currency)}`,
  )
  const order = bracketed('order', items.join(', '))
  const note = textOf(part.text)
  return note === '' ? order : `${order} ${note}`
}

function systemText(part: Fields): string {
  const number = phoneOf(part.wa_id) || phoneOf(part.new_wa_id)
  if (number !== '' && /^user_changed_number$|^customer_changed_number$/.test(textOf(part.type)))
    return `[changed number to ${number}]`
  return bracketed('system', textOf(part.body) || textOf(part.type))
}

const bracketed = (what: string, detail: string): string => (detail === '' ? `[${what}]` : `[${what} ${detail}]`)
