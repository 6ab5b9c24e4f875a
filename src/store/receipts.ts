import type { HeardFailure, HeardStatus } from '../channels/connector.ts'
import type { FailureKind } from '../channels/failures.ts'
import type { Channel } from '../domain/channel.ts'
import type { MessageStatus } from '../domain/message.ts'
import type { DbOrTx } from './db.ts'
import { isTelling, learnFromRefusal } from './learn-from-refusal.ts'
import { lockOutgoing } from './message-status.ts'

/** A status as the provider told it. */
export interface StoredReceipt {
  readonly status: MessageStatus
  readonly failure: HeardFailure | null
  /** The provider's time, else when we heard it. */
  readonly at: Date
}

/** A message of ours that a status is about. */
export interface MatchedMessage {
  readonly messageId: string
  readonly callId: string | null
  readonly channel: Channel
  readonly address: string
  readonly createdAt: Date
}

/**
 * Finds the messages that statuses are about: by the attempt's token, else by the provider's id, of this sender only.
 * @returns in the order of `heard`: the message; null when none is known yet; `foreign` when the token is an attempt's of
 *   another sender of the account, so that the status must not touch anything.
 */
export async function matchStatuses(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  heard: readonly Pick<HeardStatus, 'providerId' | 'attemptToken'>[],
): Promise<readonly (MatchedMessage | 'foreign' | null)[]> {
  if (heard.length === 0) return []
  const rows = await tx<
    {
      n: number
      token_sender: string | null
      message_id: string | null
      call_id: string | null
      channel: Channel
      address: string
      created_at: Date
    }[]
  >`
    select h.n::integer as n, a.sender_id as token_sender, coalesce(t.message_id, p.message_id) as message_id,
      coalesce(t.call_id, p.call_id) as call_id, coalesce(t.channel, p.channel) as channel,
      coalesce(t.address, p.address) as address, coalesce(t.created_at, p.created_at) as created_at
    from unnest(${heard.map((one) => one.providerId)}::text[], ${heard.map((one) => one.attemptToken)}::text[])
      with ordinality as h(provider_id, token, n)
    left join attempts a on a.account_id = ${accountId} and a.token = h.token
    left join messages t on t.account_id = ${accountId} and t.message_id = a.message_id and a.sender_id = ${senderId}
    left join messages p on a.message_id is null and p.account_id = ${accountId} and p.sender_id = ${senderId}
      and p.provider_id = h.provider_id and p.direction = 'out'
    order by h.n`
  return rows.map((row) => {
    if (row.token_sender !== null && row.token_sender !== senderId) return 'foreign'
    if (row.message_id === null) return null
    return {
      messageId: row.message_id,
      callId: row.call_id,
      channel: row.channel,
      address: row.address,
      createdAt: row.created_at,
    }
  })
}

/**
 * Keeps what a provider said about one message. The same status of the same message is kept once.
 * @param matched false while no message of ours is known by this provider id: `takeReceipts` finds it later.
 * @returns whether it is new.
 */
export async function recordReceipt(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  heard: HeardStatus,
  options: { receivedAt: Date; matched: boolean },
): Promise<{ isNew: boolean }> {
  const rows = await tx<{ is_new: boolean }[]>`
    insert into receipts (account_id, sender_id, provider_id, status, attempt_token, failure_kind, provider_code,
      occurred_at, received_at, matched_at)
    values (${accountId}, ${senderId}, ${heard.providerId}, ${heard.status}, ${heard.attemptToken},
      ${heard.failure?.kind ?? null}, ${heard.failure?.providerCode ?? null}, ${heard.at}, ${options.receivedAt},
      ${options.matched ? options.receivedAt : null})
    on conflict (account_id, sender_id, provider_id, status) do update
      set matched_at = coalesce(receipts.matched_at, excluded.matched_at)
    returning xmax = 0 as is_new`
  return { isNew: rows[0]!.is_new }
}

/**
 * Statuses that came before the message's provider id was known, oldest first, now marked as matched: whoever stores a
 * provider id calls this in the same tx, under `lockProviderId`, feeds each to `advanceMessage` and then all of them to
 * `learnFromReceipts`.
 */
export async function takeReceipts(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  providerId: string,
): Promise<readonly StoredReceipt[]> {
  const rows = await tx<
    { status: MessageStatus; failure_kind: FailureKind | null; provider_code: string | null; at: Date }[]
  >`
    with taken as (
      update receipts set matched_at = now()
      where account_id = ${accountId} and sender_id = ${senderId} and provider_id = ${providerId} and matched_at is null
      returning status, failure_kind, provider_code, coalesce(occurred_at, received_at) as at, received_at)
    select status, failure_kind, provider_code, at from taken order by received_at, status`
  return rows.map((row) => ({
    status: row.status,
    failure: row.failure_kind === null ? null : { kind: row.failure_kind, providerCode: row.provider_code },
    at: row.at,
  }))
}

/** Once the message is known by its provider id: what the statuses that were taken tell about its consumer. */
export async function learnFromReceipts(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  providerId: string,
  taken: readonly StoredReceipt[],
): Promise<void> {
  for (const { failure, at } of taken)
    if (isTelling(failure)) await learnLate(tx, accountId, { senderId, providerId, at }, failure)
}

/**
 * What a refusal told before anybody knew whom it was about. Without `lockConsumer`, which comes before every row: an
 * attempt that is claimed at this very moment was claimed before the opt-out was recorded.
 */
async function learnLate(
  tx: DbOrTx,
  accountId: string,
  receipt: { readonly senderId: string; readonly providerId: string; readonly at: Date },
  failure: HeardFailure,
): Promise<void> {
  const { senderId, providerId, at } = receipt
  const [message] = await matchStatuses(tx, accountId, senderId, [{ providerId, attemptToken: null }])
  if (message === null || message === undefined || message === 'foreign') return
  const [settings] = await tx<{ opt_out_scope: 'channel' | 'all' }[]>`
    select opt_out_scope from settings where account_id = ${accountId}`
  const { address, channel, messageId } = message
  const locked = await lockOutgoing(tx, accountId, messageId)
  const arrived = locked !== null && locked.delivered_at !== null
  const about = { address, channel, senderId, scope: settings?.opt_out_scope ?? 'all' }
  await learnFromRefusal(tx, accountId, about, failure, { at, arrived })
}

/**
 * Makes the two sides of one provider id wait for each other: a status that finds no message, and the send's answer
 * that makes the message known. Without it each could look before the other commits, and the status would be lost.
 */
export async function lockProviderId(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  providerId: string,
): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/${senderId}/${providerId}`}, 1))`.execute()
}
