import { readdir, readFile } from 'node:fs/promises'
import { atomic, type Database } from './db.ts'
import { makePartitions } from './partitions.ts'

/** The database was migrated by a newer server than this one. */
export class SchemaTooNew extends Error {}

const folder = new URL('../../migrations/', import.meta.url)
/** Any number will do, as long as every server uses the same: only one migrates at a time. */
const migrationLock = 7_202_611_220

/**
 * Brings the schema up to this server's. Forward only, all that is missing in one database transaction under an
 * advisory lock: of two starters one migrates and the other finds the work done, and a starter that dies half way
 * leaves nothing behind. Then it makes the partitions of the days and months to come.
 * @returns the names of the files it applied, in order.
 * @throws SchemaTooNew when the database knows migrations that this server does not.
 */
export async function migrate(db: Database): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => /^[0-9]{4}_.+\.sql$/.test(name)).sort()
  const applied = await atomic(db, async (tx) => {
    await tx`set local statement_timeout = 0`
    await tx`set local idle_in_transaction_session_timeout = 0`
    await tx`select pg_advisory_xact_lock(${migrationLock})`
    await tx`create table if not exists schema_migrations (
      name text primary key, applied_at timestamptz not null default now())`
    const known = new Set((await tx<{ name: string }[]>`select name from schema_migrations`).map((row) => row.name))
    const unknown = [...known].filter((name) => !files.includes(name))
    if (unknown.length > 0) {
      throw new SchemaTooNew(
        `The database was migrated by a newer server (it knows ${unknown.join(', ')}). Start that version, or restore a backup from before the upgrade.`,
      )
    }
    const missing = files.filter((file) => !known.has(file))
    for (const name of missing) {
      await tx.unsafe(await readFile(new URL(name, folder), 'utf8'))
      await tx`insert into schema_migrations (name) values (${name})`
    }
    return missing
  })
  await makePartitions(db)
  return applied
}
