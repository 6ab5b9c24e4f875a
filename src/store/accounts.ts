import type { Region } from '../domain/account.ts'
import type { DbOrTx } from './db.ts'

export interface AccountRow {
  readonly accountId: string
  readonly title: string
  readonly region: Region
  readonly enabled: boolean
  readonly createdAt: Date
}

/** Adds a brand; false when the account id is taken. */
export async function insertAccount(
  tx: DbOrTx,
  account: { accountId: string; title: string; region: Region },
): Promise<boolean> {
  const added = await tx`
    insert into accounts (account_id, title, region) values (${account.accountId}, ${account.title}, ${account.region})
    on conflict do nothing returning account_id`
  return added.length === 1
}

/**
 * Makes changes of one brand's configuration wait for each other. `no key` lets messages, which only refer to the
 * account, go on meanwhile. False when there is no such account.
 */
export async function lockAccount(tx: DbOrTx, accountId: string): Promise<boolean> {
  const locked = await tx`select account_id from accounts where account_id = ${accountId} for no key update`
  return locked.length === 1
}

/** Every brand of this deployment, or the one named; for the operator only. */
export async function listAccounts(db: DbOrTx, accountId: string | null = null): Promise<readonly AccountRow[]> {
  return db<AccountRow[]>`
    select account_id as "accountId", title, region, enabled, created_at as "createdAt"
    from accounts where ${accountId}::text is null or account_id = ${accountId} order by account_id`
}

/** Sets what is given and leaves the rest. */
export async function updateAccount(
  tx: DbOrTx,
  accountId: string,
  change: { title?: string | undefined; region?: Region | undefined; enabled?: boolean | undefined },
): Promise<void> {
  await tx`
    update accounts set title = coalesce(${change.title ?? null}, title), region = coalesce(${change.region ?? null}, region),
      enabled = coalesce(${change.enabled ?? null}, enabled)
    where account_id = ${accountId}`
}
