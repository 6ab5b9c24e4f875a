import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import type { TwilioSettings } from './settings.ts'

/** Calls Twilio with the sender's API key, or with its Auth Token when it has none. @throws SendFailure from the way out. */
export function callTwilio(
  settings: TwilioSettings,
  http: OutboundHttp,
  request: { readonly method: 'GET' | 'POST'; readonly url: string; readonly form?: URLSearchParams },
): Promise<OutboundAnswer> {
  const [user, password] = settings.apiKey
    ? [settings.apiKey.sid, settings.apiKey.secret]
    : [settings.accountSid, settings.authToken]
  const headers = {
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    accept: 'application/json',
    ...(request.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
  }
  const { method, url } = request
  return http(request.form ? { method, url, headers, body: request.form.toString() } : { method, url, headers })
}

export function messagesPath(settings: TwilioSettings): string {
  return `/2010-04-01/Accounts/${settings.accountSid}/Messages.json`
}

/** A JSON object of unknown fields, or undefined for anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

/** `SM…` for texts, `MM…` for those with media. */
export function isMessageSid(value: unknown): value is string {
  return typeof value === 'string' && /^(SM|MM)[0-9a-f]{32}$/i.test(value)
}

/** Twilio's error number in a message resource or a callback; null for none. */
export function errorCodeOf(value: unknown): string | null {
  const code = typeof value === 'number' ? String(value) : value
  return typeof code === 'string' && /^[1-9]\d{0,7}$/.test(code) ? code : null
}
