import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { contractErrors } from '../../src/http/ivr/errors.ts'
import { appJwt, callIvr, eligibilityBody, type IvrAnswer } from '../ivr-client.ts'
import { type TestBrand, testBrand, testHandoff } from '../test-brand.ts'
import { type TestServer, testServer } from '../test-server.ts'

/** Every row of the published error table, reached over HTTP. */

let server: TestServer
before(async () => {
  server = await testServer({ env: { REGION_HOSTS: 'lo=lo.c2m.example.com', ELIGIBILITY_DEADLINE_MS: '700' } })
})
after(() => server.close())

const reached = new Set<number>()

function assertError(answer: IvrAnswer, status: number, errorCode: number, errorMessage: string): void {
  assert.deepEqual(
    [answer.status, answer.body.errorCode, answer.body.errorMessage],
    [status, errorCode, errorMessage],
    JSON.stringify(answer.body),
  )
  assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
  reached.add(errorCode)
}

const eligible = (brand: TestBrand, change: Record<string, unknown> = {}) =>
  callIvr(server, brand, 'eligibility', { body: { ...eligibilityBody(brand), ...change } })
const invite = (brand: TestBrand, body: Record<string, unknown>) => callIvr(server, brand, 'invite', { body })

/** Changes the brand's rows and lets the server see it at once. */
async function change(brand: TestBrand, statement: Promise<unknown>): Promise<void> {
  await statement
  server.deps.accounts.drop(brand.accountId)
}

async function callOf(brand: TestBrand): Promise<string> {
  const { status, body } = await eligible(brand)
  assert.equal(status, 200)
  return body.callId as string
}

test('1000 Invalid request', async () => {
  const brand = await testBrand(server)
  assertError(await eligible(brand, { skill: 7 }), 400, 1000, 'Invalid request')
  for (const callId of ['no uuid', '', 'b52403dc-b140-45cc-a9ca-d749a39b1b5']) {
    const refused = await invite(brand, { callId })
    assertError(refused, 400, 1000, 'Invalid request')
    assert.deepEqual(refused.body.details, ['callId must be the UUID that eligibility answered'])
  }
})

test('1001 Invalid customerPhoneNumber', async () => {
  const brand = await testBrand(server)
  for (const consumerPhoneNumber of ['12065550100', '+1206555010a', '+', '', '+120655501001234', 'tel:+12065550100']) {
    assertError(await eligible(brand, { consumerPhoneNumber }), 400, 1001, 'Invalid customerPhoneNumber')
  }
})

test('1002 Invalid version', async () => {
  const brand = await testBrand(server)
  for (const operation of ['eligibility', 'invite'] as const) {
    for (const query of ['', 'v=1.0', 'v=2', 'v=', 'V=2.0', 'v=2.0&v=2.0']) {
      const answer = await callIvr(server, brand, operation, { query, body: eligibilityBody(brand) })
      assertError(answer, 400, 1002, 'Invalid version')
    }
  }
})

test('1004 Not Found', async () => {
  const brand = await testBrand(server)
  const other = await testBrand(server)
  for (const path of ['eligibilities', 'eligibility/', 'Eligibility', 'eligibility/x']) {
    assertError(await callIvr(server, brand, path as 'invite'), 404, 1004, 'Not Found')
  }
  assertError(await callIvr(server, brand, 'eligibility', { accountId: '12x' }), 404, 1004, 'Not Found')
  assertError(await invite(brand, { callId: randomUUID() }), 404, 1004, 'Not Found')
  assertError(await invite(brand, { callId: await callOf(other) }), 404, 1004, 'Not Found')
  const old = await callOf(brand)
  await server.deps.db`update calls set attempted_at = now() - interval '25 hours' where call_id = ${old}`
  assertError(await invite(brand, { callId: old }), 404, 1004, 'Not Found')
})

test('1004 with the right host for an account of another region', async () => {
  const far = await testBrand(server, { region: 'lo' })
  const answer = await eligible(far)
  assertError(answer, 404, 1004, 'Not Found')
  assert.equal(answer.headers.get('x-c2m-domain'), 'lo.c2m.example.com')
  const farther = await testBrand(server, { region: 'sy' })
  assert.equal((await eligible(farther)).headers.get('x-c2m-domain'), null)
})

test('1005 Method Not Allowed, with Allow', async () => {
  const brand = await testBrand(server)
  for (const operation of ['eligibility', 'invite'] as const) {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await callIvr(server, brand, operation, { method })
      assertError(answer, 405, 1005, 'Method Not Allowed')
      assert.equal(answer.headers.get('allow'), 'POST')
    }
  }
})

test('1015 Unsupported Media Type', async () => {
  const brand = await testBrand(server)
  const answer = await callIvr(server, brand, 'invite', { headers: { 'content-type': 'text/plain' } })
  assertError(answer, 415, 1015, 'Unsupported Media Type')
})

test('1029 Rate limit hit, with Retry-After, eligibility and invite together, each brand for itself', async () => {
  const brand = await testBrand(server, { settings: { rateLimit: 3 } })
  const answers = await Promise.all([
    eligible(brand),
    invite(brand, { callId: randomUUID() }),
    eligible(brand, { skill: 7 }),
    invite(brand, { callId: randomUUID() }),
    eligible(brand),
  ])
  const limited = answers.filter((answer) => answer.status === 429)
  assert.equal(limited.length, 2)
  for (const answer of limited) {
    assertError(answer, 429, 1029, 'Rate limit hit')
    assert.equal(answer.headers.get('retry-after'), '1')
  }
  assert.equal((await eligible(await testBrand(server))).status, 200)
})

test('1100 Invalid Bearer token', async () => {
  const brand = await testBrand(server)
  for (const authorization of ['', 'Bearer x', 'Basic YTpi', 'OAuth oauth_consumer_key="x"']) {
    const answer = await callIvr(server, brand, 'eligibility', { headers: { authorization } })
    assertError(answer, 401, 1100, 'Invalid Bearer token')
  }
})

test('1101 Not enough privilege to perform this operation', async () => {
  const reader = await testBrand(server, { privileges: ['reporting', 'admin'] })
  assertError(await eligible(reader), 403, 1101, 'Not enough privilege to perform this operation')
  const authorization = `Bearer ${await appJwt(server, await testBrand(server))}`
  const foreign = await callIvr(server, reader, 'invite', { headers: { authorization } })
  assertError(foreign, 403, 1101, 'Not enough privilege to perform this operation')
})

test('1200 No internal user, 1201 No internal app, 1600 No setting is available', async () => {
  const { db } = server.deps
  for (const [statement, number, message] of [
    [(id: string) => db`delete from settings where account_id = ${id}`, 1600, 'No setting is available'],
    [
      (id: string) => db`update app_installs set enabled = false where account_id = ${id} and internal`,
      1201,
      'No internal app is available',
    ],
    [
      (id: string) => db`update users set enabled = false where account_id = ${id} and role = 'internal'`,
      1200,
      'No internal user is available',
    ],
  ] as const) {
    const brand = await testBrand(server)
    const callId = await callOf(brand)
    await change(brand, statement(brand.accountId))
    assertError(await eligible(brand), 400, number, message)
    assertError(await invite(brand, { callId }), 400, number, message)
  }
})

test('1300 No engagement found, naming the skill as it was sent', async () => {
  const brand = await testBrand(server)
  const { db } = server.deps
  await change(brand, db`delete from engagements where skill_id = ${brand.skills.sales}`)
  await change(brand, db`update skills set enabled = false where skill_id = ${brand.skills.billing}`)
  for (const skill of ['sales', 'billing', 'Support', "nobody's «$&» <b>"]) {
    assertError(await eligible(brand, { skill }), 400, 1300, `No engagement found for skill ${skill}`)
  }
  const narrow = await testHandoff(server, brand.accountId, await channelsOf(brand), { skills: ['billing'] })
  server.deps.accounts.drop(brand.accountId)
  assertError(await eligible(brand, { handoffId: narrow }), 400, 1300, 'No engagement found for skill support')
})

test('1400 Message cannot be sent', async () => {
  const brand = await testBrand(server)
  const { db } = server.deps
  const callId = await callOf(brand)
  await db`update calls set available_channels = '{}' where call_id = ${callId}`
  assertError(await invite(brand, { callId }), 400, 1400, 'Message cannot be sent')
})

test('1500 No handoff is available', async () => {
  const brand = await testBrand(server)
  const other = await testBrand(server)
  const callId = await callOf(brand)
  for (const handoffId of ['H000000000000009', 'x', other.handoffId]) {
    assertError(await eligible(brand, { handoffId }), 400, 1500, 'No handoff is available')
  }
  await change(brand, server.deps.db`update handoffs set enabled = false where handoff_id = ${brand.handoffId}`)
  assertError(await eligible(brand), 400, 1500, 'No handoff is available')
  assertError(await invite(brand, { callId }), 400, 1500, 'No handoff is available')
})

test('1501 No handoff channel is available', async () => {
  const { db } = server.deps
  const off = await testBrand(server, { settings: { channels: ['wa'] } })
  assertError(await eligible(off), 400, 1501, 'No handoff channel is available')
  const broken = await testBrand(server)
  await change(broken, db`update senders set enabled = false where account_id = ${broken.accountId}`)
  assertError(await eligible(broken), 400, 1501, 'No handoff channel is available')
})

test('1900 Overridden channel is not available', async () => {
  const brand = await testBrand(server)
  const callId = await callOf(brand)
  for (const overrideChannel of ['wa', 'inapp', 'SMS', 'carrier pigeon', 'constructor', '']) {
    const answer = await invite(brand, { callId, overrideChannel })
    assertError(answer, 400, 1900, 'Overridden channel is not available')
  }
})

test('1901 No engagement provided for the overridden skill', async () => {
  const brand = await testBrand(server)
  const callId = await callOf(brand)
  const message = 'No engagement provided for the overridden skill'
  assertError(await invite(brand, { callId, overrideSkill: 'nobody' }), 400, 1901, message)
  await change(brand, server.deps.db`update handoffs set skills = '{support}' where handoff_id = ${brand.handoffId}`)
  assertError(await invite(brand, { callId, overrideSkill: 'sales' }), 400, 1901, message)
})

test('5000 Internal Server Error: a request id and nothing else', async () => {
  const brand = await testBrand(server)
  const callId = await callOf(brand)
  const { db } = server.deps
  await db`alter table calls rename to calls_away`
  try {
    for (const answer of [await eligible(brand), await invite(brand, { callId })]) {
      assertError(answer, 500, 5000, 'Internal Server Error')
      assertFault(answer)
    }
  } finally {
    await db`alter table calls_away rename to calls`
  }
})

test('5300, HTTP 503: a database that hangs is answered before the deadline, never with a yes', async () => {
  const brand = await testBrand(server)
  const { db } = server.deps
  const session = await db.reserve()
  await session`begin`
  await session`lock table oauth_nonces in access exclusive mode`
  try {
    const answer = await eligible(brand)
    assertError(answer, 503, 5300, 'Internal Server Error')
    assert.equal(answer.headers.get('retry-after'), '1')
    assertFault(answer)
  } finally {
    await session`rollback`
    session.release()
  }
})

function assertFault(answer: IvrAnswer): void {
  assert.deepEqual(Object.keys(answer.body), ['errorCode', 'errorMessage', 'requestId'])
  const { requestId } = answer.body
  const told = server.logged.filter((line) => line.includes('request failed') && line.includes(requestId as string))
  assert.equal(told.length, 1, 'the log does not tell what happened')
}

test('the order of checks: of several faults the first in the contract’s order is named', async () => {
  const brand = await testBrand(server, { settings: { rateLimit: 1_000 } })
  const reader = await testBrand(server, { privileges: ['reporting'] })
  const spent = await testBrand(server, { settings: { rateLimit: 1 } })
  assert.equal((await eligible(spent)).status, 200)
  const wrong = { text: '{', query: 'v=1', headers: { 'content-type': 'text/plain' } }
  const noCredential = { ...wrong.headers, authorization: 'none' }

  const wrongMethod = await callIvr(server, brand, 'eligibility', { ...wrong, headers: noCredential, method: 'PUT' })
  assertError(wrongMethod, 405, 1005, 'Method Not Allowed')
  const stranger = await callIvr(server, spent, 'eligibility', { ...wrong, headers: noCredential })
  assertError(stranger, 401, 1100, 'Invalid Bearer token')
  const denied = await callIvr(server, reader, 'eligibility', wrong)
  assertError(denied, 403, 1101, 'Not enough privilege to perform this operation')
  assertError(await callIvr(server, spent, 'eligibility', wrong), 429, 1029, 'Rate limit hit')
  assertError(await callIvr(server, brand, 'eligibility', wrong), 415, 1015, 'Unsupported Media Type')
  const json = { 'content-type': 'application/json' }
  assertError(await callIvr(server, brand, 'eligibility', { ...wrong, headers: json }), 400, 1002, 'Invalid version')
  const broken = { text: '{', query: 'v=2.0' }
  assertError(await callIvr(server, brand, 'eligibility', broken), 400, 1000, 'Invalid request')

  const { db } = server.deps
  const every = { consumerPhoneNumber: 'x', skill: 'nobody', handoffId: 'H000000000000009' }
  assertError(await eligible(brand, { ...every, ivrNumber: 1 }), 400, 1000, 'Invalid request')
  assertError(await eligible(brand, { ...every, sdes: [{ type: 'x' }] }), 400, 1000, 'Invalid request')
  assertError(await eligible(brand, every), 400, 1001, 'Invalid customerPhoneNumber')
  const phone = { ...every, consumerPhoneNumber: '+12065550100' }
  await change(brand, db`update users set enabled = false where account_id = ${brand.accountId}`)
  await change(brand, db`update app_installs set enabled = false where account_id = ${brand.accountId} and internal`)
  const [settings] = await db`delete from settings where account_id = ${brand.accountId} returning *`
  server.deps.accounts.drop(brand.accountId)
  assertError(await eligible(brand, phone), 400, 1200, 'No internal user is available')
  await change(brand, db`update users set enabled = true where account_id = ${brand.accountId}`)
  assertError(await eligible(brand, phone), 400, 1201, 'No internal app is available')
  await change(brand, db`update app_installs set enabled = true where account_id = ${brand.accountId}`)
  assertError(await eligible(brand, phone), 400, 1600, 'No setting is available')
  await change(brand, db`insert into settings ${db(settings as Record<string, string>)}`)
  assertError(await eligible(brand, phone), 400, 1500, 'No handoff is available')
  await change(brand, db`update senders set enabled = false where account_id = ${brand.accountId}`)
  assertError(await eligible(brand, { skill: 'nobody' }), 400, 1501, 'No handoff channel is available')
  await change(brand, db`update senders set enabled = true where account_id = ${brand.accountId}`)
  assertError(await eligible(brand, { skill: 'nobody' }), 400, 1300, 'No engagement found for skill nobody')
})

test('no row of the table is left out', () => {
  const table = new Set<number>(Object.values(contractErrors).map(([number]) => number))
  assert.deepEqual([...reached].filter((number) => number < 5000).sort(), [...table].sort())
})

async function channelsOf(brand: TestBrand) {
  const [row] = await server.deps.db<{ channels: Parameters<typeof testHandoff>[2] }[]>`
    select channels from handoffs where account_id = ${brand.accountId} and handoff_id = ${brand.handoffId}`
  return row!.channels
}
