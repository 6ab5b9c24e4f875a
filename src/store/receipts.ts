import type { HeardFailure, HeardStatus } from '../channels/connector.ts'
import type { FailureKind } from '../channels/failures.ts'
import type { MessageStatus } from '../domain/message.ts'
import type { DbOrTx } from './db.ts'

/** A status as the provider told it. */
export interface StoredReceipt {
  readonly status: MessageStatus
  readonly failure: HeardFailure | null
  /** The provider's time, else when we heard it. */
  readonly at: Date
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
 * provider id calls this in the same tx, under `lockProviderId`, and feeds each to `advanceMessage`.
 */
export async function takeReceipts(
  tx: DbOrTx,
  accountId: string,
  senderId: string,
  providerId: string,
): Promise<readonly StoredReceipt[]> {
  await lockProviderId(tx, accountId, senderId, providerId)
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
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/${senderId}/${providerId}`}, 1))`
}
