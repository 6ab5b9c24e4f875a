import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test, { after, before } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { openDatabase } from './db.ts'
import { migrate, SchemaTooNew } from './migrate.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.drop())

/** An empty database beside the test's own, and two pools on it. */
async function empty() {
  const name = `m_${randomBytes(6).toString('hex')}`
  const admin = database.open(1)
  await admin.unsafe(`create database ${name}`)
  const open = () =>
    openDatabase({ socketDir: database.socketDir, user: database.user, database: name }, { max: 2, name: 'migrating' })
  const pools = [open(), open()] as const
  return {
    pools,
    async drop() {
      await Promise.all(pools.map((pool) => pool.end()))
      await admin.unsafe(`drop database ${name} with (force)`)
    },
  }
}

test('two starters at once: one migrates, the other finds the work done', async () => {
  const { pools, drop } = await empty()
  try {
    const [first, second] = await Promise.all(pools.map((pool) => migrate(pool)))
    assert.deepEqual([first!.length, second!.length].sort((a, b) => a - b)[0], 0)
    const applied = [...first!, ...second!]
    assert.ok(applied.length >= 5)
    assert.deepEqual(applied, [...applied].sort())
    const rows = await pools[0]`select name from schema_migrations order by name`
    assert.deepEqual(
      rows.map((row) => row.name),
      applied,
    )
  } finally {
    await drop()
  }
})

test('a starter that dies half way leaves nothing of the half file behind', async () => {
  const { pools, drop } = await empty()
  try {
    const killed = migrate(pools[0]).then(
      () => 'finished',
      () => 'died',
    )
    // Kill whatever backend of the first pool is at work until it has died or was quicker than us.
    for (let round = 0; round < 50; round += 1) {
      await pools[1]`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`
      if (await Promise.race([killed, new Promise((resolve) => setTimeout(() => resolve(null), 5))])) break
    }
    await killed
    await migrate(pools[1])
    const [{ tables }] = await pools[1]<
      [{ tables: number }]
    >`select count(*)::int as tables from pg_tables where schemaname = 'public'`
    const [{ expected }] = await database.open(1)<
      [{ expected: number }]
    >`select count(*)::int as expected from pg_tables where schemaname = 'public'`
    assert.equal(tables, expected)
  } finally {
    await drop()
  }
})

test('a schema from a newer server is refused with words', async () => {
  const db = database.open(2)
  await db`insert into schema_migrations (name) values ('9999_from-the-future.sql')`
  await assert.rejects(migrate(db), (error: Error) => {
    assert.ok(error instanceof SchemaTooNew)
    assert.match(error.message, /9999_from-the-future\.sql/)
    return true
  })
  await db`delete from schema_migrations where name like '9999%'`
  assert.deepEqual(await migrate(db), [])
})
