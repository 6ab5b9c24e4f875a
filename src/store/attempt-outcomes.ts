import type { Found, HeardFailure, Sent } from '../channels/connector.ts'
import type { FailureKind } from '../channels/failures.ts'
import { nextAskSeconds, type UnknownReason } from '../domain/attempt.ts'
import type { MessageStatus } from '../domain/message.ts'
import { enqueue } from '../jobs/queue.ts'
import { allOf } from './all-of.ts'
import { type Attempt, claimAttempt } from './attempts.ts'
import { learnAddress } from './consumer-addresses.ts'
import type { DbOrTx } from './db.ts'
import { endInvite } from './invites.ts'
import { isTelling, learnFromRefusal } from './learn-from-refusal.ts'
import { advanceMessage, lockOutgoing, moveMessage } from './message-status.ts'
import { optOutForbids } from './opt-outs.ts'
import { learnFromReceipts, lockProviderId, takeReceipts } from './receipts.ts'
import { touchMessage } from './touched.ts'
import { recordStep } from './transactions.ts'
import { idsOfMonth } from './uuid-v7.ts'

/** Which attempt, and the fence under which it was held: an older fence changes nothing. */
export type Held = Pick<
  Attempt,
  'accountId' | 'attemptId' | 'messageId' | 'callId' | 'channel' | 'kind' | 'fence' | 'deviceId'
>

export interface Refusal {
  readonly kind: FailureKind | 'gave-up'
  readonly providerCode: string | null
}

/**
 * The provider has the message. Not fenced, on purpose: this is news about the world, like a status callback, and a late
 * holder that kept it to itself would make the next one send a copy. Statuses that came before the provider's id was known
 * are taken in at once, and so is the address by which the provider knows the consumer.
 */
export async function recordSent(
  tx: DbOrTx,
  attempt: Held & { senderId: string; address: string },
  sent: Sent,
): Promise<void> {
  const names = [...(sent.address === undefined ? [] : [sent.address]), ...(sent.alsoKnownAs ?? [])]
  if (names.some((name) => name !== attempt.address) && (await messageIsThere(tx, attempt)))
    for (const known of names) await learnAddress(tx, attempt.accountId, attempt.channel, known, attempt.address)
  const locked = lockProviderId(tx, attempt.accountId, attempt.senderId, sent.providerId)
  await allOf(locked, takeIn(tx, attempt, { ...sent, failure: null }))
}

/**
 * The provider was asked and has the message under this id. What it says of a failure teaches about the consumer as a callback
 * would, unless a callback came first. Under `lockConsumerOfMessage`.
 * @returns false when another message of ours is known by the id: then it is not this one, and nothing is written.
 */
export async function recordFound(
  tx: DbOrTx,
  attempt: Held & { senderId: string; address: string },
  found: Extract<Found, { kind: 'found' }>,
  optOutScope: 'channel' | 'all',
): Promise<boolean> {
  const { accountId, messageId, senderId } = attempt
  await lockProviderId(tx, accountId, senderId, found.providerId)
  const [other] = await tx`
    select 1 from messages
    where account_id = ${accountId} and sender_id = ${senderId} and provider_id = ${found.providerId}
      and message_id <> ${messageId}`
  if (other !== undefined) return false
  const { changed } = await takeIn(tx, attempt, found)
  if (changed && isTelling(found.failure))
    await learnFromRefusal(tx, accountId, { ...attempt, scope: optOutScope }, found.failure)
  return true
}

/** Whoever was erased while this went out must not be learned of again. */
async function messageIsThere(tx: DbOrTx, { accountId, messageId }: Held): Promise<boolean> {
  const rows = await tx`select 1 from messages where account_id = ${accountId} and message_id = ${messageId}`
  return rows.length > 0
}

async function takeIn(
  tx: DbOrTx,
  attempt: Held & { senderId: string },
  heard: { providerId: string; status: MessageStatus; failure: HeardFailure | null },
): Promise<{ changed: boolean }> {
  const { accountId, messageId, senderId, attemptId } = attempt
  const { providerId, status, failure } = heard
  const [receipts, message] = await allOf(
    takeReceipts(tx, accountId, senderId, providerId),
    lockOutgoing(tx, accountId, messageId),
  )
  const moved = await moveMessage(tx, accountId, messageId, message, { status, providerId, failure, attemptId })
  for (const receipt of receipts) await advanceMessage(tx, accountId, messageId, { ...receipt, attemptId })
  await learnFromReceipts(tx, accountId, senderId, providerId, receipts)
  return moved
}

/** Nothing went out: the attempt waits again, at most until it expires. @returns false when the claim was no longer held. */
export async function recordUnsent(tx: DbOrTx, held: Held, refusal: Refusal, waitMs: number): Promise<boolean> {
  const rows = await tx<{ wait: number }[]>`
    update attempts set state = 'accepted', claimed_by = null, lease_until = null, failure_kind = ${refusal.kind},
      provider_code = ${refusal.providerCode},
      next_try_at = least(clock_timestamp() + make_interval(secs => ${waitMs / 1000}), expires_at)
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence} and state = 'claimed'
    returning extract(epoch from next_try_at - now())::float8 as wait`
  if (rows.length === 0) return false
  await enqueueDelivery(tx, held, rows[0]!.wait)
  await stepOf(tx, held, 'send-delayed', { kind: refusal.kind, providerCode: refusal.providerCode })
  return true
}

/** A waiting attempt, locked by this tx, waits on: somebody else has to go first. */
export async function postponeAttempt(tx: DbOrTx, held: Held, waitMs: number): Promise<void> {
  const [row] = await tx<{ wait: number }[]>`
    update attempts set
      next_try_at = least(clock_timestamp() + make_interval(secs => ${waitMs / 1000}), expires_at)
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and state = 'accepted'
    returning extract(epoch from next_try_at - now())::float8 as wait`
  if (row !== undefined) await enqueueDelivery(tx, held, row.wait)
}

/** The claim is given back unused: nothing was sent, the next in line may try at once. */
export async function releaseClaim(tx: DbOrTx, held: Held): Promise<boolean> {
  const rows = await tx`
    update attempts set state = 'accepted', claimed_by = null, lease_until = null, next_try_at = clock_timestamp()
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence} and state = 'claimed'
    returning 1`
  if (rows.length > 0) await enqueueDelivery(tx, held, 0)
  return rows.length > 0
}

/**
 * The provider said no. A holder whose lease ran out meanwhile may still say so: the same fence proves that nobody has tried
 * since. The invite is the caller's matter: another channel, or its end.
 * @returns `lost` when the claim was no longer held; `others` when the message may still reach another device.
 */
export async function recordRejected(tx: DbOrTx, held: Held, refusal: Refusal): Promise<'lost' | 'others' | 'last'> {
  await lockMessage(tx, held)
  const rows = await tx`
    update attempts set state = 'rejected', finished_at = clock_timestamp(), lease_until = null, next_ask_at = null,
      failure_kind = ${refusal.kind}, provider_code = ${refusal.providerCode}
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence}
      and state in ('claimed', 'unknown')
    returning 1`
  if (rows.length === 0) return 'lost'
  const others = await othersMayArrive(tx, held)
  if (!others) await failMessage(tx, held, refusal.kind, refusal.providerCode)
  await stepOf(tx, held, 'refused', { kind: refusal.kind, providerCode: refusal.providerCode })
  return others ? 'others' : 'last'
}

/**
 * Takes a waiting attempt of the same message on another device, under the message's lock and `lockConsumerOfMessage`. As
 * wherever something is claimed, opt-out and life are looked at in this very tx (P4): what may not go any more ends here.
 * @returns `others`, when none was taken: whether the message may reach another device all the same.
 */
export async function claimOther(
  tx: DbOrTx,
  held: Held,
  processId: string,
): Promise<{ claimed: { attemptId: string; token: string; fence: number } | null; others: boolean }> {
  const { accountId, messageId } = held
  const month = idsOfMonth(messageId)
  const waiting = await tx<{ attempt_id: string; device_id: string; token: string; due: boolean; expired: boolean }[]>`
    select attempt_id, device_id, token, next_try_at <= clock_timestamp() as due,
      coalesce(expires_at <= clock_timestamp(), false) as expired
    from attempts
    where account_id = ${accountId} and message_id = ${messageId} and state = 'accepted'
      and attempt_id >= ${month.from} and attempt_id < ${month.until}
    order by created_at, attempt_id for update`
  const stopped = waiting.length > 0 && (await optOutForbids(tx, accountId, messageId))
  for (const { attempt_id: attemptId, device_id: deviceId, expired } of waiting)
    if (expired || stopped)
      await recordUnsendable(tx, { ...held, attemptId, deviceId }, expired ? 'expired' : 'opted-out')
  const next = waiting.find(({ due, expired }) => due && !expired && !stopped)
  const claimed = next && (await claimAttempt(tx, { accountId, messageId, attemptId: next.attempt_id }, processId))
  if (next === undefined || claimed == null) return { claimed: null, others: await othersMayArrive(tx, held) }
  return { claimed: { attemptId: next.attempt_id, token: next.token, fence: claimed.fence }, others: false }
}

/** It may have gone out: parked, never sent again blindly. @returns false when the claim was no longer held. */
export async function recordUnknown(tx: DbOrTx, held: Held, reason: UnknownReason): Promise<boolean> {
  await lockMessage(tx, held)
  const rows = await tx`
    update attempts set state = 'unknown', unknown_reason = ${reason}, unknown_since = clock_timestamp(), asked = 0,
      lease_until = null, failure_kind = 'unknown-outcome',
      next_ask_at = now() + make_interval(secs => ${nextAskSeconds(reason, 0)!})
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence} and state = 'claimed'
    returning 1`
  if (rows.length === 0) return false
  touchChanged(
    tx,
    held,
    await tx<{ conversation_id: string | null }[]>`
      update messages set status = 'unknown', failure_kind = 'unknown-outcome'
      where account_id = ${held.accountId} and message_id = ${held.messageId} and status in ('accepted', 'sending')
      returning conversation_id`,
  )
  if (held.kind === 'invite' && held.callId !== null) {
    await tx`
      update invites set state = 'unknown', failure_kind = 'unknown-outcome'
      where account_id = ${held.accountId} and call_id = ${held.callId} and message_id = ${held.messageId}
        and state = 'sending'`
  }
  await stepOf(tx, held, 'outcome-unknown', { reason })
  await enqueue(
    tx,
    'resolve-attempt',
    { accountId: held.accountId, attemptId: held.attemptId },
    { key: `resolve/${held.attemptId}`, delaySeconds: nextAskSeconds(reason, 0)! },
  )
  return true
}

/** Ends a waiting attempt that may not go: its time is over, or the consumer has opted out. The caller has locked it. */
export async function recordUnsendable(tx: DbOrTx, held: Held, state: 'expired' | 'opted-out'): Promise<void> {
  await tx`
    update attempts set state = ${state}, finished_at = clock_timestamp(), lease_until = null, next_ask_at = null,
      failure_kind = ${state}
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and state in ('accepted', 'unknown')`
  if (await othersMayArrive(tx, held)) return
  await failMessage(tx, held, state, null)
  if (held.kind === 'invite' && held.callId !== null) {
    await endInvite(tx, held.accountId, held.callId, {
      state,
      kind: state,
      providerCode: null,
      channel: held.channel,
    })
  }
}

/**
 * Takes the next question about an unknown attempt, so that of two askers one asks.
 * @returns `last` when no later question is planned; null when somebody else asks, or the outcome is known by now.
 */
export async function takeQuestion(db: DbOrTx, attempt: Attempt): Promise<{ last: boolean } | null> {
  if (attempt.unknownReason === null) return null
  const next = nextAskSeconds(attempt.unknownReason, attempt.asked + 1)
  // After the last one the row keeps a date far enough ahead for the answer; if the asker dies, the sweep asks once more.
  const rows = await db`
    update attempts set asked = asked + 1,
      next_ask_at = clock_timestamp() + make_interval(secs => ${Math.max(next ?? 0, 30)}) 
    where account_id = ${attempt.accountId} and attempt_id = ${attempt.attemptId} and fence = ${attempt.fence}
      and state = 'unknown' and asked = ${attempt.asked} and next_ask_at <= clock_timestamp()
    returning 1`
  return rows.length === 0 ? null : { last: next === null }
}

/** Plans the next question at its time. */
export async function planQuestion(tx: DbOrTx, held: Attempt): Promise<void> {
  const seconds = held.unknownReason === null ? null : nextAskSeconds(held.unknownReason, held.asked)
  if (seconds === null) return
  const rows = await tx`
    update attempts set next_ask_at = now() + make_interval(secs => ${seconds})
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence}
      and state = 'unknown' and asked = ${held.asked}
    returning 1`
  if (rows.length > 0)
    await enqueue(
      tx,
      'resolve-attempt',
      { accountId: held.accountId, attemptId: held.attemptId },
      { key: `resolve/${held.attemptId}`, delaySeconds: seconds },
    )
}

/** Nobody can say what became of it. The operator sees it; a callback that still comes makes it `sent` (P3). */
export async function recordGaveUp(tx: DbOrTx, held: Held): Promise<boolean> {
  const rows = await tx`
    update attempts set state = 'gave-up', finished_at = clock_timestamp(), next_ask_at = null
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence} and state = 'unknown'
    returning 1`
  if (rows.length > 0 && held.kind === 'invite' && held.callId !== null) {
    // Not a definite failure: the invite stays `unknown`, so that the IVR's repetition sends no second copy (P2).
    await endInvite(tx, held.accountId, held.callId, {
      state: 'unknown',
      kind: 'unknown-outcome',
      providerCode: null,
      channel: held.channel,
    })
  }
  return rows.length > 0
}

/**
 * A holder died or froze before the provider got anything, as the provider itself has said: the attempt waits again, under a
 * new fence, so that a holder that wakes up can write nothing. The token stays: were the provider to take a copy from a
 * sleeper after all, its callback would still find this attempt, before the next try or beside it.
 */
export async function acceptAgain(tx: DbOrTx, held: Held): Promise<boolean> {
  const rows = await tx`
    update attempts set state = 'accepted', fence = fence + 1, claimed_by = null, lease_until = null,
      unknown_reason = null, unknown_since = null, next_ask_at = null, asked = 0, failure_kind = null,
      next_try_at = clock_timestamp()
    where account_id = ${held.accountId} and attempt_id = ${held.attemptId} and fence = ${held.fence}
      and state = 'unknown' and unknown_reason = 'lease-expired'
    returning 1`
  if (rows.length === 0) return false
  touchChanged(
    tx,
    held,
    await tx<{ conversation_id: string | null }[]>`
      update messages set status = 'sending', failure_kind = null
      where account_id = ${held.accountId} and message_id = ${held.messageId} and status = 'unknown'
      returning conversation_id`,
  )
  if (held.kind === 'invite' && held.callId !== null) {
    await tx`
      update invites set state = 'sending', failure_kind = null
      where account_id = ${held.accountId} and call_id = ${held.callId} and message_id = ${held.messageId}
        and state = 'unknown'`
  }
  await stepOf(tx, held, 'taken-over', {})
  await enqueueDelivery(tx, held, 0)
  return true
}

function enqueueDelivery(tx: DbOrTx, held: Held, delaySeconds: number): Promise<void> {
  return enqueue(
    tx,
    'deliver-message',
    { accountId: held.accountId, attemptId: held.attemptId },
    { key: `deliver/${held.attemptId}`, delaySeconds: Math.max(0, delaySeconds) },
  )
}

/** The message's row before the attempt's, as `advanceMessage` locks them. */
async function lockMessage(tx: DbOrTx, held: Held): Promise<void> {
  await tx`select 1 from messages where account_id = ${held.accountId} and message_id = ${held.messageId} for update`
}

async function failMessage(tx: DbOrTx, held: Held, kind: string, providerCode: string | null): Promise<void> {
  touchChanged(
    tx,
    held,
    await tx<{ conversation_id: string | null }[]>`
      update messages set status = 'failed', failed_at = clock_timestamp(), failure_kind = ${kind},
        provider_code = ${providerCode}
      where account_id = ${held.accountId} and message_id = ${held.messageId} and status in ('accepted', 'sending', 'unknown')
      returning conversation_id`,
  )
}

/** Agents follow the messages of their conversations; an invite belongs to none. */
function touchChanged(tx: DbOrTx, held: Held, rows: readonly { conversation_id: string | null }[]): void {
  for (const { conversation_id } of rows)
    if (conversation_id !== null) touchMessage(tx, held.accountId, held.messageId, conversation_id)
}

/** Whether the message may have reached, or may yet reach, another device. Under the message's lock. */
async function othersMayArrive(tx: DbOrTx, held: Held): Promise<boolean> {
  if (held.deviceId === null) return false
  const month = idsOfMonth(held.messageId)
  const [other] = await tx`
    select 1 from attempts
    where account_id = ${held.accountId} and message_id = ${held.messageId} and attempt_id <> ${held.attemptId}
      and attempt_id >= ${month.from} and attempt_id < ${month.until}
      and state in ('accepted', 'claimed', 'unknown', 'sent', 'gave-up') limit 1`
  return other !== undefined
}

/** Replies have no journey of their own: their messages tell it. */
async function stepOf(
  tx: DbOrTx,
  held: Held,
  step: string,
  details: Readonly<Record<string, string | null>>,
): Promise<void> {
  if (held.kind === 'invite' && held.callId !== null)
    await recordStep(tx, held.accountId, held.callId, step, { channel: held.channel, ...details })
}
