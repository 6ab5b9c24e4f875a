import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { type TestDatabase, testDatabase } from '../../test/test-database.ts'
import { cipher } from './cipher.ts'
import type { Database } from './db.ts'
import { signingKeys } from './signing-keys.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const seal = cipher(randomBytes(32))

let database: TestDatabase
let db: Database
let at: number
const clock = { now: () => new Date(at), monotonic: () => at }

before(async () => {
  database = await testDatabase()
  db = database.open()
})
after(() => database.drop())
beforeEach(async () => {
  at = Date.parse('2026-11-22T12:00:00Z')
  await db`delete from signing_keys`
})

const kids = async (keys: ReturnType<typeof signingKeys>) => (await keys.jwks()).map((jwk) => jwk.kid)

test('a key is made at first need, named by the day, and kept encrypted', async () => {
  const keys = signingKeys(db, seal, clock)
  const { kid, privateKey } = await keys.current()
  assert.equal(kid, 'appjwt-22-11-2026')
  assert.equal(privateKey.asymmetricKeyDetails?.modulusLength, 2048)
  const [row] = await db<
    { private_key: Buffer; public_jwk: object }[]
  >`select private_key, public_jwk from signing_keys`
  assert.equal(row?.private_key.includes('PRIVATE KEY'), false)
  assert.deepEqual(Object.keys(row!.public_jwk).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
  assert.equal((await signingKeys(db, seal, clock).current()).kid, kid)
})

test('processes that need the first key at once make one', async () => {
  const made = await Promise.all(
    [1, 2, 3].map(() => signingKeys(database.open(), seal, clock)).flatMap((keys) => [keys.current(), keys.current()]),
  )
  assert.deepEqual(new Set(made.map((key) => key.kid)), new Set(['appjwt-22-11-2026']))
})

test('after 30 days another key signs, and the old one stays until its tokens have died', async () => {
  const keys = signingKeys(db, seal, clock)
  await keys.current()
  at += 30 * dayMs - 1
  assert.equal((await keys.current()).kid, 'appjwt-22-11-2026')
  at += 1
  assert.equal((await keys.current()).kid, 'appjwt-22-12-2026')
  assert.deepEqual(await kids(keys), ['appjwt-22-12-2026', 'appjwt-22-11-2026'])
  at += hourMs
  assert.ok(await keys.publicKey('appjwt-22-11-2026'))
  at += 2 * hourMs
  assert.deepEqual(await kids(keys), ['appjwt-22-12-2026'])
  assert.equal(await keys.publicKey('appjwt-22-11-2026'), null)
})

test('a second key of the same day has a name of its own', async () => {
  const keys = signingKeys(db, seal, clock)
  await keys.current()
  await db`update signing_keys set retired_at = ${clock.now()}`
  at += 61_000
  assert.equal((await keys.current()).kid, 'appjwt-22-11-2026-2')
})

test('a process learns of a key that another one has made', async () => {
  const [mine, theirs] = [signingKeys(db, seal, clock), signingKeys(database.open(), seal, clock)]
  await mine.current()
  await db`update signing_keys set retired_at = ${clock.now()}`
  at += 61_000
  const { kid } = await theirs.current()
  assert.ok(await mine.publicKey(kid))
})

test('a name that is not ours costs no query; one that could be, at most one a second', async () => {
  await signingKeys(db, seal, clock).current()
  let queries = 0
  const counting = new Proxy(db, {
    apply: (target, self, parameters) => {
      queries += 1
      return Reflect.apply(target, self, parameters)
    },
  })
  const keys = signingKeys(counting, seal, clock)
  await keys.current()
  const before = queries
  for (const kid of ['../../dev/null', "' or 1=1", 'http://127.0.0.1/key', 'x'.repeat(10_000), '', 'appjwt-1-1-1']) {
    assert.equal(await keys.publicKey(kid), null)
  }
  assert.equal(queries, before)
  at += 1_000
  for (let index = 0; index < 50; index += 1) assert.equal(await keys.publicKey(`appjwt-01-01-20${10 + index}`), null)
  assert.equal(queries, before + 1)
})
