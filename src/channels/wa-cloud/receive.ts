import type { Sender } from '../../domain/sender.ts'
import type { Heard, RawHook } from '../connector.ts'
import { type Fields, fieldsOf, jsonObject, listOf, textOf } from './call-graph.ts'
import { hearMessage } from './hear-message.ts'
import { hearPreference } from './hear-preference.ts'
import { hearStatus } from './hear-status.ts'
import { hearTemplate } from './hear-template.ts'
import { type CloudSettings, settingsOf } from './settings.ts'

/**
 * One call of Meta can carry several entries, each with several changes, each with messages and statuses, for several
 * numbers: one app has one address for all of them. What is this sender's is heard; all else is `ignored`, each with its reason,
 * never an error.
 */
export function parse(hook: RawHook, sender: Sender): readonly Heard[] {
  if (hook.method === 'GET') return ignored('the handshake')
  const body = jsonObject(hook.body.toString('utf8'))
  if (body === undefined) return ignored('no JSON object')
  if (body.object !== 'whatsapp_business_account') return ignored('not about WhatsApp')
  const settings = settingsOf(sender)
  const heard = listOf(body.entry).flatMap((entry) =>
    listOf(entry.changes).flatMap((change) => parseChange(entry, change, settings, sender)),
  )
  return heard.length > 0 ? heard : ignored('says nothing')
}

function parseChange(entry: Fields, change: Fields, settings: CloudSettings, sender: Sender): readonly Heard[] {
  const field = textOf(change.field)
  const value = fieldsOf(change.value)
  switch (field) {
    case 'messages':
    case 'user_preferences': {
      if (textOf(fieldsOf(value.metadata).phone_number_id) !== settings.phoneNumberId)
        return ignored('about another phone number')
      const contacts = listOf(value.contacts)
      const heard = [
        ...listOf(value.statuses).map(hearStatus),
        ...listOf(value.messages).map((message) => hearMessage(message, contacts, sender)),
        ...listOf(value.user_preferences).map(hearPreference),
        ...listOf(value.errors).flatMap((error) =>
          ignored(`an error of Meta’s own: ${textOf(error.code).slice(0, 8)}`),
        ),
      ]
      return heard.length > 0 ? heard : ignored('says nothing')
    }
    case 'message_template_status_update':
      if (textOf(entry.id) !== settings.wabaId) return ignored('about another business account')
      return [hearTemplate(value)]
    case 'message_template_quality_update':
    case 'message_template_components_update':
    case 'template_category_update':
      return ignored('a change of a template that leaves its status as it is')
    default:
      return ignored(/^\w{1,64}$/.test(field) ? `a field that is not used: ${field}` : 'a field that is not used')
  }
}

function ignored(why: string): readonly Heard[] {
  return [{ kind: 'ignored', why }]
}
