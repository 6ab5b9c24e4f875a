import type { Sender } from '../../domain/sender.ts'
import type { Outgoing, Sent } from '../connector.ts'
import { type FailureKind, SendFailure } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { deviceOn, fittingPush, pushId, pushTexts } from '../push-payload.ts'
import { retryAfterMs } from '../retry-after.ts'
import { settingsOf } from './settings.ts'

/** What the push services behind any such endpoint take. */
const largestPush = 4096
/** The original sends again 10 s after a 5xx. */
const againAfterMs = 10_000

/**
 * What the endpoint's answer means. A 5xx is its no, by contract to be sent again: the endpoint knows a copy by `id`. A break
 * or a time-out is silence, and stays unknown here although the original sends again after those too (P3). A redirect that
 * keeps the method says that the endpoint is elsewhere; one that does not may come after the deed.
 */
export const answers: Readonly<Record<number, FailureKind>> = {
  301: 'misconfigured',
  307: 'misconfigured',
  308: 'misconfigured',
  401: 'misconfigured',
  403: 'device-gone',
  404: 'misconfigured',
  405: 'misconfigured',
  429: 'throttled',
}

/**
 * Hands one message to the brand's own push endpoint.
 * @throws SendFailure see `answers`; another 4xx is `content-rejected`.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const { url, appName, basic, headers, tls } = settingsOf(sender)
  const device = deviceOn('proxy', out)
  const id = pushId(out)
  const body = fittingPush(out, sender, largestPush, (payload) => {
    const push = JSON.stringify({ appName, consumerId: out.to, deviceToken: device.token, pushId: id, ...payload })
    return { push, bytes: Buffer.byteLength(push) }
  })
  const answer = await http({
    method: 'POST',
    url,
    headers: {
      ...Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
      ...(basic === null ? {} : { authorization: `Basic ${btoaUtf8(`${basic.user}:${basic.password}`)}` }),
      'content-type': 'application/json',
      accept: 'application/json',
    },
    body,
    ...(tls === null ? {} : { tls }),
    hide: { secrets: [...headers.map(([, value]) => value), device.token, out.to], texts: pushTexts(out) },
  })
  if (answer.status < 200 || answer.status > 299) throw sendFailure(answer)
  return { providerId: id, status: 'sent' }
}

function sendFailure(answer: OutboundAnswer): SendFailure {
  const failure = (kind: FailureKind, waitMs: number | null = null) =>
    new SendFailure(kind, {
      providerCode: String(answer.status),
      retryAfterMs: waitMs,
      detail: `the push endpoint answered ${answer.status}`,
    })
  if (answer.status >= 500) return failure('unreachable', retryAfterMs(answer) ?? againAfterMs)
  const known = answers[answer.status]
  if (known !== undefined) return failure(known, known === 'throttled' ? retryAfterMs(answer) : null)
  return failure(answer.status >= 400 && answer.status !== 408 ? 'content-rejected' : 'unknown-outcome')
}

function btoaUtf8(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
