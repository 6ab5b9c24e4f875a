import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Privilege } from '../domain/account.ts'
import type { DbOrTx } from './db.ts'

/** An OAuth client's credentials, shown once. */
export interface IssuedApp {
  readonly clientId: string
  readonly clientSecret: string
}

export interface AppInstallRow {
  readonly clientId: string
  readonly title: string
  readonly privileges: readonly Privilege[]
  readonly enabled: boolean
  readonly createdAt: Date
  readonly usedAt: Date | null
}

/** How a client secret is stored: SHA-256 suffices, because the secret is 32 random bytes of our own making. */
export const hashClientSecret = (secret: string) => createHash('sha256').update(secret).digest('hex')

const newSecret = () => randomBytes(32).toString('base64url')

/** Makes an OAuth client. */
export async function insertAppInstall(
  tx: DbOrTx,
  accountId: string,
  app: { title: string; privileges: readonly Privilege[] },
): Promise<IssuedApp> {
  const issued = { clientId: randomUUID(), clientSecret: newSecret() }
  await tx`
    insert into app_installs (account_id, client_id, title, secret_hash, privileges)
    values (${accountId}, ${issued.clientId}, ${app.title}, ${hashClientSecret(issued.clientSecret)}, ${[...app.privileges]})`
  return issued
}

/** The install whose presence the contract checks (code 1201). Nobody signs in with it: its hash matches no secret. */
export async function insertInternalApp(tx: DbOrTx, accountId: string): Promise<void> {
  await tx`
    insert into app_installs (account_id, client_id, title, secret_hash, privileges, internal)
    values (${accountId}, ${randomUUID()}, 'SmartConnect', '-', '{}', true)`
}

/** Gives a client a new secret; the old one stops working. Tokens already given out live on for their hour. */
export async function renewAppSecret(tx: DbOrTx, accountId: string, clientId: string): Promise<IssuedApp> {
  const issued = { clientId, clientSecret: newSecret() }
  await tx`
    update app_installs set secret_hash = ${hashClientSecret(issued.clientSecret)}
    where account_id = ${accountId} and client_id = ${clientId} and not internal`
  return issued
}

/** The brand's own clients; the internal one is shown with the internal user instead. */
export async function listAppInstalls(db: DbOrTx, accountId: string): Promise<readonly AppInstallRow[]> {
  return db<AppInstallRow[]>`
    select i.client_id as "clientId", i.title, i.privileges, i.enabled, i.created_at as "createdAt", u.used_at as "usedAt"
    from app_installs i left join credential_uses u on u.account_id = i.account_id and u.credential_id = i.client_id::text
    where i.account_id = ${accountId} and not i.internal order by i.created_at, i.client_id`
}

/** Stores what may change of a client. */
export async function updateAppInstall(
  tx: DbOrTx,
  accountId: string,
  app: { clientId: string; title: string; privileges: readonly Privilege[]; enabled: boolean },
): Promise<void> {
  await tx`
    update app_installs set title = ${app.title}, privileges = ${[...app.privileges]}, enabled = ${app.enabled}
    where account_id = ${accountId} and client_id = ${app.clientId} and not internal`
}

export async function setInternalApp(tx: DbOrTx, accountId: string, enabled: boolean): Promise<void> {
  await tx`update app_installs set enabled = ${enabled} where account_id = ${accountId} and internal`
}
