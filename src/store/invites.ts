import { failures } from '../channels/failures.ts'
import type { Channel } from '../domain/channel.ts'
import type { InviteRefusal, InviteState } from '../domain/invite.ts'
import type { DbOrTx } from './db.ts'
import { sendAlong } from './send-along.ts'
import { recordStep } from './transactions.ts'

export interface Invite {
  readonly callId: string
  readonly state: InviteState
  /** 1 for the first; counts definite failures after which the IVR asked again. */
  readonly round: number
  readonly consumerPhone: string
  /** The call's own, or the one the invite named. */
  readonly skillId: string
  readonly overrideMessage: string | null
  /** Not tried yet in this round, in order. */
  readonly channelsLeft: readonly Channel[]
  readonly channel: Channel | null
  readonly messageId: string | null
  readonly handoffId: string
  /** Past its time to live, by the database's clock. */
  readonly expired: boolean
  readonly expiresAt: Date
}

interface InviteRow {
  call_id: string
  state: InviteState
  round: number
  consumer_phone: string
  skill_id: string
  override_message: string | null
  channels_left: Channel[]
  channel: Channel | null
  message_id: string | null
  handoff_id: string
  expired: boolean
  expires_at: Date
}

const inviteOf = (row: InviteRow): Invite => ({
  callId: row.call_id,
  state: row.state,
  round: row.round,
  consumerPhone: row.consumer_phone,
  skillId: row.skill_id,
  overrideMessage: row.override_message,
  channelsLeft: row.channels_left,
  channel: row.channel,
  messageId: row.message_id,
  handoffId: row.handoff_id,
  expired: row.expired,
  expiresAt: row.expires_at,
})

/** The invite of a call, locked until the tx ends; null while there is none. */
export async function lockInvite(tx: DbOrTx, accountId: string, callId: string): Promise<Invite | null> {
  const [row] = await tx<InviteRow[]>`
    select call_id, state, round, consumer_phone, skill_id, override_message, channels_left, channel, message_id,
      handoff_id,
      expires_at <= clock_timestamp() as expired, expires_at
    from invites where account_id = ${accountId} and call_id = ${callId} for update`
  return row === undefined ? null : inviteOf(row)
}

/** Whether the call has an invite that reached the consumer, or still may: then asking again sends nothing (promise P2). */
export async function isInvited(db: DbOrTx, accountId: string, callId: string): Promise<boolean> {
  const rows = await db`
    select from invites
    where account_id = ${accountId} and call_id = ${callId} and state in ('sending', 'sent', 'unknown')`
  return rows.length > 0
}

/**
 * Invites of other calls that reached this consumer, or still may, within the last `hours`. Under `lockConsumer`. A call may
 * be older than its invite, by at most 720 hours (`CALL_TTL_HOURS`).
 */
export async function countInvites(
  tx: DbOrTx,
  accountId: string,
  phone: string,
  hours: number,
  exceptCallId: string,
): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::integer as count from invites
    where account_id = ${accountId} and consumer_phone = ${phone} and call_id <> ${exceptCallId}
      and call_id >= first_id_of(now() - make_interval(hours => ${hours} + 721)) and state in ('sending', 'sent', 'unknown') and created_at > clock_timestamp() - make_interval(hours => ${hours})`
  return row?.count ?? 0
}

export interface NewInvite {
  readonly callId: string
  /** 1, or one more than that of the earlier one. */
  readonly round: number
  readonly consumerPhone: string
  readonly skillId: string
  readonly overrideChannel: Channel | null
  readonly overrideMessage: string | null
  readonly channels: readonly Channel[]
  readonly handoffId: string
  readonly lookbackMinutes: number
  readonly routeAllWithinLookback: boolean
  readonly expiresAt: Date
}

/**
 * Stores the intent to invite: the primary key is promise P2. An invite that had definitely failed begins a new round with
 * what the IVR says now. The caller holds `lockConsumer` and has found that it may begin. The transaction's step tells the
 * channels to try, and `asked`: the one that the IVR named, if any.
 */
export async function openInvite(tx: DbOrTx, accountId: string, invite: NewInvite): Promise<Invite> {
  const open = () => tx`
    with opened as (
      insert into invites as i (account_id, call_id, state, consumer_phone, skill_id, override_channel, override_message,
        channels_left, handoff_id, lookback_minutes, route_all_within_lookback, created_at, expires_at)
      values (${accountId}, ${invite.callId}, 'sending', ${invite.consumerPhone}, ${invite.skillId},
        ${invite.overrideChannel}, ${invite.overrideMessage}, ${invite.channels as Channel[]}, ${invite.handoffId},
        ${invite.lookbackMinutes}, ${invite.routeAllWithinLookback}, clock_timestamp(),
        ${invite.expiresAt})
      on conflict (account_id, call_id) do update set state = 'sending', round = i.round + 1,
        skill_id = excluded.skill_id, override_channel = excluded.override_channel,
        override_message = excluded.override_message, channels_left = excluded.channels_left, channel = null,
        sender_id = null, address = null, message_id = null, lookback_minutes = excluded.lookback_minutes,
        route_all_within_lookback = excluded.route_all_within_lookback, failure_kind = null, provider_code = null,
        sent_at = null, lookback_until = null, created_at = excluded.created_at, expires_at = excluded.expires_at
      returning call_id, round, channels_left)
    insert into transaction_steps (account_id, call_id, step, details)
    select ${accountId}, call_id, 'invite-accepted', jsonb_build_object('round', round, 'channels', channels_left,
      'asked', ${invite.overrideChannel}::text) from opened`
  await sendAlong(tx, open)
  const { channels: channelsLeft, ...same } = invite
  return { ...same, channelsLeft, state: 'sending', channel: null, messageId: null, expired: false }
}

/** How an invite ended without reaching anybody, or that nobody can say. */
export interface InviteEnd {
  readonly state: Extract<InviteState, 'failed' | 'expired' | 'opted-out' | 'unknown'>
  /** A kind of failure of `channels/failures.ts`, or `no-channel`. */
  readonly kind: string
  readonly providerCode: string | null
  readonly channel: Channel | null
}

/** Ends an invite: its row, the call's times and error, and a step. An invite that is `sent` already stays sent. */
export async function endInvite(tx: DbOrTx, accountId: string, callId: string, end: InviteEnd): Promise<void> {
  const ended = await tx`
    update invites set state = ${end.state}, failure_kind = ${end.kind}, provider_code = ${end.providerCode}
    where account_id = ${accountId} and call_id = ${callId} and state <> 'sent' returning 1`
  if (ended.length === 0) return
  const failed = end.state === 'failed' || end.state === 'expired'
  const sentence = Object.hasOwn(failures, end.kind) ? failures[end.kind as keyof typeof failures].sentence : null
  await tx`
    update calls set failed_at = case when ${failed} then clock_timestamp() end,
      skipped_at = case when ${end.state === 'opted-out'} then clock_timestamp() end,
      error_source = ${end.providerCode === null ? 'c2m' : 'provider'}, error_code = ${end.providerCode ?? end.kind},
      error_message = ${sentence}
    where account_id = ${accountId} and call_id = ${callId}`
  const step = end.state === 'unknown' ? 'gave-up' : `invite-${end.state}`
  await recordStep(tx, accountId, callId, step, {
    channel: end.channel,
    kind: end.kind,
    ...(end.providerCode === null ? {} : { providerCode: end.providerCode }),
  })
}

/** An invite that may not go: the call says why, in the code that the IVR hears. What was opened in this tx ends with it. */
export async function recordRefusedInvite(
  tx: DbOrTx,
  accountId: string,
  callId: string,
  refusal: InviteRefusal,
): Promise<void> {
  const optedOut = refusal === 'opted-out'
  await tx`
    update invites set state = ${optedOut ? 'opted-out' : 'failed'}, failure_kind = ${refusal}
    where account_id = ${accountId} and call_id = ${callId} and state = 'sending'`
  await tx`
    update calls set failed_at = case when ${optedOut} then failed_at else clock_timestamp() end,
      skipped_at = case when ${optedOut} then clock_timestamp() else skipped_at end,
      error_source = 'c2m', error_code = '1400', error_message = 'Message cannot be sent'
    where account_id = ${accountId} and call_id = ${callId}`
  await recordStep(tx, accountId, callId, 'invite-refused', { kind: refusal })
}
