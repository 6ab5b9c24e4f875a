import { randomBytes } from 'node:crypto'
import type { Privilege } from '../domain/account.ts'
import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/** The four values of an API key, shown once (reference: key wizard; 32 hex characters each). */
export interface IssuedApiKey {
  readonly appKey: string
  readonly secret: string
  readonly accessToken: string
  readonly accessTokenSecret: string
}

export interface ApiKeyRow {
  readonly appKey: string
  readonly title: string
  readonly privileges: readonly Privilege[]
  readonly enabled: boolean
  readonly createdAt: Date
  /** Null: never used. */
  readonly usedAt: Date | null
}

/** Keys of one account, disabled ones included: they can never be deleted (reference: API key for callers). */
export const mostApiKeys = 100

const hex32 = () => randomBytes(16).toString('hex')

/** Makes a key. Must run under the account's lock, so that the count is true. @returns null when the account has all it may have. */
export async function insertApiKey(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  key: { title: string; privileges: readonly Privilege[] },
): Promise<IssuedApiKey | null> {
  const [count] = await tx<{ keys: number }[]>`
    select count(*)::int as keys from api_keys where account_id = ${accountId}`
  if (count!.keys >= mostApiKeys) return null
  const issued = { appKey: hex32(), secret: hex32(), accessToken: hex32(), accessTokenSecret: hex32() }
  const sealed = seal(cipher, accountId, issued)
  await tx`
    insert into api_keys (account_id, app_key, title, secret, access_token, access_token_secret, privileges)
    values (${accountId}, ${issued.appKey}, ${key.title}, ${sealed.secret}, ${issued.accessToken}, ${sealed.token},
      ${[...key.privileges]})`
  return issued
}

/** Gives a key new secrets and a new access token; the old ones stop working. The app key stays. */
export async function renewApiKey(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  appKey: string,
): Promise<IssuedApiKey> {
  const issued = { appKey, secret: hex32(), accessToken: hex32(), accessTokenSecret: hex32() }
  const sealed = seal(cipher, accountId, issued)
  await tx`
    update api_keys set secret = ${sealed.secret}, access_token = ${issued.accessToken}, access_token_secret = ${sealed.token}
    where account_id = ${accountId} and app_key = ${appKey}`
  return issued
}

/** The account's keys without their secrets. */
export async function listApiKeys(db: DbOrTx, accountId: string): Promise<readonly ApiKeyRow[]> {
  return db<ApiKeyRow[]>`
    select k.app_key as "appKey", k.title, k.privileges, k.enabled, k.created_at as "createdAt", u.used_at as "usedAt"
    from api_keys k left join credential_uses u on u.account_id = k.account_id and u.credential_id = k.app_key
    where k.account_id = ${accountId} order by k.created_at, k.app_key`
}

/** Stores what may change of a key. */
export async function updateApiKey(
  tx: DbOrTx,
  accountId: string,
  key: { appKey: string; title: string; privileges: readonly Privilege[]; enabled: boolean },
): Promise<void> {
  await tx`
    update api_keys set title = ${key.title}, privileges = ${[...key.privileges]}, enabled = ${key.enabled}
    where account_id = ${accountId} and app_key = ${key.appKey}`
}

function seal(cipher: Cipher, accountId: string, key: IssuedApiKey) {
  return {
    secret: cipher.encrypt(key.secret, secretContext.apiKey(accountId, key.appKey, 'secret')),
    token: cipher.encrypt(key.accessTokenSecret, secretContext.apiKey(accountId, key.appKey, 'token')),
  }
}
