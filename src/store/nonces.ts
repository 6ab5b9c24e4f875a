import { batch } from './batch.ts'
import type { Database } from './db.ts'

export interface Nonce {
  readonly accountId: string
  readonly appKey: string
  /** The request's `oauth_timestamp`: a nonce is unique with it (RFC 5849 section 3.3). */
  readonly stamp: number
  readonly nonce: string
}

/** A nonce that waits for the statement that burns it; whoever has run that says so here. */
export interface HeldNonce extends Nonce {
  burnt: boolean
}

/** An eligibility answer leaves at 1.2 s whatever hangs (promise P7); of that the nonce may take this much. */
const patienceMs = 800

/**
 * Makes the function that burns nonces: true for the first use, false ever after, on every process and after a restart.
 * Requests of one tick share a statement. The rows are removed by the job `clean-up` once their timestamp is too old anyway.
 */
export function nonceBurner(
  db: Database,
): (accountId: string, appKey: string, stamp: number, nonce: string) => Promise<boolean> {
  const burn = batch<Nonce, boolean>((nonces) => burnAll(db, nonces), { most: 500, patienceMs })
  return (accountId, appKey, stamp, nonce) => burn({ accountId, appKey, stamp, nonce })
}

const nameOf = (nonce: Nonce) => `${nonce.accountId} ${nonce.appKey} ${nonce.stamp} ${nonce.nonce}`

async function burnAll(db: Database, nonces: readonly Nonce[]): Promise<readonly boolean[]> {
  // In one order everywhere: two processes that burn the same nonces in two orders would deadlock.
  const rows = await db<{ accountId: string; appKey: string; stamp: string; nonce: string }[]>`
    insert into oauth_nonces (account_id, app_key, stamp, nonce)
    select distinct * from unnest(
      ${nonces.map((one) => one.accountId)}::text[], ${nonces.map((one) => one.appKey)}::text[],
      ${nonces.map((one) => String(one.stamp))}::bigint[], ${nonces.map((one) => one.nonce)}::text[])
      as given (account_id, app_key, stamp, nonce)
    order by 1, 2, 3, 4
    on conflict do nothing
    returning account_id as "accountId", app_key as "appKey", stamp, nonce`
  const fresh = new Set(rows.map((row) => nameOf({ ...row, stamp: Number(row.stamp) })))
  // Of two equal nonces in one batch the first takes the name away from the second.
  return nonces.map((nonce) => fresh.delete(nameOf(nonce)))
}
