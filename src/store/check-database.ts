import { setTimeout as pause } from 'node:timers/promises'
import { type Database, type DatabaseTarget, openDatabase } from './db.ts'

/** The database is there, but not fit to keep promises on. */
export class DatabaseUnfit extends Error {}

/** Nobody answers at DATABASE_URL, or it does not let us in. */
export class DatabaseAway extends Error {}

/** A database that starts together with this server is waited for this long, in milliseconds. */
const patienceMs = 10_000

interface Facts {
  version: number
  fsync: string
  full_page_writes: string
  encoding: string
  read_only: string
  may_create: boolean
  user: string
  database: string
}

/**
 * Refuses a database on which "accepted is durable" or our use of sessions would not hold (reliability DB-14 to DB-16).
 * @returns sentences the operator should read, none of which stops the start.
 * @throws DatabaseUnfit with a sentence that names the fault and the mend.
 * @throws DatabaseAway when nobody answers in time, or the answer is that we may not come in.
 */
export async function checkDatabase(target: DatabaseTarget): Promise<readonly string[]> {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      return await checkOnce(target)
    } catch (error) {
      const code = String((error as { code?: unknown }).code)
      if (away.test(code) && performance.now() < until) await pause(500)
      else throw databaseAway(error) ?? error
    }
  }
}

/** 57P03: it is starting up. */
const away = /^(ECONN|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|CONNECTION_|57P03|53300)/

/** What to say when the database of DATABASE_URL could not be used for this reason; null: the reason is another. */
export function databaseAway(error: unknown): DatabaseAway | null {
  const code = String((error as { code?: unknown }).code)
  if (away.test(code))
    return new DatabaseAway(
      `Nobody answers at the address in DATABASE_URL (${code}). Start that database, or correct the setting.`,
    )
  if (/^(28|3D000|42501)/.test(code))
    return new DatabaseAway(
      `The database in DATABASE_URL does not let us in (${code}): check user, password and database name.`,
    )
  return null
}

async function checkOnce(target: DatabaseTarget): Promise<readonly string[]> {
  const [one, other] = [0, 1].map(() => openDatabase(target, { max: 1, name: 'c2m check' })) as [Database, Database]
  try {
    await refuseTransactionPooling(one, other)
    return await factsOf(one)
  } finally {
    await Promise.all([one.end({ timeout: 1 }), other.end({ timeout: 1 })])
  }
}

async function factsOf(db: Database): Promise<readonly string[]> {
  const [facts] = await db<[Facts]>`
    select current_setting('server_version_num')::int as version, current_setting('fsync') as fsync,
      current_setting('full_page_writes') as full_page_writes,
      (select pg_encoding_to_char(encoding) from pg_database where datname = current_database()) as encoding,
      current_setting('transaction_read_only') as read_only, current_user::text as user, current_database()::text as database,
      coalesce(has_schema_privilege(current_schema(), 'create'), false)
        and (to_regnamespace('graphile_worker') is not null
          or has_database_privilege(current_database(), 'create')) as may_create`
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
  if (!facts.may_create) {
    throw new DatabaseUnfit(
      `The user "${facts.user}" of DATABASE_URL may not make tables and schemas in its database. Give it the database: ALTER DATABASE "${facts.database}" OWNER TO "${facts.user}".`,
    )
  }
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
async function refuseTransactionPooling(one: Database, other: Database): Promise<void> {
  const seen = new Set<number>()
  // A pooler hands a freed server connection to whoever asks next: another client asks between our questions.
  for (let round = 0; round < 3; round += 1) {
    await one`select set_config('c2m.probe', ${String(round)}, false)`
    const between = Promise.all([other`select pg_sleep(0.01)`, other`select 1`])
    const [kept] = await one<[{ probe: string | null; pid: number }]>`
      select current_setting('c2m.probe', true) as probe, pg_backend_pid() as pid`
    await between
    seen.add(kept.pid)
    if (kept.probe !== String(round) || seen.size > 1) {
      throw new DatabaseUnfit(
        'Between this server and the database stands a pooler in transaction mode, which loses sessions. Use session mode, or name the database itself in DATABASE_URL.',
      )
    }
  }
}
