import type { Database } from './db.ts'

/** The database is there, but not fit to keep promises on. */
export class DatabaseUnfit extends Error {}

interface Facts {
  version: number
  fsync: string
  full_page_writes: string
  encoding: string
  read_only: string
}

/**
 * Refuses a database on which "accepted is durable" or our use of sessions would not hold (reliability DB-14 to DB-16).
 * @returns sentences the operator should read, none of which stops the start.
 * @throws DatabaseUnfit with a sentence that names the fault and the mend.
 */
export async function checkDatabase(db: Database): Promise<readonly string[]> {
  const [facts] = await db<[Facts]>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      (select pg_encoding_to_char(encoding) from pg_database where datname = current_database()) as encoding,
      current_setting('transaction_read_only') as read_only`
  if (facts.version < 150_000) {
    throw new DatabaseUnfit(
      `The database is PostgreSQL ${Math.floor(facts.version / 10_000)}; version 15 or newer is needed.`,
    )
  }
  if (facts.fsync === 'off') {
    throw new DatabaseUnfit(
      'The database runs with fsync=off and would lose accepted invites in a power cut. Set fsync=on and start it again.',
    )
  }
  if (facts.encoding !== 'UTF8') {
    throw new DatabaseUnfit(
      `The database's encoding is ${facts.encoding}; make one with: createdb --encoding=UTF8 --template=template0 NAME.`,
    )
  }
  if (facts.read_only === 'on') {
    throw new DatabaseUnfit(
      'The database only reads (a standby, or default_transaction_read_only=on). DATABASE_URL must name the primary.',
    )
  }
  await refuseTransactionPooling(db)
  return [
    ...(facts.full_page_writes === 'off'
      ? ['The database runs with full_page_writes=off: a power cut can damage it.']
      : []),
  ]
}

/**
 * A pooler in transaction mode gives each statement another session, and LISTEN, advisory locks and our session
 * settings are lost. What a session sets must be there in its next transaction, on the same backend.
 */
async function refuseTransactionPooling(db: Database): Promise<void> {
  const session = await db.reserve()
  try {
    const seen = new Set<number>()
    // A pooler hands a freed server connection to whoever asks next: others ask between our two questions.
    for (let round = 0; round < 3; round += 1) {
      const [own] = await session<[{ pid: number }]>`select pg_backend_pid() as pid`
      seen.add(own.pid)
      await Promise.all([
        db`select pg_backend_pid()`,
        db`select pg_backend_pid()`,
        session`select set_config('c2m.probe', ${String(round)}, false)`,
      ])
      const [kept] = await session<[{ probe: string | null; pid: number }]>`
        select current_setting('c2m.probe', true) as probe, pg_backend_pid() as pid`
      seen.add(kept.pid)
      if (kept.probe !== String(round) || seen.size > 1) {
        throw new DatabaseUnfit(
          'Between this server and the database stands a pooler in transaction mode, which loses sessions. Use session mode, or name the database itself in DATABASE_URL.',
        )
      }
    }
  } finally {
    session.release()
  }
}
