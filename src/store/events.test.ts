import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { deleteOldEvents } from './clean-up.ts'
import { atomic, type Database } from './db.ts'
import { eventAt, lastEvent, readEvents } from './events.ts'
import { touchAgent, touchConversation, touchEverything, touchMessage, touchSkill } from './touched.ts'

let database: TestDatabase
let db: Database
let accountId: string
let accounts = 10_000_000
before(async () => {
  database = await testDatabase()
  db = database.open()
})
after(() => database.drop())
beforeEach(async () => {
  accountId = await newAccount()
})

async function newAccount(): Promise<string> {
  accounts += 1
  await db`insert into accounts (account_id, title, region) values (${accounts}, 'Brand', 'va')`
  return String(accounts)
}

const anyId = () => randomUUID()

test('numbers have no gap and come in the order of the commits, whoever writes at once and whoever gives up', async () => {
  let written = 0
  const writer = async (seed: number) => {
    for (let turn = 0; turn < 15; turn += 1) {
      const many = 1 + ((seed + turn) % 3)
      const gaveUp = new Error('given up')
      await atomic(db, async (tx) => {
        for (let n = 0; n < many; n += 1) touchSkill(tx, accountId, anyId())
        await pause((seed * 7 + turn * 3) % 5)
        if ((seed + turn) % 4 === 0) throw gaveUp
        written += many
      }).catch((error) => assert.equal(error, gaveUp))
    }
  }
  let writing = true
  const reader = async () => {
    const seen: number[] = []
    for (let last = false; ; ) {
      const events = await readEvents(db, accountId, seen.length, 7)
      assert.notEqual(events, null, 'a later number was to be seen before an earlier one')
      seen.push(...events!.map(({ number }) => number))
      if (events!.length === 0 && last) return seen
      last = !writing
    }
  }
  const read = reader()
  await Promise.all([1, 2, 3, 4, 5, 6].map(writer))
  writing = false
  assert.deepEqual(
    await read,
    Array.from({ length: written }, (_, place) => place + 1),
  )
})

test('of two who write at once the second to commit has the later number', async () => {
  const order: string[] = []
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const [slow, quick] = [anyId(), anyId()]
  const first = atomic(db, async (tx) => {
    touchAgent(tx, accountId, slow)
    await held
  }).then(() => order.push(slow))
  await atomic(db, async (tx) => touchAgent(tx, accountId, quick)).then(() => order.push(quick))
  release()
  await first
  const events = await readEvents(db, accountId, 0, 10)
  assert.deepEqual(
    events!.map((event) => event.kind === 'agent' && event.userId),
    order,
  )
})

test('a thing that one tx touches often is one event, and what is not there is none', async () => {
  const skillId = anyId()
  await atomic(db, async (tx) => {
    touchSkill(tx, accountId, skillId)
    touchSkill(tx, accountId, skillId)
    touchConversation(tx, accountId, anyId())
    touchMessage(tx, accountId, anyId(), anyId())
    touchEverything(tx, accountId)
  })
  const events = (await readEvents(db, accountId, 0, 10))!
  assert.deepEqual(
    events.map(({ at: _, ...event }) => event),
    [
      { number: 1, kind: 'skill', skillId },
      { number: 2, kind: 'everything' },
    ],
  )
  assert.equal(await eventAt(db, accountId, 2), events[1]!.at)
  assert.equal(await eventAt(db, accountId, 3), null)
  await atomic(db, async (tx) => touchMessage(tx, accountId, anyId(), anyId()))
  assert.equal(await lastEvent(db, accountId), 2)
})

test('a change outside a tx is an error, since nobody would be told', () => {
  assert.throws(() => touchSkill(db, accountId, anyId()), /outside atomic/)
})

test('a number that was never reached, or is no longer kept, cannot be gone on from', async () => {
  for (let turn = 0; turn < 4; turn += 1) await atomic(db, async (tx) => touchSkill(tx, accountId, anyId()))
  assert.equal(await readEvents(db, accountId, 5, 10), null)
  await db`update events set at = now() - interval '49 hours' where account_id = ${accountId} and number <= 2`
  assert.equal(await deleteOldEvents(db), false)
  assert.equal(await readEvents(db, accountId, 1, 10), null)
  assert.deepEqual(
    (await readEvents(db, accountId, 2, 10))?.map(({ number }) => number),
    [3, 4],
  )
  await db`update events set at = now() - interval '49 hours' where account_id = ${accountId}`
  await deleteOldEvents(db)
  assert.equal(await readEvents(db, accountId, 3, 10), null)
  assert.deepEqual(await readEvents(db, accountId, 4, 10), [])
  await atomic(db, async (tx) => touchSkill(tx, accountId, anyId()))
  assert.equal(await lastEvent(db, accountId), 5, 'numbers go on when nothing is kept')
})

test('no brand has another’s numbers', async () => {
  const other = await newAccount()
  await atomic(db, async (tx) => {
    touchSkill(tx, accountId, anyId())
    touchSkill(tx, other, anyId())
  })
  assert.deepEqual([await lastEvent(db, accountId), await lastEvent(db, other)], [1, 1])
})
