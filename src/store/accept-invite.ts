import type { AccountConfig } from '../domain/account.ts'
import { type Call, namedAddresses } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import type { Handoff } from '../domain/handoff.ts'
import { channelsToTry, type InviteRefusal, mayBeginAgain } from '../domain/invite.ts'
import { isQuiet } from '../domain/quiet-hours.ts'
import { allOf } from './all-of.ts'
import { type Attempt, loadAttempt } from './attempts.ts'
import type { Circuits } from './circuits.ts'
import { lockConsumers } from './consumer-lock.ts'
import { findOpenConversation } from './conversations.ts'
import { databaseTime } from './database-time.ts'
import type { DbOrTx } from './db.ts'
import { type BegunChannel, beginNextChannel } from './invite-channel.ts'
import { countInvites, lockInvite, openInvite, recordRefusedInvite } from './invites.ts'
import { optOutsAt } from './opt-outs.ts'

/** An invite that passed what configuration alone decides. */
export interface InviteOrder {
  readonly config: AccountConfig
  readonly circuits: Circuits
  readonly handoff: Handoff
  readonly call: Call
  readonly skillId: string
  readonly overrideChannel: Channel | null
  readonly overrideMessage: string | null
  /** The process that sends it at once. */
  readonly claimedBy: string
}

export interface AcceptedInvite {
  readonly begun: BegunChannel
  /** Read behind all that is stored: there when the tx has committed, and not to be waited for in it. */
  readonly attempt: Promise<Attempt>
}

/** Nothing may be sent, and nothing was begun. */
export interface RefusedInvite {
  readonly refusal: InviteRefusal
}

/**
 * Accepts an invite in the caller's tx, or finds that it may not go. Invites of one consumer wait for each other here, so of
 * fifty at once with one callId one is accepted (CC-01), and the cap holds for any number of calls (CC-03).
 * All that is to be known travels together behind the lock, and all that is stored together with the COMMIT.
 * @returns what was begun, held by `claimedBy`; `repeated` when an earlier invite of this call may have reached the consumer;
 * a
 * refusal when nothing may be sent: the call's row and steps say so too.
 */
export async function acceptInvite(
  tx: DbOrTx,
  order: InviteOrder,
): Promise<AcceptedInvite | RefusedInvite | 'repeated'> {
  const { config, handoff, call } = order
  const { accountId, callId, consumerPhone } = call
  const cap = config.settings?.consumerCap ?? null
  const [, earlier, open, optOuts, now, others] = await allOf(
    lockConsumers(tx, accountId, namedAddresses(call)),
    lockInvite(tx, accountId, callId),
    findOpenConversation(tx, accountId, { phone: consumerPhone, address: call.consumerId }),
    optOutsAt(tx, accountId, namedAddresses(call)),
    databaseTime(tx),
    cap === null ? Promise.resolve(0) : countInvites(tx, accountId, consumerPhone, cap.hours, callId),
  )
  if (earlier !== null && !mayBeginAgain(earlier.state)) return 'repeated'

  const refusal = refusalOf(order, { conversationOpen: open !== null, now, others })
  if (refusal !== null) {
    await recordRefusedInvite(tx, accountId, callId, refusal)
    return { refusal }
  }
  const invite = await openInvite(tx, accountId, {
    callId,
    round: (earlier?.round ?? 0) + 1,
    consumerPhone,
    skillId: order.skillId,
    overrideChannel: order.overrideChannel,
    overrideMessage: order.overrideMessage,
    channels: channelsToTry(call, order.overrideChannel, open?.channel ?? null),
    handoffId: handoff.handoffId,
    lookbackMinutes: handoff.lookbackMinutes,
    routeAllWithinLookback: handoff.routeAllWithinLookback,
    expiresAt: new Date(now.getTime() + handoff.inviteTtlSeconds * 1_000),
  })
  const { claimedBy } = order
  const { begun, optedOut } = await beginNextChannel(tx, {
    config,
    circuits: order.circuits,
    handoff,
    call,
    invite,
    claimedBy,
    optOuts,
    conversation: open,
  })
  if (begun === null) {
    const missing = optedOut ? 'opted-out' : 'no-channel'
    await recordRefusedInvite(tx, accountId, callId, missing)
    return { refusal: missing }
  }
  const attempt = loadAttempt(tx, accountId, begun.attemptId) as Promise<Attempt>
  // When the tx fails, its own error tells why.
  attempt.catch(() => {})
  return { begun, attempt }
}

/** What may stand against an invite, besides its call. */
interface Surroundings {
  readonly conversationOpen: boolean
  readonly now: Date
  /** Invites of other calls within the hours of the cap. */
  readonly others: number
}

function refusalOf(order: InviteOrder, { conversationOpen, now, others }: Surroundings): InviteRefusal | null {
  const { config, handoff, call } = order
  if (call.availableChannels.length === 0) return 'not-eligible'
  if (conversationOpen && handoff.openConversation === 'refuse') return 'open-conversation'
  const { quietHours = null, consumerCap: cap = null } = config.settings ?? {}
  if (quietHours !== null && isQuiet(quietHours, now)) return 'quiet-hours'
  return cap !== null && others >= cap.invites ? 'too-many-invites' : null
}
