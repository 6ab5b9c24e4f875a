import webPush from 'web-push'
import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { SendFailure } from '../failures.ts'
import type { OutboundHttp } from '../http.ts'
import { deviceOn, fittingPush, pushId, pushSeconds, pushTexts } from '../push-payload.ts'
import { sendFailure } from './answers.ts'
import { isPushEndpoint } from './push-hosts.ts'
import { settingsOf, type WebpushSettings } from './settings.ts'
import { type Subscription, secretsIn, subscriptionOf } from './subscription.ts'

/** Every push service takes an encrypted body of 4096 bytes; the library checks no size. */
const largestPush = 4096
/** Four weeks, the longest any of them keeps a push, and what is asked for when the message sets no end. */
const longestSeconds = 2_419_200

/**
 * Encrypts one message for one browser and hands it to its push service. Not repeated after an unclear answer, although a
 * second copy would carry the same Topic: the app's own receipt tells (P3).
 * @throws SendFailure see `sendFailure`.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const settings = settingsOf(sender)
  const subscription = subscriptionOf(deviceOn('webpush', out).token)
  if (!isPushEndpoint(subscription.endpoint, settings.pushHosts))
    throw new SendFailure('device-gone', { detail: 'the endpoint of the subscription is at no known push service' })
  const { headers, body } = fittingPush(out, sender, largestPush, (payload) => {
    // The page's worker shows it with this tag: a second copy takes the first one's place.
    const push = encrypted(subscription, JSON.stringify({ ...payload, tag: out.messageId }), settings, out)
    return { push, bytes: push.body.length }
  })
  const signed = headers.authorization ?? ''
  const answer = await http({
    method: 'POST',
    url: subscription.endpoint,
    headers,
    body,
    hide: { secrets: [...secretsIn(subscription), /t=([^,]+)/.exec(signed)?.[1] ?? signed], texts: pushTexts(out) },
  })
  if (answer.status < 200 || answer.status > 299) throw sendFailure(answer)
  return { providerId: pushId(out), status: 'sent' }
}

/** @throws SendFailure `misconfigured` when the VAPID keys cannot sign, `device-gone` when the browser's key is no point of the curve. */
function encrypted(
  subscription: Subscription,
  payload: string,
  { subject, publicKey, privateKey }: WebpushSettings,
  out: Outgoing,
): { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer } {
  try {
    const details = webPush.generateRequestDetails(subscription, payload, {
      vapidDetails: { subject, publicKey, privateKey },
      TTL: pushSeconds(out, longestSeconds) ?? longestSeconds,
      contentEncoding: 'aes128gcm',
      urgency: 'high',
      // At most 32 characters of base64url, which a UUID without its hyphens just is.
      topic: out.messageId.replaceAll('-', '').slice(0, 32),
    })
    const headers = Object.entries(details.headers as Record<string, string | number>)
      .map(([name, value]) => [name.toLowerCase(), String(value)] as const)
      .filter(([name]) => name !== 'content-length')
    return { headers: Object.fromEntries(headers), body: details.body }
  } catch (error) {
    const kind =
      error instanceof Error && /vapid|subject|key should/i.test(error.message) ? 'misconfigured' : 'device-gone'
    throw new SendFailure(kind, { detail: 'the push could not be encrypted and signed' })
  }
}
