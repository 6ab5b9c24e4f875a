import type { DbOrTx } from './db.ts'

/** Names of a brand's people by their ids, to say who did something. */
export async function userNames(db: DbOrTx, accountId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db<{ user_id: string; name: string }[]>`
    select user_id, name from users where account_id = ${accountId} and role <> 'internal'`
  return new Map(rows.map((row) => [row.user_id, row.name]))
}
