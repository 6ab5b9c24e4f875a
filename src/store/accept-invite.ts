import type { AccountConfig } from '../domain/account.ts'
import type { Call } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import type { Handoff } from '../domain/handoff.ts'
import { channelsToTry, type InviteRefusal, mayBeginAgain } from '../domain/invite.ts'
import { isQuiet } from '../domain/quiet-hours.ts'
import { type Attempt, loadAttempt } from './attempts.ts'
import type { Circuits } from './circuits.ts'
import { lockConsumer } from './consumer-lock.ts'
import { findOpenConversation } from './conversations.ts'
import type { DbOrTx } from './db.ts'
import { beginNextChannel } from './invite-channel.ts'
import { countInvites, lockInvite, openInvite, recordRefusedInvite } from './invites.ts'

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

/**
 * Accepts an invite in the caller's tx, or finds that it may not go. Invites of one consumer wait for each other here, so of
 * fifty at once with one callId one is accepted (CC-01), and the cap holds for any number of calls (CC-03).
 * @returns the attempt, held by `claimedBy`; `repeated` when an earlier invite of this call may have reached the consumer;
 * `refused` when nothing may be sent: the call's row and steps say why.
 */
export async function acceptInvite(tx: DbOrTx, order: InviteOrder): Promise<Attempt | 'repeated' | 'refused'> {
  const { config, handoff, call } = order
  const { accountId, callId, consumerPhone } = call
  await lockConsumer(tx, accountId, consumerPhone)
  const earlier = await lockInvite(tx, accountId, callId)
  if (earlier !== null && !mayBeginAgain(earlier.state)) return 'repeated'

  const open = await findOpenConversation(tx, accountId, { phone: consumerPhone, address: call.consumerId })
  const refusal = await refusalOf(tx, order, open !== null)
  if (refusal !== null) {
    await recordRefusedInvite(tx, accountId, callId, refusal)
    return 'refused'
  }
  const invite = await openInvite(tx, accountId, {
    callId,
    consumerPhone,
    skillId: order.skillId,
    overrideChannel: order.overrideChannel,
    overrideMessage: order.overrideMessage,
    channels: channelsToTry(call, order.overrideChannel, open?.channel ?? null),
    handoffId: handoff.handoffId,
    lookbackMinutes: handoff.lookbackMinutes,
    routeAllWithinLookback: handoff.routeAllWithinLookback,
    ttlSeconds: handoff.inviteTtlSeconds,
  })
  const { claimedBy } = order
  const { begun, optedOut } = await beginNextChannel(tx, {
    config,
    circuits: order.circuits,
    handoff,
    call,
    invite,
    claimedBy,
    conversation: open,
  })
  if (begun === null) {
    await recordRefusedInvite(tx, accountId, callId, optedOut ? 'opted-out' : 'no-channel')
    return 'refused'
  }
  return loadAttempt(tx, accountId, begun.attemptId) as Promise<Attempt>
}

async function refusalOf(tx: DbOrTx, order: InviteOrder, conversationOpen: boolean): Promise<InviteRefusal | null> {
  const { config, handoff, call } = order
  if (call.availableChannels.length === 0) return 'not-eligible'
  if (conversationOpen && handoff.openConversation === 'refuse') return 'open-conversation'
  const { quietHours = null, consumerCap: cap = null } = config.settings ?? {}
  if (quietHours !== null) {
    const [clock] = await tx<{ now: Date }[]>`select clock_timestamp() as now`
    if (isQuiet(quietHours, clock!.now)) return 'quiet-hours'
  }
  if (cap !== null) {
    const invites = await countInvites(tx, call.accountId, call.consumerPhone, cap.hours, call.callId)
    if (invites >= cap.invites) return 'too-many-invites'
  }
  return null
}
