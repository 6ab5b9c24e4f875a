import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../src/postgres/start-postgres.ts'
import { type Database, openDatabase } from '../src/store/db.ts'
import { migrate } from '../src/store/migrate.ts'
import { migrateQueue } from '../src/store/migrate-queue.ts'
import { within } from '../src/within.ts'

/** The socket folder of a PostgreSQL that the whole run shares; a test file run alone starts its own. */
const sharedVariable = 'C2M_TEST_POSTGRES'
const silent = { info() {}, warn() {}, error() {} }
const templateLock = 4_020_611

export interface TestDatabase {
  readonly socketDir: string
  readonly name: string
  readonly user: string
  open(max?: number): Database
  drop(): Promise<void>
}

let owned: Promise<{ socketDir: string; user: string; stop(): Promise<void> }> | null = null
let users = 0

async function server(): Promise<{ socketDir: string; user: string }> {
  const shared = process.env[sharedVariable]
  if (shared !== undefined) return { socketDir: shared, user: 'c2m' }
  owned ??= (async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'c2m-test-'))
    // As root, PostgreSQL runs as another user, who must be able to pass through.
    await chmod(dataDir, 0o711)
    const running = await startPostgres({ dataDir, log: silent })
    return {
      socketDir: running.socketDir,
      user: running.user,
      async stop() {
        await running.stop()
        await rm(dataDir, { recursive: true, force: true })
      },
    }
  })()
  return owned
}

/** Far longer than making a template takes on a busy machine: only a step that never ends is cut off. */
const stuckMs = 60_000

/**
 * A fresh, migrated database of its own for one test file: a clone of a template that is made once per state of
 * `migrations/`, so it costs a copy instead of the migrations.
 * @throws the database's error. Nothing is left open then: an open connection would keep the test file's process from
 * ending and from saying what failed, for as long as the run lasts.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { socketDir, user } = await server()
  users += 1
  const made = await makeDatabase(socketDir, user).catch(async (error: unknown) => {
    await leaveServer()
    throw error
  })
  const { admin, name } = made
  const opened: Database[] = []
  return {
    socketDir,
    name,
    user,
    open(max = 5) {
      const db = openDatabase({ socketDir, user, database: name }, { max, name: 'test' })
      opened.push(db)
      return db
    },
    async drop() {
      await Promise.all(opened.map((db) => db.end({ timeout: 1 })))
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end({ timeout: 1 })
      await leaveServer()
    },
  }
}

async function leaveServer(): Promise<void> {
  users -= 1
  if (users > 0 || owned === null) return
  const running = await owned
  owned = null
  await running.stop()
}

/** Clones the template over a connection of its own, and over a second one if the first is stuck. */
async function makeDatabase(socketDir: string, user: string): Promise<{ admin: Database; name: string }> {
  for (let again = true; ; again = false) {
    const admin = openDatabase({ socketDir, user, database: 'postgres' }, { max: 1, name: 'test-admin' })
    const name = `t_${randomBytes(6).toString('hex')}`
    const making = (async () => {
      const template = await makeTemplate(admin, socketDir, user)
      await admin.unsafe(`create database ${name} template ${template}`)
    })()
    if (await within(stuckMs, making)) {
      try {
        await making
        return { admin, name }
      } catch (error) {
        await admin.end({ timeout: 1 })
        throw error
      }
    }
    await admin.end({ timeout: 0 })
    if (!again) throw new Error(`A test database was not made within twice ${stuckMs} ms.`)
    process.stderr.write('A test database was not made in time; it is tried once more.\n')
  }
}

async function makeTemplate(admin: Database, socketDir: string, user: string): Promise<string> {
  const folder = new URL('../migrations/', import.meta.url)
  const hash = createHash('sha256')
  for (const file of (await readdir(folder)).filter((f) => /^[0-9]{4}_.*\.sql$/.test(f)).sort()) {
    hash.update(file).update(await readFile(new URL(file, folder)))
  }
  const name = `template_${hash.digest('hex').slice(0, 16)}`
  // `admin` has one connection, so these are one session.
  const session = admin
  try {
    await session`set statement_timeout = 0`
    await session`select pg_advisory_lock(${templateLock})`
    const [known] = await session`select 1 from pg_database where datname = ${name}`
    if (known === undefined) {
      const making = `${name}_making`
      await session.unsafe(`drop database if exists ${making} with (force)`)
      await session.unsafe(`create database ${making}`)
      const db = openDatabase({ socketDir, user, database: making }, { max: 2, name: 'test-template' })
      try {
        await migrate(db)
      } finally {
        await db.end()
      }
      await migrateQueue({ socketDir, user, database: making })
      await session.unsafe(`alter database ${making} rename to ${name}`)
    }
  } finally {
    await session`select pg_advisory_unlock(${templateLock})`
  }
  return name
}
