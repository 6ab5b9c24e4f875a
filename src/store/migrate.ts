import { readdir, readFile } from 'node:fs/promises'
import type { Database } from './db.ts'

/** The database was migrated by a newer server than this one. */
export class SchemaTooNew extends Error {}

const folder = new URL('../../migrations/', import.meta.url)
/** Any number will do, as long as every server uses the same: only one migrates at a time. */
const migrationLock = 7_202_611_220

/**
 * Brings the schema up to this server's. Forward only, each file in its own database transaction, under an advisory
 * lock: of two starters one migrates and the other finds the work done.
 * @returns the names of the files it applied, in order.
 * @throws SchemaTooNew when the database knows migrations that this server does not.
 */
export async function migrate(db: Database): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((name) => /^[0-9]{4}_[a-z-]+\.sql$/.test(name)).sort()
  const session = await db.reserve()
  try {
    await session`set statement_timeout = 0`
    await session`select pg_advisory_lock(${migrationLock})`
    await session`create table if not exists schema_migrations (
      name text primary key, applied_at timestamptz not null default now())`
    const known = new Set(
      (await session<{ name: string }[]>`select name from schema_migrations`).map((row) => row.name),
    )
    const unknown = [...known].filter((name) => !files.includes(name))
    if (unknown.length > 0) {
      throw new SchemaTooNew(
        `The database was migrated by a newer server (it knows ${unknown.join(', ')}). Start that version, or restore a backup from before the upgrade.`,
      )
    }
    const applied: string[] = []
    for (const name of files.filter((file) => !known.has(file))) {
      const sql = await readFile(new URL(name, folder), 'utf8')
      await session`begin`
      try {
        await session.unsafe(sql)
        await session`insert into schema_migrations (name) values (${name})`
        await session`commit`
      } catch (error) {
        await session`rollback`
        throw error
      }
      applied.push(name)
    }
    return applied
  } finally {
    await session`select pg_advisory_unlock(${migrationLock})`.catch(() => {})
    await session`reset statement_timeout`.catch(() => {})
    session.release()
  }
}
