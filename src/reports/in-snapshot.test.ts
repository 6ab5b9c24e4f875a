import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { inSnapshot } from './in-snapshot.ts'

let server: TestServer
before(async () => {
  server = await testServer()
})
after(() => server.close())

test('two at once, the others in their turn, and a failure gives its turn on', async () => {
  const { db } = server.deps
  let [running, most] = [0, 0]
  const order: number[] = []
  const met = Promise.withResolvers<void>()
  const all = Array.from({ length: 6 }, (_, number) =>
    inSnapshot(db, async (tx) => {
      running += 1
      most = Math.max(most, running)
      if (running === 2) met.resolve()
      // However slowly a connection comes: the first does not leave before the second is there.
      await met.promise
      await tx`select 1`
      order.push(number)
      running -= 1
      if (number === 1) throw new Error('a fault')
      return number
    }),
  )
  const outcomes = await Promise.allSettled(all)
  assert.equal(most, 2)
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    [0, 1, 2, 3, 4, 5],
  )
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    [0, 1, 2, 3, 4, 5].map((number) => (number === 1 ? 'rejected' : 'fulfilled')),
  )
  assert.equal(await inSnapshot(db, async () => 'again'), 'again')
})

test('what is read is of one moment, and nothing is written', async () => {
  const { db } = server.deps
  const count = 'select count(*)::int as many from accounts'
  await inSnapshot(db, async (tx) => {
    const [first] = await tx.unsafe<{ many: number }[]>(count)
    await db`insert into accounts (account_id, title, region) values ('7777777777', 'Meanwhile', 'va')`
    assert.deepEqual((await tx.unsafe<{ many: number }[]>(count))[0], first)
  })
  const writing = inSnapshot(db, (tx) => tx`delete from accounts where account_id = '7777777777'`)
  await assert.rejects(writing, { code: '25006' })
})
