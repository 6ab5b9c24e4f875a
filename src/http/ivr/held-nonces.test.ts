import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callIvr, eligibilityBody, oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'

let server: TestServer
let brand: TestBrand
before(async () => {
  server = await testServer()
  brand = await testBrand(server, { settings: { rateLimit: 10_000 } })
})
after(() => server.close())

const sign = (operation: 'eligibility' | 'invite' = 'eligibility', of = brand) =>
  oauthHeader(of, `${server.url}/api/account/${of.accountId}/${operation}?v=2.0`)
const ask = (authorization: string, more: Parameters<typeof callIvr>[3] = {}, of = brand) =>
  callIvr(server, of, 'eligibility', {
    body: eligibilityBody(of),
    ...more,
    headers: { authorization, ...more.headers },
  })
const callsOf = async ({ accountId }: TestBrand) => {
  const [row] = await server.deps.db`select count(*)::int as calls from calls where account_id = ${accountId}`
  return row!.calls as number
}

test('of one request sent many times at once, one is answered and one call is stored', async () => {
  const before = await callsOf(brand)
  const header = sign()
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask(header)))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 401)])
  assert.equal(await callsOf(brand), before + 1)
  for (const { status, headers } of answers) {
    if (status === 401) assert.match(headers.get('www-authenticate') ?? '', /^OAuth /)
  }
})

test('the same for a consumer we know, whose call is stored in a second statement', async () => {
  const body = { ...eligibilityBody(brand), consumerPhoneNumber: '+12065550177' }
  await server.deps.db`insert into opt_outs ${server.deps.db({
    account_id: brand.accountId,
    address: '+12065550177',
    channel: 'sms',
    opted_out_at: new Date(),
    source: 'keyword',
  })}`
  const before = await callsOf(brand)
  const header = sign()
  const answers = await Promise.all(Array.from({ length: 10 }, () => ask(header, { body })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 9 }, () => 401)])
  assert.equal(answers.find(({ status }) => status === 200)?.body.eligible, false)
  assert.equal(await callsOf(brand), before + 1)
})

test('a refused request has used its nonce, and a replay hears of nothing else', async () => {
  const good = eligibilityBody(brand)
  const faults: [string, Parameters<typeof callIvr>[3], number][] = [
    ['media type', { headers: { 'content-type': 'text/plain' } }, 415],
    ['not JSON', { text: '{' }, 400],
    ['schema', { body: { ...good, skill: 5 } }, 400],
    ['phone', { body: { ...good, consumerPhoneNumber: '1' } }, 400],
    ['handoff', { body: { ...good, handoffId: 'H9' } }, 400],
  ]
  for (const [what, request, status] of faults) {
    const header = sign()
    assert.equal((await ask(header, request)).status, status, what)
    assert.equal((await ask(header, request)).status, 401, what)
    assert.equal((await ask(header)).status, 401, what)
  }
})

test('so has one that came too fast or without the privilege', async () => {
  const slow = await testBrand(server, { settings: { rateLimit: 1 } })
  await ask(sign('eligibility', slow), {}, slow)
  const header = sign('eligibility', slow)
  assert.equal((await ask(header, {}, slow)).status, 429)
  assert.equal((await ask(header, {}, slow)).status, 401)
  const reporting = await testBrand(server, { privileges: ['reporting'] })
  const other = sign('eligibility', reporting)
  assert.equal((await ask(other, {}, reporting)).status, 403)
  assert.equal((await ask(other, {}, reporting)).status, 401)
})

test('an invite burns it at the door', async () => {
  const header = sign('invite')
  const invite = () =>
    callIvr(server, brand, 'invite', {
      body: { callId: '00000000-0000-4000-8000-000000000000' },
      headers: { authorization: header },
    })
  assert.equal((await invite()).status, 404)
  assert.equal((await invite()).status, 401)
})
