import { secretContext } from './account-config.ts'
import type { Cipher } from './cipher.ts'
import type { Database } from './db.ts'

/** Whether secrets were ever stored here, so that a newly made key could not read them. */
export async function hasSecretKey(db: Database): Promise<boolean> {
  const [row] = await db<{ known: boolean }[]>`
    select exists(select from secret_key) or exists(select from api_keys) or exists(select from signing_keys) as known`
  return row!.known
}

/**
 * Whether this database's secrets are stored with the cipher's key, which is noted when none was. A release that noted none
 * may have stored some before: then the key must open one of them, or a wrong key would be noted and the right one refused.
 */
export async function isSecretKeyOf(db: Database, cipher: Cipher): Promise<boolean> {
  const noted = async () => (await db<{ fingerprint: string }[]>`select fingerprint from secret_key`)[0]?.fingerprint
  const known = await noted()
  if (known !== undefined) return known === cipher.fingerprint
  const [key] = await db<{ accountId: string; appKey: string; secret: Buffer }[]>`
    select account_id as "accountId", app_key as "appKey", secret from api_keys limit 1`
  const [signing] = await db<
    { kid: string; sealed: Buffer }[]
  >`select kid, private_key as sealed from signing_keys limit 1`
  if (key !== undefined && !opens(cipher, key.secret, secretContext.apiKey(key.accountId, key.appKey, 'secret')))
    return false
  if (signing !== undefined && !opens(cipher, signing.sealed, secretContext.signingKey(signing.kid))) return false
  // Of two first starts one comes first: the other one's key must be the same.
  await db`insert into secret_key (fingerprint) values (${cipher.fingerprint}) on conflict do nothing`
  return (await noted()) === cipher.fingerprint
}

function opens(cipher: Cipher, sealed: Uint8Array, context: string): boolean {
  try {
    cipher.decrypt(sealed, context)
    return true
  } catch {
    return false
  }
}
