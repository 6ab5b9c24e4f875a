import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { phoneOf, recipientOf, userIdOf } from './addresses.ts'
import { callGraph, type Fields, jsonObject, listOf, messageIdOf } from './call-graph.ts'
import { answerFailure } from './error-codes.ts'
import { captionLimit, mediaKind } from './limits.ts'
import { settingsOf } from './settings.ts'
import { templateParts } from './template-parts.ts'

/**
 * Hands one message to Meta: a template, a file with its caption, or free text. Meta has no idempotency for messages and
 * cannot be asked for one, so a send is never repeated here; our attempt token travels as `biz_opaque_callback_data` and
 * comes back with every status. How long a message may wait is a property of the template, so `ttlSeconds` is not sent.
 * A yes means accepted: that the number is not on WhatsApp comes later by webhook (131026).
 * @throws SendFailure see `answerFailure`; `unknown-outcome` for a yes that names no message.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const settings = settingsOf(sender)
  const json = {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(out.to),
    biz_opaque_callback_data: out.attemptToken,
    ...content(out),
  }
  const answer = await callGraph(settings, http, { method: 'POST', path: `/${settings.phoneNumberId}/messages`, json })
  const body = jsonObject(answer.text)
  const [message] = listOf(body?.messages)
  const providerId = messageIdOf(message?.id)
  if (answer.status < 200 || answer.status > 299 || body?.error !== undefined) throw answerFailure(answer)
  if (providerId === '')
    throw new SendFailure('unknown-outcome', { detail: `Meta answered ${answer.status} without a message` })
  // `held_for_quality_assessment` and `paused` are accepted too: Meta sends it later, or says `failed` by webhook.
  const [contact] = listOf(body?.contacts)
  const knownAs = phoneOf(contact?.wa_id)
  // The consumer may answer by their user id alone, and is to be known by it then.
  const userId = userIdOf(contact?.user_id)
  return {
    ...{ providerId, status: 'sending' },
    ...(knownAs === '' || knownAs === out.to ? {} : { address: knownAs }),
    ...(userId === '' || userId === out.to ? {} : { alsoKnownAs: [userId] }),
  }
}

function content(out: Outgoing): Fields {
  if (out.template !== null) {
    const { template, variables } = out.template
    const components = templateParts(template, variables)
    const language = { policy: 'deterministic', code: template.language }
    return { type: 'template', template: { name: template.name, language, components } }
  }
  if (out.media === null) return { type: 'text', text: { body: out.text, preview_url: false } }
  const kind = mediaKind(out.media.contentType)
  if (kind === undefined)
    throw new SendFailure('content-rejected', { detail: 'WhatsApp takes no such file; nothing was asked of Meta.' })
  if ([...out.text].length > captionLimit)
    throw new SendFailure('content-rejected', { detail: 'The caption is too long; nothing was asked of Meta.' })
  const file = {
    link: out.media.url,
    ...(out.text === '' ? {} : { caption: out.text }),
    ...(kind === 'document' ? { filename: out.media.fileName } : {}),
  }
  return { type: kind, [kind]: file }
}
