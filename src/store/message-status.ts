import type { HeardFailure } from '../channels/connector.ts'
import { failures } from '../channels/failures.ts'
import type { Channel } from '../domain/channel.ts'
import { goesOnAfter } from '../domain/invite.ts'
import { type MessageKind, type MessageStatus, statusClimbs } from '../domain/message.ts'
import { enqueue } from '../jobs/queue.ts'
import type { DbOrTx } from './db.ts'
import { firstPriceQuestion } from './price-questions.ts'
import { forgetRefusal } from './reachability.ts'
import { sendAlong } from './send-along.ts'
import { touchMessage } from './touched.ts'
import { recordStep } from './transactions.ts'
import { idsOfMonth } from './uuid-v7.ts'

export interface StatusChange {
  /** What the provider said; at least `sending`, since it knows the message. */
  readonly status: MessageStatus
  /** When it happened; default: now, by the database. */
  readonly at?: Date
  readonly providerId?: string
  readonly failure?: HeardFailure | null
  /** The attempt it is known to be about: of a message to several devices, only that one is moved. */
  readonly attemptId?: string
}

/** A message as it stood when it was locked. */
export interface LockedMessage {
  conversation_id: string | null
  call_id: string | null
  channel: Channel
  address: string
  kind: MessageKind
  status: MessageStatus
  provider_id: string | null
  /** Rounded up to the millisecond that a Date can hold. */
  created_at: Date
  now: Date
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  failed_at: Date | null
  failure_kind: string | null
  provider_code: string | null
}

const earliest = (known: Date | null, heard: Date): Date =>
  new Date(Math.min(known?.getTime() ?? Infinity, heard.getTime()))
const latest = (one: Date, other: Date): Date => new Date(Math.max(one.getTime(), other.getTime()))

/**
 * Takes in what a provider said about one of our messages: message, attempt, invite, call and the transaction's steps
 * move together. Any order and any repetition ends in the same state: the status climbs, times keep the earliest word, and
 * a failure counts only while nothing better was heard. A status proves that the provider has the message, so an attempt
 * that waited, or whose outcome was unknown or given up, is `sent`.
 *
 * An invite's message that turns out undeliverable brings the job that goes on with the next channel.
 *
 * Locks the message first, then attempt, invite and call: every tx that touches several of them keeps this order.
 * @returns `changed` when the status climbed.
 */
export async function advanceMessage(
  tx: DbOrTx,
  accountId: string,
  messageId: string,
  change: StatusChange,
): Promise<{ changed: boolean }> {
  return moveMessage(tx, accountId, messageId, await lockOutgoing(tx, accountId, messageId), change)
}

/** The first half of `advanceMessage`, for whoever has something to send with it. */
export async function lockOutgoing(tx: DbOrTx, accountId: string, messageId: string): Promise<LockedMessage | null> {
  const [message] = await tx<LockedMessage[]>`
    select conversation_id, call_id, channel, address, kind, status, provider_id, sent_at, delivered_at, read_at, failed_at, failure_kind, provider_code,
      date_trunc('milliseconds', created_at + interval '999 microseconds') as created_at, clock_timestamp() as now
    from messages where account_id = ${accountId} and message_id = ${messageId} and direction = 'out' for update`
  return message ?? null
}

/** The second half; what it writes travels with what comes next in the tx. */
export async function moveMessage(
  tx: DbOrTx,
  accountId: string,
  messageId: string,
  message: LockedMessage | null,
  change: StatusChange,
): Promise<{ changed: boolean }> {
  if (message === null) return { changed: false }
  const providerId = change.providerId ?? null
  const ofOneDevice = message.channel === 'inapp' && change.attemptId !== undefined
  if (!ofOneDevice && providerId !== null && message.provider_id !== null && message.provider_id !== providerId) {
    // The provider holds two messages with one token: a duplicate that nothing of ours could prevent must not stay unseen.
    if (message.call_id !== null) await recordStepOnce(tx, accountId, message.call_id, 'second-copy', message.channel)
    return { changed: false }
  }

  const at = latest(change.at ?? message.now, message.created_at)
  const next = advanced(message, change, at)
  await writeAdvance(tx, accountId, messageId, message, { providerId, attemptId: change.attemptId ?? null }, next)
  if (message.conversation_id !== null) touchMessage(tx, accountId, messageId, message.conversation_id)
  if (next.deliveredAt !== null && message.delivered_at === null)
    // Also what this very message's own failure taught, whatever the provider's times: another of their devices has it.
    await forgetRefusal(tx, accountId, message.address, message.channel, latest(at, message.failed_at ?? at))
  if (message.kind === 'invite' && message.call_id !== null) {
    if (next.status === 'failed' && message.status !== 'failed' && goesOnAfter(next.failureKind))
      await enqueue(
        tx,
        'fall-back',
        { accountId, callId: message.call_id, messageId },
        { key: `fall-back/${messageId}` },
      )
    const step = stepOf(message, next, change.status)
    if (step !== null)
      await recordStep(tx, accountId, message.call_id, step, {
        channel: message.channel,
        at,
        ...(step === 'failed' ? { kind: next.failureKind, providerCode: next.providerCode } : {}),
      })
  }
  return { changed: next.status !== message.status }
}

/** Each step once, named after what was heard: a first word `delivered` implies the sending but is not a step of it. */
function stepOf(message: LockedMessage, next: Advanced, heard: MessageStatus): string | null {
  const step = heard === 'sending' ? 'sent' : heard
  const times = {
    sent: [message.sent_at, next.sentAt],
    delivered: [message.delivered_at, next.deliveredAt],
    read: [message.read_at, next.readAt],
    failed: [message.failed_at, next.failedAt],
  }
  const [before, after] = Object.hasOwn(times, step) ? times[step as keyof typeof times] : [null, null]
  return before === null && after !== null ? step : null
}

interface Advanced {
  readonly status: MessageStatus
  readonly sentAt: Date | null
  readonly deliveredAt: Date | null
  readonly readAt: Date | null
  readonly failedAt: Date | null
  readonly failureKind: string | null
  readonly providerCode: string | null
}

/** @param at the time of the change, not before the message's own: a provider's clock may run behind ours. */
function advanced(message: LockedMessage, change: StatusChange, at: Date): Advanced {
  // Whoever reports `sending` has it: for a message whose outcome was unknown that is the word `sent`.
  const word = message.status === 'unknown' && change.status === 'sending' ? 'sent' : change.status
  const status = statusClimbs(message.status, word) ? word : message.status
  const heard = (...statuses: readonly MessageStatus[]) => statuses.includes(change.status)
  const failed = status === 'failed'
  const failedNow = failed && change.status === 'failed' && message.status !== 'failed'
  const unknown = status === 'unknown'
  return {
    status,
    sentAt: heard('sending', 'sent', 'delivered', 'read') ? earliest(message.sent_at, at) : message.sent_at,
    deliveredAt: heard('delivered', 'read') ? earliest(message.delivered_at, at) : message.delivered_at,
    readAt: heard('read') ? earliest(message.read_at, at) : message.read_at,
    failedAt: failedNow ? at : failed ? message.failed_at : null,
    failureKind: failedNow
      ? (change.failure?.kind ?? 'refused-for-now')
      : failed || unknown
        ? message.failure_kind
        : null,
    providerCode: failedNow ? (change.failure?.providerCode ?? null) : failed || unknown ? message.provider_code : null,
  }
}

/** Message and attempt, and with an invite's message the invite and its call, unless the invite has gone on to another channel. */
async function writeAdvance(
  tx: DbOrTx,
  accountId: string,
  messageId: string,
  message: LockedMessage,
  heard: { readonly providerId: string | null; readonly attemptId: string | null },
  next: Advanced,
): Promise<void> {
  const { providerId, attemptId } = heard
  const failed = next.status === 'failed'
  const sentence = next.failureKind === null ? null : sentenceOf(next.failureKind)
  const month = idsOfMonth(messageId)
  const isNowKnown = message.provider_id === null && providerId !== null
  const write = () => tx`
    with message as (
      update messages set status = ${next.status}, provider_id = coalesce(provider_id, ${providerId}),
        sent_at = ${next.sentAt}, delivered_at = ${next.deliveredAt}, read_at = ${next.readAt},
        failed_at = ${next.failedAt}, failure_kind = ${next.failureKind}, provider_code = ${next.providerCode}
      where account_id = ${accountId} and message_id = ${messageId}),
    price as (
      ${firstPriceQuestion(tx, accountId, messageId, isNowKnown && message.channel !== 'inapp')}),
    attempt as (
      update attempts set state = 'sent', provider_id = coalesce(provider_id, ${providerId}), finished_at = now(),
        lease_until = null, next_ask_at = null, failure_kind = null, provider_code = null
      where account_id = ${accountId} and message_id = ${messageId}
        and attempt_id >= ${month.from} and attempt_id < ${month.until}
        and state in ('accepted', 'claimed', 'unknown', 'gave-up')
        and (attempt_id = ${attemptId} or ${attemptId === null}
          and (device_id is null or provider_id = ${providerId}))),
    invite as (
      update invites set
        state = case when ${failed} then 'failed' when ${next.sentAt !== null} then 'sent' else state end,
        sent_at = coalesce(${next.sentAt}::timestamptz, sent_at),
        lookback_until = coalesce(${next.sentAt}::timestamptz, sent_at) + make_interval(mins => lookback_minutes),
        failure_kind = ${next.failureKind}, provider_code = ${next.providerCode}
      where account_id = ${accountId} and call_id = ${message.call_id} and message_id = ${messageId}
        and ${message.kind === 'invite'}
      returning account_id, call_id)
    update calls set sent_at = ${next.sentAt}, delivered_at = ${next.deliveredAt}, read_at = ${next.readAt},
      failed_at = ${next.failedAt}, error_source = ${failed ? 'provider' : null},
      error_code = ${failed ? (next.providerCode ?? next.failureKind) : null}, error_message = ${failed ? sentence : null}
    from invite where calls.account_id = ${accountId} and calls.call_id = ${message.call_id}`
  await sendAlong(tx, write)
}

function sentenceOf(kind: string): string | null {
  return Object.hasOwn(failures, kind) ? failures[kind as keyof typeof failures].sentence : null
}

async function recordStepOnce(
  tx: DbOrTx,
  accountId: string,
  callId: string,
  step: string,
  channel: Channel,
): Promise<void> {
  const [known] = await tx`
    select 1 from transaction_steps where account_id = ${accountId} and call_id = ${callId} and step = ${step} limit 1`
  if (known === undefined) await recordStep(tx, accountId, callId, step, { channel })
}
