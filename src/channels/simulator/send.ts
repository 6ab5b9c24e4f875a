import { isRecord } from '../../domain/outside-data.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Found, Outgoing, SenderFinding, Sent } from '../connector.ts'
import type { FailureKind } from '../failures.ts'
import type { OutboundAnswer, OutboundHttp } from '../http.ts'
import { pushedText } from '../push-payload.ts'
import { callProvider, failureOf } from './call-provider.ts'
import { settingsOf } from './settings.ts'

/** No request of ours lives longer (the provider time-out's upper bound), so after it nothing can arrive any more. */
const settledAfterMs = 16_000

/**
 * Hands one message to the simulated provider.
 * @throws SendFailure `misconfigured` for a wrong secret or an unknown sender, `unknown-outcome` for anything unclear.
 */
export async function send(out: Outgoing, sender: Sender, http: OutboundHttp): Promise<Sent> {
  const { to, title, statusUrl } = out
  const body = JSON.stringify({ to, text: pushedText(out), title, statusUrl, reference: out.attemptToken })
  const answer = await callProvider(sender, http, { url: messagesUrl(out, sender), body })
  const id = parsed(answer).id
  if (answer.status !== 201 || typeof id !== 'string') throw failureOf(answer)
  return { providerId: id, status: 'sending' }
}

/** Asks the simulated provider for the message by our reference; it keeps every message it ever accepted. */
export async function find(out: Outgoing, since: Date, sender: Sender, http: OutboundHttp): Promise<Found> {
  const url = `${messagesUrl(out, sender)}?attempt=${encodeURIComponent(out.attemptToken)}`
  const answer = await callProvider(sender, http, { url })
  const { message, now } = parsed(answer)
  if (answer.status !== 200 || typeof now !== 'string') throw failureOf(answer)
  if (isRecord(message) && typeof message.id === 'string') {
    const status = message.status === 'delivered' || message.status === 'sent' ? message.status : 'sending'
    return { kind: 'found', providerId: message.id, status, failure: null }
  }
  return { kind: Date.parse(now) - since.getTime() >= settledAfterMs ? 'absent' : 'unsure' }
}

/** See `Connector.check`: whether the simulated provider takes our signature. */
export async function check(sender: Sender, http: OutboundHttp, hookUrl: string): Promise<readonly SenderFinding[]> {
  const url = `${messagesUrl({ statusUrl: hookUrl }, sender)}?attempt=none`
  const answer = await callProvider(sender, http, { url })
  const what = 'credentials'
  if (answer.status === 200) return [{ what, ok: true, sentence: 'The simulated provider takes the secret.' }]
  if (answer.status === 401) return [{ what, ok: false, sentence: 'The simulated provider refuses the secret.' }]
  throw failureOf(answer)
}

function messagesUrl(out: Pick<Outgoing, 'statusUrl'>, sender: Sender): string {
  const base = settingsOf(sender).baseUrl ?? new URL(out.statusUrl).origin
  return `${base}/simulator/provider/${sender.accountId}/${sender.senderId}/messages`
}

function parsed(answer: OutboundAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(answer.text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

/** Every kind this connector can give. */
export const claims: readonly FailureKind[] = ['content-rejected', 'misconfigured', 'unknown-outcome']
