import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { type SignInLimits, signInLimits } from './sign-in-limits.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.drop())

const stores: Record<string, () => SignInLimits> = {
  memory: () => signInLimits(null),
  'the database': () => signInLimits(database.open()),
}

for (const [where, make] of Object.entries(stores)) {
  describe(`counted in ${where}`, () => {
    test('five tries are free, the sixth begins a wait, and a good one forgets them', async () => {
      const limits = make()
      for (let i = 1; i <= 6; i += 1) assert.equal(await limits.take('email', 'a'), null, `try ${i}`)
      const wait = await limits.take('email', 'a')
      assert.ok(wait !== null && wait >= 1 && wait <= 5, `waits ${wait}`)
      assert.equal(await limits.take('email', 'b'), null, 'another name')
      assert.equal(await limits.take('browser', 'a'), null, 'another bucket')
      await limits.giveBack('email', 'a', true)
      assert.equal(await limits.take('email', 'a'), null)
    })

    test('of many tries at once no more than the free ones and one more go on', async () => {
      const limits = make()
      const results = await Promise.all(Array.from({ length: 40 }, () => limits.take('email', 'many')))
      assert.equal(results.filter((wait) => wait === null).length, 6)
    })

    test('tries during a wait neither lengthen it nor make the next one longer', async () => {
      const limits = make()
      for (let i = 1; i <= 6; i += 1) await limits.take('email', 'patient')
      const first = await limits.take('email', 'patient')
      for (let i = 1; i <= 20; i += 1) await limits.take('email', 'patient')
      const last = await limits.take('email', 'patient')
      assert.ok(last !== null && first !== null && last <= first)
    })

    test('a good try on a network gives back its own and leaves those of others', async () => {
      const limits = make()
      for (let i = 1; i <= 50; i += 1) {
        await limits.take('network', 'office')
        await limits.giveBack('network', 'office', false)
      }
      for (let i = 1; i <= 51; i += 1) assert.equal(await limits.take('network', 'office'), null, `failure ${i}`)
      assert.notEqual(await limits.take('network', 'office'), null)
      await limits.giveBack('network', 'office', false)
      assert.notEqual(await limits.take('network', 'office'), null)
    })
  })
}

test('each wait is twice as long as the one before, up to a quarter of an hour', async () => {
  const db = database.open()
  const limits = signInLimits(db)
  const overcome = () => db`update rate_limits set expire = 0 where key like 'sign-in-wait:%'`
  for (let i = 1; i <= 5; i += 1) await limits.take('email', 'stubborn')
  const waits: number[] = []
  for (let i = 1; i <= 10; i += 1) {
    assert.equal(await limits.take('email', 'stubborn'), null, 'the wait is over')
    waits.push((await limits.take('email', 'stubborn')) ?? 0)
    await overcome()
  }
  // The library counts whole milliseconds of its own clock; a second passes quickly on a busy machine.
  const expected = [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
  for (const [i, wait] of waits.entries()) assert.ok(wait <= expected[i]! && wait > expected[i]! / 2, `${waits}`)
})

test('two processes count together in the database, and the table holds no name', async () => {
  const [one, other] = [signInLimits(database.open()), signInLimits(database.open())]
  for (let i = 1; i <= 3; i += 1) {
    assert.equal(await one.take('email', 'shared@brand.example'), null)
    assert.equal(await other.take('email', 'shared@brand.example'), null)
  }
  assert.notEqual(await one.take('email', 'shared@brand.example'), null)
  const rows = await database.open()<{ key: string }[]>`select key from rate_limits`
  assert.ok(rows.length > 0 && rows.every((row) => !row.key.includes('shared')))
})
