import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { callIvr, eligibilityBody, oauthHeader } from '../ivr-client.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { type TestDatabase, testDatabase } from '../test-database.ts'
import { type TestServer, testServer } from '../test-server.ts'

/** API keys over HTTP, signed by the npm client: replays, clocks, proxies, bodies (reliability OA-01 to OA-05). */

const now = new Date('2026-11-22T12:00:00Z')
const stamp = now.getTime() / 1000
const clock = { now: () => now, monotonic: () => performance.now() }
const env = { C2M_SECRET_KEY: randomBytes(32).toString('base64'), PUBLIC_URL: 'https://c2m.example.com' }

let database: TestDatabase
let server: TestServer
let brand: TestBrand
before(async () => {
  database = await testDatabase()
  server = await testServer({ database, env, clock })
  brand = await testBrand(server, { settings: { rateLimit: 10_000 } })
})
after(async () => {
  await server.close()
  await database.drop()
})

const path = (accountId = brand.accountId) => `/api/account/${accountId}/eligibility?v=2.0`
const sign = (options: Parameters<typeof oauthHeader>[2] = {}, url = env.PUBLIC_URL + path()) =>
  oauthHeader(brand, url, { timestamp: stamp, ...options })
const ask = (authorization: string, more: Parameters<typeof callIvr>[3] = {}, at: { url: string } = server) =>
  callIvr(at, brand, 'eligibility', {
    body: eligibilityBody(brand),
    ...more,
    headers: { authorization, ...more.headers },
  })
const unauthenticated = { errorCode: 1100, errorMessage: 'Invalid Bearer token' }

test('behind a proxy the signature covers the public URL, whatever Host the proxy sends', async () => {
  assert.equal((await ask(sign())).status, 200)
  assert.equal((await ask(sign({ hash: 'sha256' }))).status, 200)
})

test('neither our own address nor a forwarded one will do', async () => {
  assert.equal((await ask(sign({}, server.url + path()))).status, 401)
  const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', forwarded: 'host=evil.example' }
  assert.equal((await ask(sign({}, `http://evil.example${path()}`), { headers: forwarded })).status, 401)
})

test('a nonce is used once: here, on another server of the same database, and after a restart (OA-01)', async () => {
  const header = sign()
  assert.equal((await ask(header)).status, 200)
  const again = await ask(header)
  assert.deepEqual([again.status, again.body], [401, unauthenticated])

  const second = await testServer({ database, env, clock })
  try {
    assert.equal((await ask(header, {}, second)).status, 401)
    const fresh = sign()
    const race = await Promise.all([server, second, server, second].map((one) => ask(fresh, {}, one)))
    assert.deepEqual(race.map((answer) => answer.status).sort(), [200, 401, 401, 401])
  } finally {
    await second.close()
  }

  const beforeRestart = sign()
  assert.equal((await ask(beforeRestart)).status, 200)
  await server.close()
  server = await testServer({ database, env, clock })
  assert.equal((await ask(beforeRestart)).status, 401)
  assert.equal((await ask(sign())).status, 200)
})

test('a wrong signature burns no nonce, a wrong body does', async () => {
  const nonce = 'kept-for-the-right-one'
  assert.equal((await ask(sign({ nonce, key: { secret: 'wrong' } }))).status, 401)
  assert.equal((await ask(sign({ nonce }))).status, 200)
  const body = JSON.stringify(eligibilityBody(brand))
  const hashed = sign({ body })
  assert.equal((await ask(hashed, { text: `${body} ` })).status, 401)
  assert.equal((await ask(hashed, { text: body })).status, 401)
})

test('a clock may be 300 seconds off and no more (OA-02)', async () => {
  for (const [timestamp, status] of [
    [stamp + 300, 200],
    [stamp - 300, 200],
    [stamp + 301, 401],
    [stamp - 301, 401],
    [-stamp, 401],
    [stamp + 0.5, 401],
    [1e12, 401],
  ] as const) {
    assert.equal((await ask(sign({ timestamp }))).status, status, String(timestamp))
  }
})

test('a body whose hash was signed cannot be changed (OA-04)', async () => {
  const body = JSON.stringify(eligibilityBody(brand))
  for (const hash of ['sha1', 'sha256'] as const) {
    assert.equal((await ask(sign({ hash, body }), { text: body })).status, 200)
    const changed = await ask(sign({ hash, body }), { text: body.replace('support', 'billing') })
    assert.deepEqual([changed.status, changed.body], [401, unauthenticated])
    // The hash is judged before the JSON: a stranger's bytes are not even read.
    assert.equal((await ask(sign({ hash, body }), { text: '{' })).status, 401)
    assert.equal((await ask(sign({ hash, body }), { text: '' })).status, 401)
  }
  // Without a hash the standard leaves the body open; the design says so.
  assert.equal((await ask(sign(), { text: body.replace('support', 'billing') })).status, 200)
})

test('an unknown account, an unknown key, a wrong secret and a wrong token are told apart by nobody (OA-05)', async () => {
  const other = await testBrand(server)
  const { db } = server.deps
  const off = await testBrand(server)
  await db`update accounts set enabled = false where account_id = ${off.accountId}`
  const answers = [
    await ask(sign({ key: { appKey: '0'.repeat(32) } })),
    await ask(sign({ key: { secret: '0'.repeat(32) } })),
    await ask(sign({ key: { accessToken: '0'.repeat(32) } })),
    await ask(sign({ key: { accessTokenSecret: '0'.repeat(32) } })),
    await ask(sign({ key: { accessTokenSecret: '' } })),
    await ask(sign({ key: other.apiKey })),
    await ask(sign({}, env.PUBLIC_URL + path('99999999999')), { accountId: '99999999999' }),
    await ask(sign({}, env.PUBLIC_URL + path(other.accountId)), { accountId: other.accountId }),
    await ask(sign({ key: off.apiKey }, env.PUBLIC_URL + path(off.accountId)), { accountId: off.accountId }),
    await ask(sign().replace('HMAC-SHA1', 'PLAINTEXT')),
    await ask('OAuth'),
    await ask(''),
  ]
  const seen = new Set(
    answers.map((answer) =>
      JSON.stringify([
        answer.status,
        answer.body,
        [...answer.headers].filter(([name]) => !['date', 'keep-alive', 'x-request-id'].includes(name)),
      ]),
    ),
  )
  assert.equal(seen.size, 1, [...seen].join('\n'))
  assert.equal(answers[0]!.status, 401)
})

test('the log says why, under the id that the answer carries, and nothing of the credential', async () => {
  const used = sign()
  assert.equal((await ask(used)).status, 200)
  const faults: [string, Promise<Awaited<ReturnType<typeof ask>>>][] = [
    ['nonce-used', ask(used)],
    ['signature', ask(sign({ key: { secret: '0'.repeat(32) } }))],
    ['signature', ask(sign({}, server.url + path()))],
    ['access-token', ask(sign({ key: { accessToken: '0'.repeat(32) } }))],
    ['unknown-key', ask(sign({ key: { appKey: '0'.repeat(32) } }))],
    ['timestamp', ask(sign({ timestamp: stamp - 301 }))],
    ['signature-method', ask(sign().replace('HMAC-SHA1', 'PLAINTEXT'))],
    ['malformed', ask('OAuth')],
    ['missing', ask('')],
    ['jwt', ask('Bearer not.a.token')],
  ]
  for (const [fault, asked] of faults) {
    const answer = await asked
    assert.equal(answer.status, 401, fault)
    const requestId = answer.headers.get('x-request-id')
    const line = server.logged.map((one) => JSON.parse(one)).find((one) => one.requestId === requestId && one.fault)
    assert.equal(line?.fault, fault)
  }
})

test('parameters in the query, or in both places, are refused', async () => {
  const inQuery = `v=2.0&oauth_token=${brand.apiKey.accessToken}`
  const url = `${env.PUBLIC_URL}/api/account/${brand.accountId}/eligibility?${inQuery}`
  assert.equal((await ask(sign({}, url), { query: inQuery })).status, 401)
  const everything = [...new URLSearchParams(sign().slice(6).replaceAll('"', '').replaceAll(', ', '&'))]
  const allInQuery = `v=2.0&${new URLSearchParams(everything)}`
  assert.equal((await ask('', { query: allInQuery })).status, 401)
})

test('a key that was switched off or lost its privilege is refused at once', async () => {
  const one = await testBrand(server)
  const call = () =>
    callIvr(server, one, 'eligibility', {
      body: eligibilityBody(one),
      headers: {
        authorization: oauthHeader(one, env.PUBLIC_URL + path(one.accountId), { timestamp: stamp }),
      },
    })
  const { db } = server.deps
  assert.equal((await call()).status, 200)
  await db`update api_keys set privileges = '{reporting}' where account_id = ${one.accountId}`
  server.deps.accounts.drop(one.accountId)
  assert.equal((await call()).status, 403)
  await db`update api_keys set enabled = false where account_id = ${one.accountId}`
  server.deps.accounts.drop(one.accountId)
  assert.equal((await call()).status, 401)
})

test('the use of a credential is noted', async () => {
  const one = await testBrand(server)
  await callIvr(server, one, 'eligibility', {
    body: eligibilityBody(one),
    headers: { authorization: oauthHeader(one, env.PUBLIC_URL + path(one.accountId), { timestamp: stamp }) },
  })
  await Promise.all(server.deps.background)
  const rows = await server.deps.db`
    select credential_id, used_at from credential_uses where account_id = ${one.accountId}`
  assert.deepEqual([...rows], [{ credential_id: one.apiKey.appKey, used_at: now }])
})

test('no secret and no signature is in the log', () => {
  const log = server.logged.join('\n')
  const { secret, accessToken, accessTokenSecret } = brand.apiKey
  for (const word of [secret, accessToken, accessTokenSecret, 'oauth_signature'])
    assert.equal(log.includes(word), false)
})
