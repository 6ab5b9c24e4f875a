import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { within } from '../within.ts'
import { hearCommits } from './committed.ts'
import { atomic, type Database } from './db.ts'
import { readEvents } from './events.ts'
import { type Touch, touchSkill } from './touched.ts'
import type { ReadBehind } from './tx-sessions.ts'

const accountId = '10000001'
let database: TestDatabase
let db: Database
before(async () => {
  database = await testDatabase()
  db = database.open(2)
  await db`insert into accounts (account_id, title, region) values (${accountId}, 'Brand', 'va')`
})
after(() => database.drop())
beforeEach(() => db`truncate events, event_numbers`)

/** Hears one account's commits; what `onGiven` makes of each, and what was told as committed. */
function hear<T>(onGiven: (read: ReadBehind) => Promise<T>) {
  const reads: Promise<T>[] = []
  const given: (readonly Touch[])[] = []
  const committed: (readonly Touch[])[] = []
  const stop = hearCommits(db, {
    onGiven(_accountId, touched, read) {
      given.push(touched)
      const reading = onGiven(read)
      reading.catch(() => {})
      reads.push(reading)
    },
    onCommitted: (_accountId, touched) => committed.push(touched),
  })
  return { reads, given, committed, stop }
}

test('what is read behind a COMMIT sees its events, and leaves the connection as it was', async (t) => {
  const heard = hear((read) =>
    read(async (behind) => {
      const [planned] = await behind<{ how: string }[]>`select current_setting('plan_cache_mode') as how`
      return { how: planned!.how, events: await readEvents(behind, accountId, 0, 10) }
    }),
  )
  t.after(heard.stop)
  const skillId = randomUUID()
  await atomic(db, async (tx) => touchSkill(tx, accountId, skillId))
  const { how, events } = await heard.reads[0]!
  assert.equal(how, 'force_generic_plan')
  assert.deepEqual(
    events?.map((event) => ({ number: event.number, of: event.kind === 'skill' && event.skillId })),
    [{ number: 1, of: skillId }],
  )
  assert.equal(heard.committed[0], heard.given[0], 'the same, so that whoever has read it knows it')
  const next = await atomic(db, (tx) => tx<{ how: string }[]>`select current_setting('plan_cache_mode') as how`)
  assert.equal(next[0]!.how, 'auto')
})

test('a commit that writes no events is not told', async (t) => {
  const heard = hear(async () => null)
  t.after(heard.stop)
  await atomic(db, (tx) => tx`select 1`)
  assert.deepEqual([heard.given, heard.committed], [[], []])
})

test('a COMMIT that fails: nothing is seen behind it, nothing is told, and the connection goes on', async (t) => {
  await db`create table once_only (id int unique deferrable initially deferred)`
  const heard = hear((read) => read((behind) => readEvents(behind, accountId, 0, 10)))
  t.after(heard.stop)
  const refused = atomic(db, async (tx) => {
    touchSkill(tx, accountId, randomUUID())
    await tx`insert into once_only values (1), (1)`
  })
  await assert.rejects(refused, { code: '23505' })
  assert.deepEqual(await heard.reads[0], [])
  assert.deepEqual(heard.committed, [])
  await atomic(db, async (tx) => touchSkill(tx, accountId, randomUUID()))
  assert.equal((await heard.reads[1])?.length, 1)
})

test('what fails behind a COMMIT is its own affair', async (t) => {
  const heard = hear((read) => read((behind) => behind`select 1 / 0`))
  t.after(heard.stop)
  await atomic(db, async (tx) => touchSkill(tx, accountId, randomUUID()))
  await assert.rejects(heard.reads[0]!, { code: '22012' })
  assert.equal(heard.committed.length, 1)
  assert.equal((await readEvents(db, accountId, 0, 10))?.length, 1)
})

test('a connection that dies behind its COMMIT ends the reading, too', { timeout: 60_000 }, async (t) => {
  const killer = database.open(1)
  for (let round = 0; round < 20; round += 1) {
    const heard = hear((read) =>
      read(async (behind) => {
        const [{ pid } = { pid: 0 }] = await behind<{ pid: number }[]>`select pg_backend_pid() as pid`
        await killer`select pg_terminate_backend(${pid})`
        if (round % 2 === 1) await killer`select pg_sleep(0.01)`
        await behind`select pg_sleep(5)`
      }),
    )
    t.after(heard.stop)
    const changing = atomic(db, async (tx) => touchSkill(tx, accountId, randomUUID())).catch(() => {})
    const ended = Promise.all([changing, heard.reads[0]?.catch(() => {})])
    assert.ok(await within(20_000, ended), 'it never ended')
    heard.stop()
  }
  const { length } = (await readEvents(db, accountId, 0, 100))!
  assert.equal(length, 20, 'each COMMIT had succeeded before')
})
