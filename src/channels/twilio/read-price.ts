import { moneySaid } from '../../domain/money.ts'
import type { Sender } from '../../domain/sender.ts'
import type { HeardPrice } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import { accountSettingsOf } from './account-settings.ts'
import { callTwilio, isMessageSid, jsonObject } from './call-twilio.ts'
import { createFailure } from './error-codes.ts'
import { ourStatus } from './statuses.ts'

/**
 * What Twilio charged for one message, in or out: `price` and `price_unit` of the message, null until some minutes after it
 * went (reference providers.md, 1.1). The price is below zero, taken from the balance.
 * @throws SendFailure when Twilio could not be asked.
 */
export async function readPrice(providerId: string, sender: Sender, http: OutboundHttp): Promise<HeardPrice> {
  if (!isMessageSid(providerId)) return { kind: 'none' }
  const settings = accountSettingsOf(sender)
  const path = `/2010-04-01/Accounts/${settings.accountSid}/Messages/${providerId}.json`
  const answer = await callTwilio(settings, http, { method: 'GET', url: settings.apiBaseUrl + path })
  // Deleted there, or older than Twilio keeps.
  if (answer.status === 404 || answer.status === 410) return { kind: 'none' }
  if (answer.status !== 200) throw createFailure(answer)
  const message = jsonObject(answer.text)
  const money = moneySaid(message?.price, message?.price_unit)
  if (money !== null) return { kind: 'known', money }
  // What failed before it left is never charged; an undelivered one is.
  const word = typeof message?.status === 'string' ? message.status.toLowerCase() : ''
  return ourStatus(word) === 'failed' && word !== 'undelivered' ? { kind: 'free' } : { kind: 'later' }
}
