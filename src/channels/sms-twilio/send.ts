import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { callTwilio, errorCodeOf, isMessageSid, jsonObject, messagesPath } from './call-twilio.ts'
import { createFailure, statusFailure } from './error-codes.ts'
import { isFromNumber, settingsOf } from './settings.ts'
import { ourStatus } from './statuses.ts'

/** Seconds a message may wait in Twilio's queue: its own bounds. */
const validity = { least: 1, most: 36_000 }

/**
 * Creates one message. Twilio has no idempotency for messages: a create is never repeated here.
 * @throws SendFailure see `createFailure`; `unknown-outcome` for a yes that names no message of this account.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const settings = settingsOf(sender)
  const form = new URLSearchParams({ To: out.to })
  if (isFromNumber(sender.address)) form.set('From', sender.address)
  if (settings.messagingServiceSid !== null) form.set('MessagingServiceSid', settings.messagingServiceSid)
  form.set('Body', out.text)
  form.set('StatusCallback', out.statusUrl)
  if (out.ttlSeconds !== null) {
    const seconds = Math.min(Math.max(Math.floor(out.ttlSeconds), validity.least), validity.most)
    form.set('ValidityPeriod', String(seconds))
  }
  const url = settings.apiBaseUrl + messagesPath(settings)
  const answer = await callTwilio(settings, http, { method: 'POST', url, form })
  if (answer.status < 200 || answer.status > 299) throw createFailure(answer)

  const message = jsonObject(answer.text)
  if (!message || !isMessageSid(message.sid) || message.account_sid !== settings.accountSid)
    throw new SendFailure('unknown-outcome', {
      detail: `Twilio answered ${answer.status} without a message of this account`,
    })
  const status = typeof message.status === 'string' ? ourStatus(message.status) : undefined
  const code = errorCodeOf(message.error_code)
  if (status === 'failed')
    throw new SendFailure(statusFailure(code), { providerCode: code, detail: 'Twilio created the message as failed' })
  return { providerId: message.sid, status: status === undefined || status === 'sending' ? 'sending' : 'sent' }
}
