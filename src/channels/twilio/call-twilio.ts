import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '../http.ts'
import type { AccountSettings } from './account-settings.ts'

/** Calls Twilio with the sender's API key, or with its Auth Token when it has none. @throws SendFailure from the way out. */
export function callTwilio(
  settings: AccountSettings,
  http: OutboundHttp,
  request: Pick<OutboundRequest, 'method' | 'url' | 'fileUpTo'> & {
    readonly form?: URLSearchParams
    readonly json?: unknown
  },
): Promise<OutboundAnswer> {
  const [user, password] = settings.apiKey
    ? [settings.apiKey.sid, settings.apiKey.secret]
    : [settings.accountSid, settings.authToken]
  const { form, json, ...rest } = request
  const headers = {
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
    accept: request.fileUpTo === undefined ? 'application/json' : '*/*',
  }
  if (form)
    return http({
      ...rest,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    })
  if (json !== undefined)
    return http({ ...rest, headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(json) })
  return http({ ...rest, headers })
}

export function messagesPath(settings: AccountSettings): string {
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
