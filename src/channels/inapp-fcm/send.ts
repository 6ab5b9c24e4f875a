import { isRecord } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { deviceOn, fittingPush, type PushPayload, pushSeconds, pushTexts } from '../push-payload.ts'
import { accessToken } from './access-token.ts'
import { sendFailure, tokenRefused } from './error-codes.ts'
import { type FcmSettings, settingsOf } from './settings.ts'

/** FCM's own bounds: bytes of notification and data together, and four weeks. */
const largestPush = 4096
const longestSeconds = 2_419_200

/**
 * Pushes one message to one device. Not repeated after an unclear answer, although a second copy would carry the same
 * collapse key and id: the app's own receipt tells (P3). An access token that FCM refuses is fetched anew, once.
 * @throws SendFailure see `sendFailure`; `unknown-outcome` for a yes that names no push.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const settings = settingsOf(sender)
  const device = deviceOn('fcm', out)
  const { account } = settings
  if (account === null) throw new SendFailure('misconfigured', { detail: 'the service account key cannot be read' })
  const body = JSON.stringify({ message: { token: device.token, ...pushMessage(out, sender, settings) } })
  const push = (token: string): Promise<OutboundAnswer> =>
    http({
      method: 'POST',
      url: `${settings.fcmBaseUrl}/v1/projects/${encodeURIComponent(settings.projectId)}/messages:send`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'application/json' },
      body,
      hide: { secrets: [device.token, token], texts: pushTexts(out) },
    })

  const token = await accessToken(account, http)
  let answer = await push(token)
  if (tokenRefused(answer)) answer = await push(await accessToken(account, http, token))
  if (answer.status < 200 || answer.status > 299) throw sendFailure(answer)
  const name = nameIn(answer.text)
  if (name === null)
    throw new SendFailure('unknown-outcome', { detail: `FCM answered ${answer.status} without a name` })
  return { providerId: name, status: 'sent' }
}

function pushMessage(out: Outgoing, sender: Sender, settings: FcmSettings): Readonly<Record<string, unknown>> {
  const seconds = pushSeconds(out, longestSeconds)
  const { messageId } = out
  // Topic: at most 32 characters of base64url, which a UUID without its hyphens just is.
  const webHeaders = { Urgency: 'high', Topic: messageId.replaceAll('-', '').slice(0, 32) }
  return fittingPush(out, sender, largestPush, (payload) => {
    const { title, body } = payload
    const shown = { ...(title === undefined ? {} : { title }), body }
    const content = settings.dataOnly
      ? { data: strings({ ...payload }) }
      : { notification: shown, data: strings({ ...payload, title: undefined, body: undefined }) }
    const push = {
      ...content,
      android: {
        priority: 'HIGH',
        collapse_key: messageId,
        ...(seconds === null ? {} : { ttl: `${seconds}s` }),
        ...(settings.dataOnly ? {} : { notification: { tag: messageId } }),
      },
      apns: {
        headers: {
          'apns-collapse-id': messageId,
          'apns-priority': '10',
          ...(seconds === null ? {} : { 'apns-expiration': String(Math.floor(Date.now() / 1000) + seconds) }),
        },
      },
      webpush: {
        headers: { ...webHeaders, ...(seconds === null ? {} : { TTL: String(seconds) }) },
        ...(settings.dataOnly ? {} : { notification: { tag: messageId } }),
      },
    }
    return { push, bytes: Buffer.byteLength(JSON.stringify(content)) }
  })
}

/** FCM takes strings only: numbers as digits, objects as JSON. */
function strings(payload: Partial<Record<keyof PushPayload, unknown>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(payload).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]],
    ),
  )
}

function nameIn(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text)
    const name = isRecord(body) ? body.name : undefined
    return typeof name === 'string' && /^projects\/[^/]{1,64}\/messages\/.{1,200}$/.test(name) ? name : null
  } catch {
    return null
  }
}
