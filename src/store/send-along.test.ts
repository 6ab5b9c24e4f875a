import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { atomic, type Database } from './db.ts'
import { sendAlong } from './send-along.ts'

let database: TestDatabase
let db: Database
before(async () => {
  database = await testDatabase()
  db = database.open(2)
  await db`create table words (word text primary key)`
})
after(() => database.drop())

const stored = async () => (await db<{ word: string }[]>`select word from words order by word`).map(({ word }) => word)

test('what comes next sees it, and it is stored with the tx', async () => {
  await atomic(db, async (tx) => {
    await sendAlong(tx, () => tx`insert into words values ('one')`)
    const [row] = await tx<[{ count: number }]>`select count(*)::int as count from words`
    assert.equal(row.count, 1)
    await sendAlong(tx, () => tx`insert into words values ('two')`)
  })
  assert.deepEqual(await stored(), ['one', 'two'])
})

test('its failure is the tx’s, told by its own error, whether something came after it or not', async () => {
  const twice = (more: boolean) =>
    atomic(db, async (tx) => {
      await tx`insert into words values ('three')`
      await sendAlong(tx, () => tx`insert into words values ('one')`)
      if (more) await tx`select 1`
    })
  await assert.rejects(twice(false), { code: '23505' })
  await assert.rejects(twice(true), { code: '23505' })
  assert.deepEqual(await stored(), ['one', 'two'])
})

test('in a savepoint it takes only that down', async () => {
  const refused: unknown[] = []
  await atomic(db, async (tx) => {
    await sendAlong(tx, () => tx`insert into words values ('four')`)
    await tx
      .savepoint(async (part) => {
        await sendAlong(part, () => part`insert into words values ('five')`)
        await sendAlong(part, () => part`insert into words values ('one')`)
      })
      .catch((error) => refused.push(error.code))
    await sendAlong(tx, () => tx`insert into words values ('six')`)
  })
  assert.deepEqual(refused, ['23505'])
  assert.deepEqual(await stored(), ['four', 'one', 'six', 'two'])
})

test('what failed before a savepoint began is not the savepoint’s', async () => {
  const work = atomic(db, async (tx) => {
    await sendAlong(tx, () => tx`insert into words values ('one')`)
    await tx.savepoint((part) => part`select 1`).catch(() => {})
  })
  await assert.rejects(work, { code: '23505' })
})

test('outside a database transaction it is waited for', async () => {
  await sendAlong(db, () => db`insert into words values ('seven')`)
  assert.ok((await stored()).includes('seven'))
  await assert.rejects(
    sendAlong(db, () => db`insert into words values ('seven')`),
    { code: '23505' },
  )
})
