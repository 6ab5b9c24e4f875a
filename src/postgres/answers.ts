import { setTimeout as sleep } from 'node:timers/promises'
import { mendedDriver as postgres } from '../mended-driver.ts'
import { SUPERUSER } from './data-folder.ts'
import { PORT } from './socket-folder.ts'

/** The version of the PostgreSQL behind a socket folder if it answers a query within `patience` milliseconds. */
export async function answers(socketFolder: string, patience = 2_000): Promise<string | undefined> {
  const sql = postgres({
    host: socketFolder,
    port: PORT,
    user: SUPERUSER,
    database: 'postgres',
    max: 1,
    connect_timeout: Math.ceil(patience / 1_000),
    fetch_types: false,
    onnotice: () => {},
  })
  const query = sql<{ server_version: string }[]>`show server_version`.catch(() => undefined)
  try {
    const rows = await Promise.race([query, sleep(patience, undefined, { ref: false })])
    return rows?.[0]?.server_version
  } finally {
    await sql.end({ timeout: 0 }).catch(() => {})
  }
}
