import { randomUUID } from 'node:crypto'
import type { DbOrTx } from './db.ts'

/** The user whose presence the contract checks (code 1200). No person: it has no email and no password. */
export async function insertInternalUser(tx: DbOrTx, accountId: string): Promise<void> {
  await tx`
    insert into users (account_id, user_id, name, role)
    values (${accountId}, ${randomUUID()}, 'outbound-user', 'internal')`
}

export async function setInternalUser(tx: DbOrTx, accountId: string, enabled: boolean): Promise<void> {
  await tx`update users set enabled = ${enabled} where account_id = ${accountId} and role = 'internal'`
}
