import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callIvr, eligibilityBody, type IvrAnswer, readAnswer } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'

let server: TestServer
let brand: TestBrand
before(async () => {
  server = await testServer()
  brand = await testBrand(server, { privileges: ['ivr.engagement', 'reporting'] })
})
after(() => server.close())

const form = (change: Record<string, string | undefined> = {}) => {
  const fields = {
    grant_type: 'client_credentials',
    client_id: brand.app.clientId,
    client_secret: brand.app.clientSecret,
    ...change,
  }
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`)
    .join('&')
}
const v2 = (accountId = brand.accountId) => `/sentinel/api/v2/account/${accountId}/app/token`
const v1 = (accountId = brand.accountId) => `/sentinel/api/account/${accountId}/app/token?v=1.0`
const formType = 'application/x-www-form-urlencoded'
const ask = async (path: string, body: string, headers: Record<string, string> = {}): Promise<IvrAnswer> =>
  readAnswer(
    await fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': formType, ...headers } }),
  )
const basic = (id = brand.app.clientId, secret = brand.app.clientSecret) => ({
  authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`,
})

test('both versions give a bearer token of an hour, not to be stored', async () => {
  for (const path of [v1(), v2()]) {
    const answer = await ask(path, form())
    assert.equal(answer.status, 200)
    assert.deepEqual(Object.keys(answer.body), ['access_token', 'token_type', 'expires_in'])
    assert.deepEqual([answer.body.token_type, answer.body.expires_in], ['Bearer', 3_600])
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    const called = await callIvr(server, brand, 'eligibility', {
      body: eligibilityBody(brand),
      headers: { authorization: `Bearer ${answer.body.access_token}` },
    })
    assert.equal(called.status, 200)
  }
})

test('grant_type in the query, the secret in the header, a charset: all as clients do', async () => {
  assert.equal((await ask(`${v1()}&grant_type=client_credentials`, form({ grant_type: undefined }))).status, 200)
  assert.equal((await ask(`${v2()}?grant_type=client_credentials`, form({ grant_type: undefined }))).status, 200)
  const inHeader = form({ client_id: undefined, client_secret: undefined })
  assert.equal((await ask(v2(), inHeader, basic())).status, 200)
  assert.equal((await ask(v2(), form(), { 'content-type': `${formType};charset=UTF-8` })).status, 200)
  for (const parameters of ['; charset=ISO-8859-1', '; charset=us-ascii', ';'])
    assert.equal((await ask(v2(), form(), { 'content-type': formType + parameters })).status, 200, parameters)
  assert.equal((await ask(v1().replace('?v=1.0', ''), form())).status, 200)
})

test('a parameter without a value counts as left out', async () => {
  const whole = await ask(v2(), form({ scope: '' }))
  assert.equal(whole.status, 200)
  assert.equal((await ask(v2(), form({ scope: 'ivr.engagement  ' }))).status, 200)
  assert.equal((await ask(v2(), form({ client_secret: '' }), basic())).status, 200)
  assert.equal((await ask(v2(), form({ grant_type: '' }))).body.error, 'invalid_request')
  assert.equal((await ask(v2(), form({ client_secret: '' }))).body.error, 'invalid_client')
})

test('a scope narrows the token, and cannot widen it', async () => {
  const narrow = await ask(v2(), form({ scope: 'reporting' }))
  assert.equal(narrow.status, 200)
  const called = await callIvr(server, brand, 'eligibility', {
    body: eligibilityBody(brand),
    headers: { authorization: `Bearer ${narrow.body.access_token}` },
  })
  assert.equal(called.status, 403)
  const wide = await ask(v2(), form({ scope: 'reporting admin' }))
  assert.deepEqual([wide.status, wide.body.error], [400, 'invalid_scope'])
})

test('every wrong client gets the same answer', async () => {
  const other = await testBrand(server)
  const { db } = server.deps
  const off = await testBrand(server)
  await db`update app_installs set enabled = false where account_id = ${off.accountId}`
  const gone = await testBrand(server)
  await db`update accounts set enabled = false where account_id = ${gone.accountId}`
  const [internal] = await db<{ client_id: string }[]>`
    select client_id from app_installs where account_id = ${brand.accountId} and internal`
  const answers = {
    'wrong secret': await ask(v2(), form({ client_secret: 'x' })),
    'no secret': await ask(v2(), form({ client_secret: undefined })),
    'the hash as the secret': await ask(v2(), form({ client_secret: 'e3b0c44298fc1c149afbf4c8996fb924' })),
    'unknown client': await ask(v2(), form({ client_id: '00000000-0000-4000-8000-000000000000' })),
    'no client': await ask(v2(), form({ client_id: undefined })),
    __proto__: await ask(v2(), form({ client_id: '__proto__' })),
    'client of another account': await ask(
      v2(),
      form({ client_id: other.app.clientId, client_secret: other.app.clientSecret }),
    ),
    'unknown account': await ask(v2('99999999999'), form()),
    'no account': await ask(v2('x'), form()),
    'NUL for an account': await ask(v2('%00'), form()),
    'disabled install': await ask(
      v2(off.accountId),
      form({ client_id: off.app.clientId, client_secret: off.app.clientSecret }),
    ),
    'disabled account': await ask(
      v2(gone.accountId),
      form({ client_id: gone.app.clientId, client_secret: gone.app.clientSecret }),
    ),
    'internal install': await ask(v2(), form({ client_id: internal!.client_id, client_secret: '-' })),
  }
  for (const [name, answer] of Object.entries(answers)) {
    assert.deepEqual(
      [answer.status, answer.body],
      [401, { error: 'invalid_client', error_description: 'The client id or secret is wrong.' }],
      name,
    )
    assert.equal(answer.headers.get('cache-control'), 'no-store', name)
  }
  const byHeader = await ask(v2(), 'grant_type=client_credentials', basic(brand.app.clientId, 'x'))
  assert.deepEqual([byHeader.status, byHeader.body.error], [401, 'invalid_client'])
  assert.match(byHeader.headers.get('www-authenticate') ?? '', /^Basic /)
})

test('requests that are malformed: invalid_request; another grant: unsupported_grant_type', async () => {
  const rows: Record<string, [IvrAnswer, string]> = {
    'no grant': [await ask(v2(), form({ grant_type: undefined })), 'invalid_request'],
    'another grant': [await ask(v2(), form({ grant_type: 'password' })), 'unsupported_grant_type'],
    'a parameter twice': [await ask(v2(), `${form()}&client_id=x`), 'invalid_request'],
    'grant_type twice in the query': [
      await ask(`${v2()}?grant_type=client_credentials&grant_type=x`, form({ grant_type: undefined })),
      'invalid_request',
    ],
    'secret in form and header': [await ask(v2(), form(), basic()), 'invalid_request'],
    'broken escape': [await ask(v2(), `${form()}&x=%zz`), 'invalid_request'],
    'too many parameters': [await ask(v2(), `${form()}${'&a=1'.repeat(100)}`), 'invalid_request'],
    JSON: [await ask(v2(), '{}', { 'content-type': 'application/json' }), 'invalid_request'],
    'wrong version': [await ask(v1().replace('1.0', '2.0'), form()), 'invalid_request'],
    'no body': [await ask(v2(), ''), 'invalid_request'],
  }
  for (const [name, [answer, error]] of Object.entries(rows)) {
    assert.deepEqual([answer.status, answer.body.error], [400, error], name)
    assert.deepEqual(Object.keys(answer.body), ['error', 'error_description'], name)
  }
  const large = await ask(v2(), `${form()}&x=${'a'.repeat(70_000)}`)
  assert.deepEqual([large.status, large.body.error], [413, 'invalid_request'])
})

test('other methods: 405 with Allow', async () => {
  for (const path of [v1(), v2()]) {
    const response = await fetch(server.url + path)
    assert.deepEqual([response.status, response.headers.get('allow')], [405, 'POST'])
  }
})

test('a fault of ours leaks nothing', async () => {
  const { db } = server.deps
  const one = await testServer({
    database: server.database,
    env: { C2M_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') },
  })
  try {
    await db`alter table signing_keys rename to signing_keys_away`
    const lost = await readAnswer(
      await fetch(one.url + v2(), { method: 'POST', body: form(), headers: { 'content-type': formType } }),
    )
    assert.ok(lost.status >= 500)
    assert.deepEqual(Object.keys(lost.body), ['error', 'error_description'])
    assert.match(String(lost.body.error_description), /^Request [0-9a-f-]{36} failed\.$/)
  } finally {
    await db`alter table signing_keys_away rename to signing_keys`
    await one.close()
  }
})

test('no secret and no token is in the log', async () => {
  const { body } = await ask(v2(), form())
  const log = server.logged.join('\n')
  for (const word of [brand.app.clientSecret, body.access_token as string]) assert.equal(log.includes(word), false)
})
