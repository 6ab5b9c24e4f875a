import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import type { Database } from './db.ts'
import { nonceBurner } from './nonces.ts'

let database: TestDatabase
let db: Database
before(async () => {
  database = await testDatabase()
  db = database.open()
})
after(() => database.drop())

const stamp = 1_795_348_800

test('a nonce is burnt once', async () => {
  const burn = nonceBurner(db)
  assert.equal(await burn('1', 'key', stamp, 'once'), true)
  assert.equal(await burn('1', 'key', stamp, 'once'), false)
})

test('account, key and timestamp make it another nonce', async () => {
  const burn = nonceBurner(db)
  const all = await Promise.all([
    burn('1', 'key', stamp, 'same'),
    burn('2', 'key', stamp, 'same'),
    burn('1', 'other', stamp, 'same'),
    burn('1', 'key', stamp + 1, 'same'),
  ])
  assert.deepEqual(all, [true, true, true, true])
})

test('of equal nonces at one moment exactly one wins, on one process and on several', async () => {
  const burners = [nonceBurner(db), nonceBurner(database.open()), nonceBurner(database.open())]
  const names = Array.from({ length: 20 }, (_, index) => `race-${index}`)
  const uses = names.flatMap((name, index) =>
    // Each burner gets the nonces in another order: they must not wait for each other in a circle.
    burners.flatMap((_, turn) =>
      [0, 1, 2].map(() => ({ name: index % 2 ? name : names[names.length - 1 - index]!, turn })),
    ),
  )
  const won = new Map<string, number>()
  await Promise.all(
    uses.map(async ({ name, turn }) => {
      if (await burners[turn]!('1', 'key', stamp, name)) won.set(name, (won.get(name) ?? 0) + 1)
    }),
  )
  assert.deepEqual(
    [...won.values()].filter((times) => times !== 1),
    [],
  )
  assert.equal(won.size, new Set(uses.map((use) => use.name)).size)
})

test('a thousand requests share few statements', async () => {
  const burn = nonceBurner(db)
  const before = await statements()
  const won = await Promise.all(Array.from({ length: 1_000 }, (_, index) => burn('3', 'key', stamp, `many-${index}`)))
  assert.equal(won.every(Boolean), true)
  const [row] = await db<{ kept: number }[]>`select count(*)::int as kept from oauth_nonces where account_id = '3'`
  assert.equal(row?.kept, 1_000)
  assert.ok((await statements()) - before < 20)
})

/** Database transactions committed so far; a statement by itself is one. */
async function statements(): Promise<number> {
  await db`select pg_stat_force_next_flush()`
  const [row] = await db<
    { n: string }[]
  >`select xact_commit as n from pg_stat_database where datname = current_database()`
  return Number(row!.n)
}
