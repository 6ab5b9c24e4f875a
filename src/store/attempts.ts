import type { Outgoing } from '../channels/connector.ts'
import type { AttemptState, UnknownReason } from '../domain/attempt.ts'
import { leaseSeconds } from '../domain/attempt.ts'
import type { Channel } from '../domain/channel.ts'
import type { MessageKind, StoredMedia } from '../domain/message.ts'
import type { TemplateVariables } from '../domain/template.ts'
import type { DbOrTx } from './db.ts'
import type { SealedDevice } from './push-targets.ts'
import { touchMessage } from './touched.ts'
import { firstIdAt, idsOfMonth } from './uuid-v7.ts'

/** An attempt with its message: everything that is needed to hand it over, or to look for it. */
export interface Attempt {
  readonly accountId: string
  readonly attemptId: string
  readonly messageId: string
  readonly callId: string | null
  readonly senderId: string
  readonly channel: Channel
  readonly address: string
  readonly kind: MessageKind
  readonly body: string
  readonly title: string | null
  readonly templateId: string | null
  readonly templateVariables: TemplateVariables | null
  readonly media: readonly StoredMedia[]
  /** In-app: the device it is for; one message has an attempt for each. */
  readonly deviceId: string | null
  /** Null when the message is for no device, or the device is no longer there. */
  readonly device: SealedDevice | null
  /** In-app invites only. */
  readonly campaign: Outgoing['campaign']
  readonly state: AttemptState
  readonly token: string
  /** Counts claims and takings over: whoever holds an older one may not write. */
  readonly fence: number
  readonly tries: number
  readonly claimedAt: Date | null
  readonly createdAt: Date
  readonly unknownReason: UnknownReason | null
  readonly asked: number
  /** By the database's clock, as of this reading. */
  readonly due: boolean
  readonly expired: boolean
  readonly leaseOver: boolean
  /** Seconds left of the message's worth, at least 0; null: no end. */
  readonly ttlSeconds: number | null
}

interface AttemptRow {
  account_id: string
  attempt_id: string
  message_id: string
  call_id: string | null
  sender_id: string
  channel: Channel
  address: string
  kind: MessageKind
  body: string
  title: string | null
  template_id: string | null
  template_variables: TemplateVariables | null
  media: StoredMedia[] | null
  device_id: string | null
  device_platform: SealedDevice['platform'] | null
  device_token: Buffer | null
  device_registered_at: Date | null
  lookback_minutes: number | null
  handoff_id: string | null
  skill_id: string | null
  state: AttemptState
  token: string
  fence: number
  tries: number
  claimed_at: Date | null
  created_at: Date
  unknown_reason: UnknownReason | null
  asked: number
  due: boolean
  expired: boolean
  lease_over: boolean
  ttl_seconds: number | null
}

const attemptOf = (row: AttemptRow): Attempt => ({
  accountId: row.account_id,
  attemptId: row.attempt_id,
  messageId: row.message_id,
  callId: row.call_id,
  senderId: row.sender_id,
  channel: row.channel,
  address: row.address,
  kind: row.kind,
  body: row.body,
  title: row.title,
  templateId: row.template_id,
  templateVariables: row.template_variables,
  media: row.media ?? [],
  deviceId: row.device_id,
  device:
    row.device_id === null || row.device_token === null
      ? null
      : {
          deviceId: row.device_id,
          platform: row.device_platform!,
          sealed: row.device_token,
          registeredAt: row.device_registered_at!,
        },
  campaign:
    row.lookback_minutes === null
      ? null
      : { lookBackMinutes: row.lookback_minutes, campaignId: row.handoff_id!, engagementId: row.skill_id! },
  state: row.state,
  token: row.token,
  fence: row.fence,
  tries: row.tries,
  claimedAt: row.claimed_at,
  createdAt: row.created_at,
  unknownReason: row.unknown_reason,
  asked: row.asked,
  due: row.due,
  expired: row.expired,
  leaseOver: row.lease_over,
  ttlSeconds: row.ttl_seconds,
})

/** One attempt as it stands; null when the account has no such. */
export async function loadAttempt(db: DbOrTx, accountId: string, attemptId: string): Promise<Attempt | null> {
  const month = idsOfMonth(attemptId)
  // Given at once, since one who does not wait for it gives a COMMIT next.
  const [row] = await db<AttemptRow[]>`
    select a.account_id, a.attempt_id, a.message_id, a.call_id, a.sender_id, m.channel, a.address, m.kind, m.body, m.title,
      m.template_id, m.template_variables, m.media, a.device_id, d.platform as device_platform, d.token as device_token,
      d.registered_at as device_registered_at, i.lookback_minutes, i.handoff_id, i.skill_id, a.state, a.token, a.fence, a.tries, a.claimed_at, a.created_at,
      a.unknown_reason, a.asked, a.next_try_at <= clock_timestamp() as due,
      coalesce(a.expires_at <= clock_timestamp(), false) as expired,
      coalesce(a.lease_until <= clock_timestamp(), false) as lease_over,
      greatest(0, floor(extract(epoch from a.expires_at - clock_timestamp())))::integer as ttl_seconds
    from attempts a join messages m on m.account_id = a.account_id and m.message_id = a.message_id
        and m.message_id >= ${month.from} and m.message_id < ${month.until}
      left join devices d on d.account_id = a.account_id and d.device_id = a.device_id and d.disabled_at is null
      left join invites i on i.account_id = a.account_id and i.call_id = a.call_id and m.channel = 'inapp'
        and m.kind = 'invite'
    where a.account_id = ${accountId} and a.attempt_id = ${attemptId}`.execute()
  return row === undefined ? null : attemptOf(row)
}

/**
 * The same, locked until the tx ends: the message's row first, as everywhere (`advanceMessage`), then the attempt's.
 */
export async function lockAttempt(tx: DbOrTx, accountId: string, attemptId: string): Promise<Attempt | null> {
  const month = idsOfMonth(attemptId)
  const [locked] = await tx`
    select 1 from messages where account_id = ${accountId}
      and message_id >= ${month.from} and message_id < ${month.until} and message_id =
      (select message_id from attempts where account_id = ${accountId} and attempt_id = ${attemptId}) for update`
  if (locked === undefined) return null
  await tx`select 1 from attempts where account_id = ${accountId} and attempt_id = ${attemptId} for update`
  return loadAttempt(tx, accountId, attemptId)
}

/**
 * Takes a waiting attempt for `processId`, for the length of a lease. The caller has locked it and found it due. The clock is
 * read once: two readings would make the lease longer by the time between them.
 */
export async function claimAttempt(
  tx: DbOrTx,
  attempt: Pick<Attempt, 'accountId' | 'attemptId' | 'messageId'>,
  processId: string,
): Promise<{ fence: number; claimedAt: Date } | null> {
  const [row] = await tx<{ fence: number; claimed_at: Date }[]>`
    update attempts set state = 'claimed', fence = fence + 1, tries = tries + 1, claimed_by = ${processId},
      claimed_at = clock.now, lease_until = clock.now + make_interval(secs => ${leaseSeconds})
    from (select clock_timestamp() as now) as clock
    where account_id = ${attempt.accountId} and attempt_id = ${attempt.attemptId} and state = 'accepted'
    returning fence, claimed_at`
  if (row === undefined) return null
  const [message] = await tx<{ conversation_id: string | null }[]>`update messages set status = 'sending'
    where account_id = ${attempt.accountId} and message_id = ${attempt.messageId} and status = 'accepted'
    returning conversation_id`
  const conversationId = message?.conversation_id ?? null
  if (conversationId !== null) touchMessage(tx, attempt.accountId, attempt.messageId, conversationId)
  return { fence: row.fence, claimedAt: row.claimed_at }
}

/** Wait for another message to the same WhatsApp user that is on its way, in milliseconds. */
const besideClaimedMs = 1_000
/** And for an earlier one whose own wait is over, and which goes as soon as its job runs. */
const behindDueMs = 250

const dayMs = 86_400_000

/**
 * A message waits behind an earlier one that was told to wait, to the same consumer (in an app: on the same device) by the
 * same sender: they arrive in the order in which they were written. WhatsApp takes about one message in six seconds to one
 * user (131056), so there it waits behind one that is being sent, too.
 * @returns milliseconds to wait; undefined: none. Under `lockConsumer`.
 */
export async function recipientBusyMs(tx: DbOrTx, attempt: Attempt): Promise<number | undefined> {
  // An attempt's id is of its message's time: what is older lies in partitions that need not be looked at.
  const since = firstIdAt(new Date(attempt.createdAt.getTime() - dayMs))
  const [row] = await tx<{ wait: number | null }[]>`
    select max(case when a.state = 'claimed' then ${besideClaimedMs}
      else greatest(${behindDueMs}, extract(epoch from a.next_try_at - clock_timestamp()) * 1000) end)::float8 as wait
    from messages m join attempts a on a.account_id = m.account_id and a.message_id = m.message_id
    where m.account_id = ${attempt.accountId} and m.address = ${attempt.address} and m.direction = 'out'
      and m.created_at > clock_timestamp() - interval '1 day' and m.message_id >= ${since} and a.attempt_id >= ${since}
      and a.sender_id = ${attempt.senderId} and a.device_id is not distinct from ${attempt.deviceId}
      and a.attempt_id <> ${attempt.attemptId}
      and (a.state = 'claimed' and a.lease_until > clock_timestamp() and ${attempt.channel === 'wa'}
        or a.state = 'accepted' and a.failure_kind = 'throttled'
          and (a.expires_at is null or a.expires_at > clock_timestamp())
          and m.message_number < (select message_number from messages
            where account_id = ${attempt.accountId} and message_id = ${attempt.messageId}))`
  return row?.wait == null ? undefined : Math.max(1, Math.ceil(row.wait))
}

/** Whether this claim was committed and still stands: asked after an error on COMMIT, which leaves that open. */
export async function claimStands(db: DbOrTx, accountId: string, attemptId: string, fence: number): Promise<boolean> {
  const [row] = await db`
    select 1 from attempts
    where account_id = ${accountId} and attempt_id = ${attemptId} and fence = ${fence} and state = 'claimed'
      and lease_until > clock_timestamp()`
  return row !== undefined
}

/** What the sweep finds, over all brands: ids only. */
export interface AttemptName {
  readonly accountId: string
  readonly attemptId: string
}

const nameOf = (row: { account_id: string; attempt_id: string }): AttemptName => ({
  accountId: row.account_id,
  attemptId: row.attempt_id,
})

/** Claims whose lease has ended, oldest first. */
export async function overdueClaims(db: DbOrTx, most: number): Promise<readonly AttemptName[]> {
  const rows = await db<{ account_id: string; attempt_id: string }[]>`
    select account_id, attempt_id from attempts
    where state = 'claimed' and lease_until < clock_timestamp() order by lease_until limit ${most}`
  return rows.map(nameOf)
}

/** Seconds, by the database's clock, until the next lease ends; infinite when no attempt is claimed. */
export async function secondsToLeaseEnd(db: DbOrTx): Promise<number> {
  const [row] = await db<{ seconds: number | null }[]>`
    select extract(epoch from min(lease_until) - clock_timestamp())::float8 as seconds from attempts where state = 'claimed'`
  return row?.seconds ?? Number.POSITIVE_INFINITY
}

/** Attempts that wait although their time has come and no job is there for them; one that keeps failing stays the queue's matter. */
export async function waitingAttempts(db: DbOrTx, most: number): Promise<readonly AttemptName[]> {
  const rows = await db<{ account_id: string; attempt_id: string }[]>`
    select account_id, attempt_id from attempts
    where state = 'accepted' and next_try_at <= clock_timestamp()
      and not exists(select 1 from graphile_worker.jobs where key = 'deliver/' || attempt_id and attempts < max_attempts)
    order by next_try_at limit ${most}`
  return rows.map(nameOf)
}

/** Attempts of unknown outcome that should be asked about and have no job for it. */
export async function unknownAttemptsDue(db: DbOrTx, most: number): Promise<readonly AttemptName[]> {
  const rows = await db<{ account_id: string; attempt_id: string }[]>`
    select account_id, attempt_id from attempts
    where state = 'unknown' and next_ask_at <= clock_timestamp()
      and not exists(select 1 from graphile_worker.jobs where key = 'resolve/' || attempt_id and attempts < max_attempts)
    order by next_ask_at limit ${most}`
  return rows.map(nameOf)
}

/** How many attempts nobody knows the outcome of, over all brands. */
export async function countUnknownAttempts(db: DbOrTx): Promise<number> {
  const [row] = await db<{ count: number }[]>`select count(*)::integer as count from attempts where state = 'unknown'`
  return row?.count ?? 0
}
