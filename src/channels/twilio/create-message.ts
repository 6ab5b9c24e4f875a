import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { accountSettingsOf } from './account-settings.ts'
import { callTwilio, errorCodeOf, isMessageSid, jsonObject, messagesPath } from './call-twilio.ts'
import type { Ends } from './ends.ts'
import { createFailure, statusFailure } from './error-codes.ts'
import { ourStatus } from './statuses.ts'

/** Seconds a message may wait in Twilio's queue: its own bounds. */
const validity = { least: 1, most: 36_000 }

/**
 * Asks Twilio to call again, up to five times, whatever went wrong: by itself it does so only where no connection came
 * about, and a status that met a restart of ours would be lost. Twilio keeps the fragment to itself: it is neither sent nor
 * signed. https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
const askToRepeat = '#rc=5&rp=all'

/**
 * Creates one message with the given content (`Body`, or `ContentSid`, ...). Twilio has no idempotency for messages: a
 * create is never repeated here.
 * @throws SendFailure see `createFailure`; `unknown-outcome` for a yes that names no message of this account.
 */
export async function createMessage(
  ends: Ends,
  content: Readonly<Record<string, string>>,
  out: Pick<Outgoing, 'statusUrl' | 'ttlSeconds'>,
  sender: Sender,
  http: OutboundHttp,
): Promise<Sent> {
  const settings = accountSettingsOf(sender)
  const form = new URLSearchParams({ To: ends.to })
  if (ends.from !== null) form.set('From', ends.from)
  if (settings.messagingServiceSid !== null) form.set('MessagingServiceSid', settings.messagingServiceSid)
  for (const [name, value] of Object.entries(content)) form.set(name, value)
  form.set('StatusCallback', out.statusUrl + askToRepeat)
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
