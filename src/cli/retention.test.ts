import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/test-database.ts'
import { Mistake } from './command.ts'
import { retention } from './retention.ts'

test('shows what goes when, and drops it when told to', async () => {
  const database = await testDatabase()
  try {
    const db = database.open(1)
    await db`select made from make_partitions(now() - interval '15 months', 0, 1) as made`
    // The driver takes what an address leaves out from there.
    Object.assign(process.env, { PGHOST: database.socketDir, PGUSER: database.user })
    const c2m = (given: { run?: true }, env: Record<string, string> = {}) =>
      retention.run({
        ...{ words: [], given, env: { DATABASE_URL: `postgres:///${database.name}`, ...env } },
        api: () => assert.fail('it asks the database, not the server'),
      })
    const due = (text: string) =>
      text.split('\n').filter((line) => line.endsWith('MB') && line.includes('(due)')).length

    const before = await c2m({})
    assert.match(before.text, /^Kept: transactions 13 months, messages 13 months, exchanges 30 days\.$/m)
    // Two months each of transactions and messages, and one day of exchanges.
    assert.equal(due(before.text), 5, before.text)
    assert.equal(due((await c2m({}, { RETENTION_TRANSACTIONS_MONTHS: '24' })).text), 3)
    await assert.rejects(c2m({}, { RETENTION_MESSAGES_MONTHS: '1' }), (error) => error instanceof Mistake)
    assert.equal(due((await c2m({})).text), 5)

    const dropped = await c2m({ run: true })
    assert.equal(dropped.exitCode, undefined)
    assert.equal(due(dropped.text), 5, dropped.text)
    assert.equal(due((await c2m({})).text), 0)
    assert.equal((await c2m({ run: true })).text, 'Dropped:\nNothing was past its time.')

    await db`select made from make_partitions(now() - interval '15 months', 0, 0) as made`
    const reader = database.open(1)
    const held = await reader.begin(async (tx) => {
      await tx`lock table calls in access share mode`
      return c2m({ run: true })
    })
    assert.equal(held.exitCode, 1)
    assert.match(held.text, /Being read just now, so not dropped; try again:\n.*\ntransactions/)
  } finally {
    await database.drop()
  }
})
