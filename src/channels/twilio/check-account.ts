import type { SenderFinding } from '../connector.ts'
import type { OutboundHttp } from '../http.ts'
import type { AccountSettings } from './account-settings.ts'
import { callTwilio, isRecord, jsonObject } from './call-twilio.ts'
import { createFailure } from './error-codes.ts'

const accountStates: Readonly<Record<string, string>> = {
  active: 'Twilio takes the credentials, and the account is active.',
  suspended: 'The Twilio account is suspended: see its console, most often the balance.',
  closed: 'The Twilio account is closed.',
}

/**
 * Whether Twilio takes the sender's credentials. With an API key the account itself may not be asked for (only main keys
 * may): its messages are.
 * @throws SendFailure when Twilio could not be asked.
 */
export async function checkAccount(settings: AccountSettings, http: OutboundHttp): Promise<SenderFinding> {
  const account = `${settings.apiBaseUrl}/2010-04-01/Accounts/${settings.accountSid}`
  const url = settings.apiKey === null ? `${account}.json` : `${account}/Messages.json?PageSize=1`
  const answer = await callTwilio(settings, http, { method: 'GET', url })
  const what = 'credentials'
  if (answer.status === 401 || answer.status === 403 || answer.status === 404)
    return { what, ok: false, sentence: 'Twilio refuses the Account SID with this Auth Token or API key.' }
  if (answer.status !== 200) throw createFailure(answer)
  const status = settings.apiKey === null ? String(jsonObject(answer.text)?.status ?? '') : 'active'
  const sentence = Object.hasOwn(accountStates, status)
    ? accountStates[status]!
    : 'Twilio does not say how the account is.'
  return { what, ok: status === 'active', sentence }
}

/** Whether the number is the account's, takes texts, and where Twilio brings what consumers write. @throws SendFailure */
export async function checkNumber(
  settings: AccountSettings,
  http: OutboundHttp,
  number: string,
  hookUrl: string,
): Promise<readonly SenderFinding[]> {
  const path = `/2010-04-01/Accounts/${settings.accountSid}/IncomingPhoneNumbers.json`
  const url = `${settings.apiBaseUrl}${path}?PhoneNumber=${encodeURIComponent(number)}`
  const answer = await callTwilio(settings, http, { method: 'GET', url })
  if (answer.status !== 200) throw createFailure(answer)
  const listed = jsonObject(answer.text)?.incoming_phone_numbers
  const found = (Array.isArray(listed) ? listed : []).filter(isRecord).find((one) => one.phone_number === number)
  if (found === undefined)
    return [{ what: 'number', ok: false, sentence: 'The number is not one of this Twilio account’s.' }]
  const takesTexts = isRecord(found.capabilities) && found.capabilities.sms === true
  const sentence = takesTexts ? 'The number is the account’s and takes texts.' : 'The number cannot send or get texts.'
  const number_ = { what: 'number', ok: takesTexts, sentence }
  return settings.messagingServiceSid === null ? [number_, webhookFinding(found.sms_url, hookUrl)] : [number_]
}

/**
 * Where the Messaging Service brings what consumers write.
 * @param base Twilio's address for its messaging API. @throws SendFailure
 */
export async function checkService(
  settings: AccountSettings,
  http: OutboundHttp,
  serviceSid: string,
  hookUrl: string,
  base = settings.apiBaseUrl.replace('//api.twilio.com', '//messaging.twilio.com'),
): Promise<readonly SenderFinding[]> {
  const answer = await callTwilio(settings, http, { method: 'GET', url: `${base}/v1/Services/${serviceSid}` })
  const what = 'messaging-service'
  if (answer.status === 404)
    return [{ what, ok: false, sentence: 'The Messaging Service is not one of this Twilio account’s.' }]
  if (answer.status !== 200) throw createFailure(answer)
  const service = jsonObject(answer.text)
  const known = { what, ok: true, sentence: 'The Messaging Service is there.' }
  if (service?.use_inbound_webhook_on_number === true) {
    const sentence = 'The Messaging Service leaves the webhook to its numbers: enter the address at each of them.'
    return [known, { what: 'webhook', ok: true, sentence }]
  }
  return [known, webhookFinding(service?.inbound_request_url, hookUrl)]
}

function webhookFinding(given: unknown, hookUrl: string): SenderFinding {
  const what = 'webhook'
  if (given === hookUrl) return { what, ok: true, sentence: 'Twilio brings what consumers write to this server.' }
  const none = typeof given !== 'string' || given === ''
  const now = none ? 'has no address' : 'has another address'
  return { what, ok: false, sentence: `Twilio ${now} for incoming messages: enter ${hookUrl} there, with POST.` }
}
