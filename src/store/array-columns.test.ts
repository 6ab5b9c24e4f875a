import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { type ArrayColumn, arrayParameters, unnested } from './array-columns.ts'
import type { Database } from './db.ts'

interface Row {
  readonly text: string | null
  readonly number: number | null
  readonly flag: boolean | null
  readonly data: unknown
}
const columns: readonly ArrayColumn<Row>[] = [
  { name: 'text', type: 'text', of: (row) => row.text },
  { name: 'number', type: 'bigint', of: (row) => row.number },
  { name: 'flag', type: 'boolean', of: (row) => row.flag },
  { name: 'data', type: 'jsonb', of: (row) => (row.data === null ? null : JSON.stringify(row.data)) },
]

let database: TestDatabase
let db: Database
before(async () => {
  database = await testDatabase()
  db = database.open()
})
after(async () => {
  await db.end()
  await database.drop()
})

test('rows arrive as they left, whatever their texts hold', async () => {
  const storable = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed())
  const text = fc.option(
    fc.oneof(storable, fc.constantFrom('NULL', 'null', '', '{}', '",', '\\"', '\\', "'", '\n', ' a ')),
  )
  const row = fc.record({
    text,
    number: fc.option(fc.maxSafeInteger()),
    flag: fc.option(fc.boolean()),
    data: fc.option(fc.dictionary(storable, storable), { nil: null }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      const statement = `select text, number::text, flag, data from ${unnested(columns, 'given')}`
      const found = await db.unsafe(statement, arrayParameters(columns, rows), { prepare: true })
      const sent = rows.map(({ number, ...rest }) => ({ ...rest, number: number === null ? null : String(number) }))
      assert.deepEqual(
        found.map(({ text, flag, data, number }) => ({ text, flag, data, number })),
        sent.map(({ text, flag, data, number }) => ({ text, flag, data: data === null ? null : { ...data }, number })),
      )
    }),
    { numRuns: 300 },
  )
})
