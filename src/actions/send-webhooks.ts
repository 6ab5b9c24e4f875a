import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import {
  nextWebhookDelay,
  type WebhookAttempt,
  type WebhookError,
  webhookErrorOf,
  webhookFailingDays,
} from '../domain/webhook.ts'
import { atomic } from '../store/db.ts'
import { type ClaimedDelivery, claimDeliveries, recordDelivered, recordUndelivered } from '../store/webhook-claims.ts'
import { giveEvents } from '../store/webhook-events.ts'
import { askedWait } from '../webhooks/asked-wait.ts'
import { signatureHeaders } from '../webhooks/signature.ts'

/** What a process has under way, by endpoint; lives as long as its worker. */
export type WebhooksUnderWay = Map<string, number>

/** One look at what is due lasts at most so long, so that a worker that stops need not wait for it. */
const lookMs = 1_000
/** Seconds until the next look when nothing was due. */
const restSeconds = 1
/** After a delivery ended, others that end with it share the next look. */
const gatherMs = 20
/** Of what a refusal said. */
const answerKept = 1_000

/**
 * Gives new events to their endpoints and begins every delivery that is due, each on its own: nobody waits here for an
 * answer, and none of it goes through the queue that carries invites. Whatever was begun and not recorded, because the
 * process died or the database was away, is due again when its lease is over: at least once, never lost.
 * @returns seconds until it had better be called again.
 */
export async function sendWebhooks(deps: Deps, underWay: WebhooksUnderWay): Promise<number> {
  const until = deps.clock.monotonic() + lookMs
  const ends = new Set<Promise<void>>()
  for (;;) {
    const given = await atomic(deps.db, giveEvents)
    const claimed = await claimDeliveries(deps.db, deps.cipher, deps.processId, underWay)
    for (const delivery of claimed) {
      const end = begin(deps, delivery, underWay)
      ends.add(end)
      void end.finally(() => ends.delete(end))
    }
    if (given === 0 && claimed.length === 0) return underWay.size > 0 ? 0 : restSeconds
    if (deps.clock.monotonic() >= until) return 0
    if (ends.size > 0) await Promise.race([...ends, sleep(lookMs / 4)])
    await sleep(gatherMs)
  }
}

function begin(deps: Deps, delivery: ClaimedDelivery, underWay: WebhooksUnderWay): Promise<void> {
  const { endpointId } = delivery
  underWay.set(endpointId, (underWay.get(endpointId) ?? 0) + 1)
  const end = deliver(deps, delivery)
    .catch((error) => deps.log.error({ err: error }, 'a webhook delivery could not be recorded; it will be repeated'))
    .finally(() => {
      const left = (underWay.get(endpointId) ?? 1) - 1
      if (left > 0) underWay.set(endpointId, left)
      else underWay.delete(endpointId)
      deps.background.delete(end)
    })
  deps.background.add(end)
  return end
}

async function deliver(deps: Deps, delivery: ClaimedDelivery): Promise<void> {
  const { accountId, endpointId, number, isTest, type } = delivery
  const { attempt, askedSeconds } = await tryOnce(deps, delivery)
  deps.metrics.webhookSeconds.observe(attempt.ms / 1_000)
  if (attempt.error === null) {
    deps.metrics.webhooks.inc({ result: 'delivered' })
    return recordDelivered(deps.db, delivery, attempt)
  }
  const delaySeconds = isTest ? null : nextWebhookDelay(delivery.tries + 1, Math.random(), askedSeconds)
  const { disabled } = await recordUndelivered(deps.db, delivery, attempt, {
    processId: deps.processId,
    delaySeconds,
    askedSeconds,
    disableAfterDays: webhookFailingDays,
  })
  deps.metrics.webhooks.inc({ result: delaySeconds === null ? 'given-up' : 'failed' })
  if (disabled) {
    deps.metrics.webhooks.inc({ result: 'endpoint-disabled' })
    deps.log.warn({ accountId, endpointId, number, type, error: attempt.error }, 'a webhook endpoint is disabled')
  }
}

interface Tried {
  readonly attempt: WebhookAttempt
  /** For which the receiver asks to be left alone. */
  readonly askedSeconds: number | null
}

/** The body is the same at every try, as long as the consumer is known; the time of the signature is the try's. */
async function tryOnce(deps: Deps, delivery: ClaimedDelivery): Promise<Tried> {
  const { type, occurredAt, number, data, consumer, secrets, eventId } = delivery
  const body = JSON.stringify({
    type,
    timestamp: occurredAt.toISOString(),
    sequence: Number(number),
    data: consumer === null ? data : { ...data, consumer },
  })
  const at = deps.clock.now()
  const began = deps.clock.monotonic()
  let exchange: Exchange | null = null
  const http = deps.webhookOutbound(secrets, (heard) => {
    exchange = heard
  })
  const attemptOf = (status: number | null, error: WebhookError | null): WebhookAttempt => ({
    at,
    status,
    ms: Math.round(deps.clock.monotonic() - began),
    error,
    answer: error === null ? null : ((exchange as Exchange | null)?.answerBody?.slice(0, answerKept) ?? null),
  })
  try {
    const answer = await http({
      method: 'POST',
      url: delivery.url,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'connect-to-messaging-webhooks/1',
        ...signatureHeaders({ id: `msg_${eventId}`, at, body }, secrets),
      },
      body,
      hide: { secrets: [], texts: [consumer?.phone, consumer?.consumerId].filter((text) => text != null) },
    })
    const askedSeconds = askedWait(answer)
    const error = askedSeconds === null ? webhookErrorOf(answer.status) : 'asked-to-wait'
    return { attempt: attemptOf(answer.status, error), askedSeconds }
  } catch (error) {
    return { attempt: attemptOf(null, errorOf(error as Error)), askedSeconds: null }
  }
}

/** What failed before there was an answer, from the words of `outboundHttp` for it. */
function errorOf({ message, kind }: Error & { kind?: unknown }): WebhookError {
  if (message === 'FORBIDDEN_NETWORK') return 'private-network'
  if (message.startsWith('no whole answer within')) return 'timeout'
  return kind === 'unreachable' ? 'unreachable' : 'broken'
}
