import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { deviceOn, fittingPush, pushId, pushSeconds, pushTexts } from '../push-payload.ts'
import { keyOf, providerToken, renewedToken } from './provider-token.ts'
import { refusalIn, sendFailure } from './reasons.ts'
import { settingsOf } from './settings.ts'

/** Apple's bounds: bytes of an alert's payload, and the 30 days it keeps one. */
const largestPush = 4096
const longestSeconds = 2_592_000

/**
 * Pushes one message to one device. Not repeated after an unclear answer, although a second copy would carry the same
 * collapse id: the app's own receipt tells (P3). A provider token that Apple calls expired is renewed, once.
 * @throws SendFailure see `sendFailure`.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const settings = settingsOf(sender)
  const device = deviceOn('apns', out)
  if (!/^[0-9a-f]{16,400}$/i.test(device.token))
    throw new SendFailure('device-gone', { detail: 'the token of the device is none of APNs' })
  const id = pushId(out)
  const seconds = pushSeconds(out, longestSeconds)
  const body = fittingPush(out, sender, largestPush, ({ title, body: shown, ...fields }) => {
    const alert = { ...(title === undefined ? {} : { title }), body: shown }
    // mutable-content wakes the app's notification extension, which is what can tell us of the delivery.
    const push = JSON.stringify({ aps: { alert, sound: 'default', 'mutable-content': 1 }, ...fields })
    return { push, bytes: Buffer.byteLength(push) }
  })
  const connection = `${sender.accountId} ${keyOf(settings)}`
  const push = (token: string): Promise<OutboundAnswer> =>
    http({
      method: 'POST',
      url: `${settings.baseUrl}/3/device/${device.token}`,
      headers: {
        authorization: `bearer ${token}`,
        'content-type': 'application/json',
        'apns-topic': settings.bundleId,
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-id': id,
        'apns-collapse-id': out.messageId,
        ...(seconds === null ? {} : { 'apns-expiration': String(Math.floor(Date.now() / 1000) + seconds) }),
      },
      body,
      http2: settings.ca === null ? { connection } : { connection, ca: settings.ca },
      hide: { secrets: [device.token], texts: pushTexts(out) },
    })

  const token = await providerToken(settings)
  let answer = await push(token)
  if (answer.status === 403 && refusalIn(answer).reason === 'ExpiredProviderToken') {
    const renewed = await renewedToken(settings, token)
    if (renewed !== null) answer = await push(renewed)
  }
  if (answer.status !== 200) throw sendFailure(answer, device.registeredAt)
  return { providerId: id, status: 'sent' }
}
