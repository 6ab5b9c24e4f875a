import type { NewTemplate } from '../connector.ts'
import { type NumberedContent, numberContent, valuesByNumber } from './content-numbering.ts'

/** The body of `POST /v1/Content`. */
export interface NewContent {
  readonly friendly_name: string
  readonly language: string
  /** Sample values by number, which WhatsApp's reviewers see. */
  readonly variables: Readonly<Record<string, string>>
  readonly types: Readonly<Record<string, unknown>>
}

type Action = Readonly<Record<'type' | 'title', string> & Partial<Record<'id' | 'url' | 'phone', string>>>

/**
 * A template in the words of Twilio's Content API: the plainest of its types that holds everything. `whatsapp/card` alone
 * has header and footer and mixes kinds of buttons.
 */
export function contentFor(template: NewTemplate): NewContent {
  const numbered = numberContent(template)
  return {
    friendly_name: template.name,
    language: template.language,
    variables: valuesByNumber(numbered.variables, template.samples).values,
    types: typeFor(template, numbered),
  }
}

function typeFor(template: NewTemplate, numbered: NumberedContent): NewContent['types'] {
  const { header, footer, buttons } = template
  const { body } = numbered
  const actions = buttons.map((button, place) => actionFor(button, numbered.buttons[place]!))
  const replies = buttons.filter(({ kind }) => kind === 'quick-reply').length
  if (header !== null || footer !== null || (replies > 0 && replies < buttons.length))
    return {
      'whatsapp/card': {
        body,
        ...(header === null
          ? {}
          : header.kind === 'text'
            ? { header_text: numbered.header }
            : { media: [numbered.header] }),
        ...(footer === null ? {} : { footer }),
        ...(actions.length === 0 ? {} : { actions }),
      },
    }
  if (actions.length === 0) return { 'twilio/text': { body } }
  return { [replies > 0 ? 'twilio/quick-reply' : 'twilio/call-to-action']: { body, actions } }
}

function actionFor({ kind, label }: NewTemplate['buttons'][number], value: string): Action {
  if (kind === 'url') return { type: 'URL', title: label, url: value }
  if (kind === 'phone') return { type: 'PHONE_NUMBER', title: label, phone: value }
  return { type: 'QUICK_REPLY', title: label, ...(value === '' ? {} : { id: value }) }
}
