import { setTimeout as sleep } from 'node:timers/promises'
import { failures } from '../channels/failures.ts'
import type { HandOver } from '../channels/hand-over.ts'
import type { AccountConfig } from '../domain/account.ts'
import { enqueue } from '../jobs/queue.ts'
import {
  claimOther,
  type Held,
  recordRejected,
  recordSent,
  recordUnknown,
  recordUnsent,
  releaseClaim,
} from './attempt-outcomes.ts'
import type { Attempt } from './attempts.ts'
import type { Circuits } from './circuits.ts'
import { lockConsumerOfMessage } from './consumer-lock.ts'
import { atomic, type Database, type DbOrTx } from './db.ts'
import type { BegunChannel } from './invite-channel.ts'
import { endInvite, lockInvite } from './invites.ts'
import { goOnWithInvite } from './next-channel.ts'
import { recordOptOut } from './opt-outs.ts'
import { recordExchange } from './provider-exchanges.ts'
import { retireDevice } from './push-targets.ts'
import { learn } from './reachability.ts'
import { breakSender } from './sender-faults.ts'

/** What became of an attempt. `lost`: somebody else had taken it over meanwhile, and nothing was written. */
export interface Settled {
  readonly state: 'sent' | 'accepted' | 'rejected' | 'unknown' | 'lost'
  /** After a refusal: the attempt on the invite's next channel. */
  readonly next: BegunChannel | null
  /** After a refusal: the message may still reach another device of the consumer. */
  readonly others?: boolean
}

export interface SettleInput {
  readonly config: AccountConfig
  readonly circuits: Circuits
  readonly attempt: Attempt
  readonly outcome: HandOver
  /** Wait before the next try of something unsent, in milliseconds. */
  readonly waitMs: number
  /** Who goes on with the invite's next channel at once; null: a job does. */
  readonly claimNextBy: string | null
}

/** Milliseconds between tries to write an outcome down: a database that restarts is back within them (reliability DB-01). */
const triesAfterMs = [100, 400, 1_500, 3_000]

/**
 * Writes down how handing over ended, in one tx: attempt, message, invite, call, what it taught us, and what is next. An
 * outcome is too dear to lose to a database that is just restarting, so a failed tx is tried again; that is safe, because
 * what was written once is found written.
 * @throws the database's error when it stays away: the lease then ends and the outcome is looked for.
 */
export async function settleAttempt(db: Database, input: SettleInput): Promise<Settled> {
  for (const waitMs of triesAfterMs) {
    try {
      return await atomic(db, (tx) => settle(tx, input), { planOnce: true })
    } catch {
      await sleep(waitMs)
    }
  }
  return atomic(db, (tx) => settle(tx, input), { planOnce: true })
}

async function settle(tx: DbOrTx, input: SettleInput): Promise<Settled> {
  const { attempt, outcome } = input
  const { accountId } = attempt
  const lost: Settled = { state: 'lost', next: null }
  switch (outcome.kind) {
    case 'sent':
      await recordSent(tx, attempt, outcome.sent)
      break
    case 'unsent':
      if (!(await recordUnsent(tx, attempt, outcome.failure, input.waitMs))) return lost
      break
    case 'unknown':
      if (!(await recordUnknown(tx, attempt, 'unclear-answer'))) return lost
      break
    case 'too-late':
      if (!(await releaseClaim(tx, attempt))) return lost
      break
    case 'refused':
      return await settleRefusal(tx, input, outcome)
  }
  for (const exchange of outcome.exchanges)
    await recordExchange(tx, accountId, { ...attempt, direction: 'out' }, exchange)
  const states = { sent: 'sent', unsent: 'accepted', unknown: 'unknown', 'too-late': 'accepted' } as const
  return { state: states[outcome.kind], next: null }
}

async function settleRefusal(
  tx: DbOrTx,
  input: SettleInput,
  outcome: Extract<HandOver, { kind: 'refused' }>,
): Promise<Settled> {
  const { attempt, config } = input
  const { accountId } = attempt
  const { failure } = outcome
  // A refusal decides on the consumer: opt-out, next channel. The consumer's lock comes before any row's.
  await lockConsumerOfMessage(tx, accountId, attempt.messageId)
  for (const exchange of outcome.exchanges)
    await recordExchange(tx, accountId, { ...attempt, direction: 'out' }, exchange)
  if (failure.kind === 'opted-out') {
    await recordOptOut(tx, accountId, {
      address: attempt.address,
      channel: attempt.channel,
      scope: config.settings?.optOutScope ?? 'all',
      source: 'provider-refusal',
      evidence: failure.providerCode,
      senderId: attempt.senderId,
    })
  }
  if (failure.kind === 'not-reachable-here' || failure.kind === 'invalid-recipient') {
    const { channel } = attempt
    await learn(tx, accountId, attempt.address, { channel, reachable: false, reason: failure.kind, source: 'refusal' })
  }
  if (failure.kind === 'template-rejected' && attempt.templateId !== null) {
    const { senderId } = attempt
    await enqueue(tx, 'sync-templates', { accountId, senderId }, { key: `templates/${senderId}` })
  }
  if (failure.kind === 'misconfigured' && outcome.unauthorized) {
    await breakSender(tx, accountId, attempt.senderId, failures.misconfigured.sentence)
  }
  if (failure.kind === 'device-gone' && attempt.device !== null) {
    await retireDevice(tx, accountId, attempt.device.deviceId, attempt.device.registeredAt)
  }
  const refusal = { kind: failure.kind, providerCode: failure.providerCode }
  const rejected = await recordRejected(tx, attempt, refusal)
  if (rejected === 'lost') return { state: 'lost', next: null }
  if (rejected === 'others') {
    const { channel, messageId } = attempt
    if (input.claimNextBy === null) return { state: 'rejected', next: null, others: true }
    const { claimed, others } = await claimOther(tx, attempt, input.claimNextBy)
    return { state: 'rejected', next: claimed && { ...claimed, messageId, channel }, others }
  }
  const next = await goOn(tx, input, attempt, refusal)
  return { state: 'rejected', next }
}

/** After a refusal: the next channel of the call, or the end of the invite. */
async function goOn(
  tx: DbOrTx,
  input: SettleInput,
  held: Held,
  refusal: { kind: string; providerCode: string | null },
): Promise<BegunChannel | null> {
  const { accountId, callId, messageId, channel } = held
  if (held.kind !== 'invite' || callId === null) return null
  const invite = await lockInvite(tx, accountId, callId)
  if (invite === null || invite.messageId !== messageId) return null
  const begun = await goOnWithInvite(tx, { ...input, invite, claimedBy: input.claimNextBy })
  if (begun !== null) return begun
  await endInvite(tx, accountId, callId, {
    state: refusal.kind === 'opted-out' ? 'opted-out' : 'failed',
    ...refusal,
    channel,
  })
  return null
}
