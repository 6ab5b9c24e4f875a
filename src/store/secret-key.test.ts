import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test, { after, before } from 'node:test'
import { testBrand } from '../../test/test-brand.ts'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { cipher } from './cipher.ts'
import type { Database } from './db.ts'
import { hasSecretKey, isSecretKeyOf } from './secret-key.ts'

let database: TestDatabase
let db: Database
before(async () => {
  database = await testDatabase()
  db = database.open()
})
after(() => database.drop())

const [own, other] = [cipher(randomBytes(32)), cipher(randomBytes(32))]

test('a database of an earlier release, which noted no key, takes the one its secrets are stored with', async () => {
  assert.equal(await hasSecretKey(db), false)
  await testBrand({ deps: { db, cipher: own } })
  assert.equal(await hasSecretKey(db), true)
  assert.equal(await isSecretKeyOf(db, other), false)
  assert.equal(await isSecretKeyOf(db, own), true)
  assert.equal(await isSecretKeyOf(db, other), false)
})

test('of two first starts with two keys one has it', async () => {
  await db`delete from secret_key`
  for (const table of ['api_keys', 'signing_keys']) await db`delete from ${db(table)}`
  assert.equal(await hasSecretKey(db), false)
  const fits = await Promise.all([isSecretKeyOf(db, own), isSecretKeyOf(db, other)])
  assert.deepEqual([...fits].sort(), [false, true])
  assert.equal(await isSecretKeyOf(db, fits[0] ? own : other), true)
  assert.equal(await hasSecretKey(db), true)
})
