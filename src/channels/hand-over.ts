import type { AccountConfig } from '../domain/account.ts'
import { mayStillCall } from '../domain/attempt.ts'
import type { Clock } from '../domain/clock.ts'
import { statusUrl } from '../domain/hook-path.ts'
import type { StoredMedia } from '../domain/message.ts'
import { type Sender, senderWorks } from '../domain/sender.ts'
import { noVariables, type TemplateVariables } from '../domain/template.ts'
import type { Connector, Outgoing, PushDevice, Sent } from './connector.ts'
import { failures, SendFailure } from './failures.ts'
import type { Exchange, OutboundHttp } from './http.ts'

/** How handing one message to its provider ended, with the exchanges it took, redacted. */
export type HandOver = { readonly exchanges: readonly Exchange[] } & (
  | { readonly kind: 'sent'; readonly sent: Sent }
  /** Certainly nothing went out, and the same attempt may be made again. */
  | { readonly kind: 'unsent'; readonly failure: SendFailure }
  /** The provider said no. `unauthorized`: to the credentials, so to everything of this sender. */
  | { readonly kind: 'refused'; readonly failure: SendFailure; readonly unauthorized: boolean }
  /** It may have gone out. `fault`: what was thrown when it was no SendFailure, which is a bug. */
  | { readonly kind: 'unknown'; readonly failure: SendFailure; readonly fault: unknown }
  /** The claim was no longer ours when a request was about to leave: nothing was sent, and nothing may be. */
  | { readonly kind: 'too-late' }
)

/** The parts of the process that carry a message; `Deps` has them all. */
export interface Carrier {
  readonly publicUrl: string
  readonly clock: Clock
  readonly connectors: ReadonlyMap<string, Connector>
  readonly outbound: (sender: Sender, onExchange: (exchange: Exchange) => void) => OutboundHttp
  readonly config: { readonly providerTimeoutMs: number }
}

/** What is handed over: a stored attempt with its message. */
export interface Carried {
  readonly senderId: string
  readonly messageId: string
  readonly token: string
  readonly address: string
  readonly body: string
  readonly title: string | null
  readonly templateId: string | null
  readonly templateVariables: TemplateVariables | null
  readonly media: readonly StoredMedia[]
  /** In-app: the device it is for. */
  readonly deviceId: string | null
  /** Null while `deviceId` is not: the device is no longer there. */
  readonly device: PushDevice | null
  readonly campaign: Outgoing['campaign']
  readonly ttlSeconds: number | null
}

class ClaimLost extends Error {}

/**
 * Calls the sender's connector and says what came of it, whatever that throws; never throws itself. The claim is looked at
 * right before each request leaves, because a process can sleep anywhere before: a frozen holder that wakes up must not
 * send (reliability PR-05).
 *
 * One window remains, and no check of ours can close it: a process frozen after that look and before the kernel has the
 * request's bytes sends them when it wakes. It is a few hundred microseconds of work, or the time to connect, most of which
 * the request's own time-out ends. Whoever took over may have sent by then. A callback for the second copy brings the same
 * token and is shown to the operator (`second-copy`).
 *
 * @param heldSince `carrier.clock.monotonic()` from before the claim was asked for.
 */
export async function handOver(
  carrier: Carrier,
  config: AccountConfig,
  attempt: Carried,
  heldSince: number,
): Promise<HandOver> {
  const exchanges: Exchange[] = []
  const sender = config.senders.get(attempt.senderId)
  const connector = carrier.connectors.get(sender?.connector ?? '')
  if (!senderWorks(sender) || connector === undefined)
    return { kind: 'refused', exchanges, failure: new SendFailure('misconfigured'), unauthorized: false }
  // Deleted while the message waited: its words alone are no message that WhatsApp takes.
  if (attempt.templateId !== null && !config.templates.has(attempt.templateId))
    return { kind: 'refused', exchanges, failure: new SendFailure('template-rejected'), unauthorized: false }
  if (attempt.deviceId !== null && attempt.device === null)
    return { kind: 'refused', exchanges, failure: new SendFailure('device-gone'), unauthorized: false }

  let unauthorized = false
  const http = carrier.outbound(sender, (exchange) => exchanges.push(exchange))
  const guarded: OutboundHttp = async (request) => {
    const heldMs = carrier.clock.monotonic() - heldSince
    if (!mayStillCall(heldMs, carrier.config.providerTimeoutMs)) throw new ClaimLost()
    const answer = await http(request)
    unauthorized = answer.status === 401
    return answer
  }
  try {
    const sent = await connector.send(outgoingOf(carrier, config, attempt, sender), sender, guarded)
    return { kind: 'sent', exchanges, sent }
  } catch (error) {
    // Also after earlier requests: a connector makes another one only when those have sent nothing.
    if (error instanceof ClaimLost) return { kind: 'too-late', exchanges }
    if (!(error instanceof SendFailure)) {
      const failure = new SendFailure('unknown-outcome', { detail: 'The connector threw something else.' })
      return { kind: 'unknown', exchanges, failure, fault: error }
    }
    const { outcome } = failures[error.kind]
    if (outcome === 'unknown') return { kind: 'unknown', exchanges, failure: error, fault: null }
    if (outcome === 'unsent') return { kind: 'unsent', exchanges, failure: error }
    return { kind: 'refused', exchanges, failure: error, unauthorized }
  }
}

/** What a connector gets of a stored attempt, to send it or to look for it. */
export function outgoingOf(
  carrier: Pick<Carrier, 'publicUrl'>,
  config: AccountConfig,
  attempt: Carried,
  sender: Sender,
): Outgoing {
  const template = attempt.templateId === null ? undefined : config.templates.get(attempt.templateId)
  const [file] = attempt.media
  return {
    messageId: attempt.messageId,
    attemptToken: attempt.token,
    to: attempt.address,
    text: attempt.body,
    template: template === undefined ? null : { template, variables: attempt.templateVariables ?? noVariables },
    providerTemplateId: template?.providerTemplateId ?? null,
    media: file === undefined ? null : { ...file, fileName: file.fileName ?? 'file' },
    title: attempt.title,
    device: attempt.device,
    campaign: attempt.campaign,
    ttlSeconds: attempt.ttlSeconds,
    statusUrl: statusUrl(carrier.publicUrl, sender, attempt.token),
  }
}
