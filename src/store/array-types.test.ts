import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { arrayTypes, knownItems } from './array-types.ts'
import type { Database } from './db.ts'

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

test('arrays come back as they were given, whatever their texts hold', async () => {
  const texts = ['', 'NULL', 'a,b', '{}', '"', '\\', ' a ', 'é\n', null]
  const ids = ['018f0000-0000-7000-8000-000000000001']
  const time = new Date('2026-11-23T10:11:12.345Z')
  const bytes = Buffer.from([0, 255, 92])
  const [row] = await db`
    select ${texts}::text[] as texts, ${[]}::text[] as none, ${ids}::uuid[] as ids, ${[1, -2, null]}::int[] as numbers,
      ${['9007199254740993']}::bigint[] as large, ${[`\\x${bytes.toString('hex')}`]}::bytea[] as bytes,
      ${[time.toISOString()]}::timestamptz[] as times, array[true, false] as flags, array['pg_type']::name[] as names`
  assert.deepEqual(row, {
    ...{ texts, none: [], ids, numbers: [1, -2, null], large: ['9007199254740993'] },
    ...{ bytes: [bytes], times: [time], flags: [true, false], names: ['pg_type'] },
  })
})

test('what is no plain value is no item', async () => {
  for (const item of [undefined, {}, ['nested']])
    await assert.rejects(db`select ${['a', item as string]}::text[]`, TypeError)
})

test('each type is the one whose number stands beside it', async () => {
  for (const [name, { to }] of Object.entries(arrayTypes)) {
    const [row] = await db`select format_type(typelem, null) as item from pg_type where oid = ${to}`
    assert.equal(`array of ${row?.item}`, name)
  }
})

test('every array of the tables and of our statements is one of those known', async () => {
  const columns = await db<{ item: string }[]>`
    select distinct format_type(t.typelem, null) as item
    from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    join pg_type t on t.oid = a.atttypid and t.typcategory = 'A'`
  const folders = await readdir('src', { recursive: true })
  const sources = await Promise.all(
    folders.filter((path) => path.endsWith('.ts')).map((path) => readFile(join('src', path), 'utf8')),
  )
  const written = new Set(
    sources.flatMap((source) => [...source.matchAll(/::([a-z0-9]+)\[\]/g)].map(([, name]) => name!)),
  )
  const said = await db<{ item: string }[]>`
    select distinct format_type(name::regtype, null) as item from unnest(${[...written]}::text[]) name`
  const all = [...columns, ...said].map(({ item }) => item)
  assert.ok(all.length > 5, 'they were found')
  assert.deepEqual(
    all.filter((item) => !knownItems.has(item)),
    [],
  )
})
