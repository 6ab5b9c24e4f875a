import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { createMessage } from '../twilio/create-message.ts'
import type { Ends } from '../twilio/ends.ts'
import { isPhone, twilioAddress } from './addresses.ts'
import { numberContent, valuesByNumber } from './content-numbering.ts'

/**
 * Sends one WhatsApp message: an approved content with its variables, or free text, with a file or without.
 * @throws SendFailure see `createMessage`; `template-rejected`, with nothing asked of Twilio, for a template that has no
 *   content there or lacks a variable.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  return createMessage(endsOf(out, sender), contentOf(out), out, sender, http)
}

export function endsOf(out: Pick<Outgoing, 'to'>, sender: Pick<Sender, 'address'>): Ends {
  return {
    to: twilioAddress(out.to),
    from: isPhone(sender.address) ? twilioAddress(sender.address) : null,
  }
}

function contentOf(out: Outgoing): Readonly<Record<string, string>> {
  if (out.template !== null) return templateContent(out, out.template)
  if (out.media === null) return { Body: out.text }
  return { ...(out.text === '' ? {} : { Body: out.text }), MediaUrl: out.media.url }
}

function templateContent(
  { providerTemplateId }: Outgoing,
  { template, variables }: NonNullable<Outgoing['template']>,
): Readonly<Record<string, string>> {
  if (providerTemplateId === null || !/^HX[0-9a-f]{32}$/i.test(providerTemplateId))
    throw new SendFailure('template-rejected', { detail: 'The template has no content at Twilio.' })
  const { values, missing } = valuesByNumber(numberContent(template).variables, variables)
  if (missing.length > 0)
    throw new SendFailure('template-rejected', { detail: `The template’s variables lack ${missing.join(', ')}.` })
  const content = { ContentSid: providerTemplateId }
  return Object.keys(values).length === 0 ? content : { ...content, ContentVariables: JSON.stringify(values) }
}
