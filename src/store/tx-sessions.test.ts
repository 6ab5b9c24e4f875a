import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { atomic, type Database } from './db.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.drop())

/** Kills every other backend of this database that is at work, again and again, until told to stop. */
function killing(killer: Database, everyMs: number): { stop(): Promise<void> } {
  let going = true
  const loop = (async () => {
    while (going) {
      await killer`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and application_name <> 'killer'`.catch(
        () => {},
      )
      await pause(everyMs)
    }
  })()
  return {
    stop() {
      going = false
      return loop
    },
  }
}

test('killed at any moment: each database transaction ends, whole or not at all, and the pool goes on', {
  timeout: 60_000,
}, async () => {
  const killer = database.open(1)
  const db = database.open(2)
  await db`create table pairs (round int, half int)`
  const results: string[] = []
  for (let round = 0; round < 120; round += 1) {
    const kills = killing(killer, round % 7)
    const result = await atomic(db, async (tx) => {
      await tx`insert into pairs values (${round}, 1)`
      await tx`select pg_sleep(${(round % 5) / 1000})`
      await tx`insert into pairs values (${round}, 2)`
    }).then(
      () => 'kept',
      (error: { code?: string }) => error.code ?? 'no code',
    )
    await kills.stop()
    results.push(result)
  }
  const rows = await db<
    { round: number; halves: number }[]
  >`select round, count(*)::int as halves from pairs group by round`
  assert.ok(rows.every(({ halves }) => halves === 2))
  const kept = new Set(rows.map(({ round }) => round))
  // What was answered as kept is there; what ended in an error may be there (the answer to COMMIT was lost) or not.
  results.forEach((result, round) => {
    if (result === 'kept') assert.ok(kept.has(round))
  })
  assert.ok(
    results.some((result) => result !== 'kept'),
    'no kill has hit: the test proves nothing',
  )
})

test('a failed statement that was not noticed does not pass for a commit', async () => {
  const db = database.open(2)
  await assert.rejects(
    atomic(db, async (tx) => {
      await tx`select 1 / 0`.catch(() => {})
    }),
    /not noticed/,
  )
})

test('a savepoint takes only its own work down', async () => {
  const db = database.open(2)
  await db`create table points (n int)`
  await atomic(db, async (tx) => {
    await tx`insert into points values (1)`
    await tx.savepoint(async (inner) => inner`insert into points values (2)`)
    await assert.rejects(
      tx.savepoint(async (inner) => {
        await inner`insert into points values (3)`
        await inner`select 1 / 0`
      }),
    )
    await tx`insert into points values (4)`
  })
  assert.deepEqual(
    (await db`select n from points order by n`).map((row) => row.n),
    [1, 2, 4],
  )
})

test('more work than connections waits its turn', async () => {
  const db = database.open(2)
  const running = { now: 0, most: 0 }
  await Promise.all(
    Array.from({ length: 10 }, () =>
      atomic(db, async (tx) => {
        running.now += 1
        running.most = Math.max(running.most, running.now)
        await tx`select pg_sleep(0.01)`
        running.now -= 1
      }),
    ),
  )
  assert.equal(running.most, 2)
})
