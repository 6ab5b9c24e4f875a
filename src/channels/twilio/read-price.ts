import { moneySaid } from '../../domain/money.ts'
import type { Sender } from '../../domain/sender.ts'
import type { HeardPrice, HeardStatus } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { accountSettingsOf } from './account-settings.ts'
import { callTwilio, errorCodeOf, isMessageSid, jsonObject } from './call-twilio.ts'
import { createFailure, statusFailure } from './error-codes.ts'
import { ourStatus } from './statuses.ts'

/**
 * What Twilio charged for one message, in or out: `price` and `price_unit` of the message, null until some minutes after it
 * went (reference providers.md, 1.1). The price is below zero, taken from the balance. And what became of one of ours.
 * @throws SendFailure when Twilio could not be asked.
 */
export async function readPrice(
  providerId: string,
  sender: Sender,
  http: OutboundHttp,
): Promise<HeardPrice & { readonly status?: HeardStatus }> {
  if (!isMessageSid(providerId)) return { kind: 'none' }
  const settings = accountSettingsOf(sender)
  const path = `/2010-04-01/Accounts/${settings.accountSid}/Messages/${providerId}.json`
  const answer = await callTwilio(settings, http, { method: 'GET', url: settings.apiBaseUrl + path })
  // Deleted there, or older than Twilio keeps.
  if (answer.status === 404 || answer.status === 410) return { kind: 'none' }
  if (answer.status !== 200) throw createFailure(answer)
  const message = jsonObject(answer.text)
  const status = message && statusOf(providerId, message)
  return { ...priceOf(message), ...(status && { status }) }
}

function priceOf(message: Readonly<Record<string, unknown>> | undefined): HeardPrice {
  const money = moneySaid(message?.price, message?.price_unit)
  if (money !== null) return { kind: 'known', money }
  // What failed before it left is never charged; an undelivered one is.
  const word = typeof message?.status === 'string' ? message.status.toLowerCase() : ''
  return ourStatus(word) === 'failed' && word !== 'undelivered' ? { kind: 'free' } : { kind: 'later' }
}

/** Undefined for a message of the consumer's, and for a word that nobody knows. */
function statusOf(providerId: string, message: Readonly<Record<string, unknown>>): HeardStatus | undefined {
  const status = typeof message.status === 'string' ? ourStatus(message.status) : undefined
  if (status === undefined) return undefined
  const providerCode = errorCodeOf(message.error_code)
  const failure = status === 'failed' ? { kind: statusFailure(providerCode), providerCode } : null
  const at = typeof message.date_updated === 'string' ? Date.parse(message.date_updated) : Number.NaN
  return { kind: 'status', providerId, attemptToken: null, status, failure, at: Number.isNaN(at) ? null : new Date(at) }
}
