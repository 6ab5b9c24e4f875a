import { runMigrations } from 'graphile-worker'
import pg from 'pg'
import { within } from '../within.ts'
import type { DatabaseTarget } from './db.ts'

/** The pool that the queue works with: its library speaks through `pg`, the rest of the server through postgres.js. */
export function queuePool(target: DatabaseTarget, max: number): pg.Pool {
  const pool = new pg.Pool({
    ...(target.url !== undefined
      ? { connectionString: target.url }
      : { host: target.socketDir!, user: target.user ?? 'c2m', database: target.database ?? 'postgres' }),
    max,
    application_name: 'c2m queue',
  })
  // Without a listener an idle connection that breaks ends the process (measured: exit code 1 when a backend is killed).
  pool.on('error', () => {})
  const open = new Set<pg.PoolClient>()
  pool.on('connect', (client) => {
    client.on('error', () => {})
    open.add(client)
    client.once('end', () => open.delete(client))
  })
  connectionsOf.set(pool, open)
  return pool
}

const connectionsOf = new WeakMap<pg.Pool, Set<pg.PoolClient>>()

/**
 * Ends the pool. By itself it waits, without end, for every connection that is lent out; after `patienceMs` they are cut,
 * and the statements under way on them fail.
 */
export async function endQueuePool(pool: pg.Pool, patienceMs: number): Promise<void> {
  if (await within(patienceMs, pool.end())) return
  for (const client of connectionsOf.get(pool) ?? []) client.connection.stream.destroy()
}

/** Brings the queue's own tables up to date; any process may add jobs, so each one makes sure of them. */
export async function migrateQueue(target: DatabaseTarget): Promise<void> {
  const pool = queuePool(target, 1)
  try {
    await runMigrations({ pgPool: pool })
  } finally {
    await pool.end()
  }
}
