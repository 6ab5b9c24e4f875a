import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appJwt, oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask } from '../../../test/test-user.ts'

const span = 'attemptedStartTime=1767225600000&attemptedEndTime=1767312000000'
let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer({ env: { REGION_HOSTS: 'lo=lo.example.test' } })
  brand = await testBrand(server)
})
after(() => server.close())

const urlOf = (whose: TestBrand, path = `analytics/?${span}`) =>
  `${server.url}/api/account/${whose.accountId}/app/c2m/${path}`
const bearer = async (whose: TestBrand) => ({ authorization: `Bearer ${await appJwt(server, whose)}` })

/** The published form, and the status as its code. */
function refused(answer: Awaited<ReturnType<typeof ask>>, status: number, message: RegExp) {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.deepEqual(Object.keys(answer.body).sort(), ['code', 'message', 'requestTraceId'])
  assert.equal(answer.body.code, status)
  assert.match(answer.body.requestTraceId, /^[0-9a-f-]{36}$/)
  assert.match(answer.body.message, message)
}

test('both kinds of credentials come in; a signature once', async () => {
  assert.equal((await ask(urlOf(brand), 'GET', undefined, await bearer(brand))).status, 200)
  const url = urlOf(brand)
  const signed = { authorization: oauthHeader(brand, url, { method: 'GET' }) }
  assert.equal((await ask(url, 'GET', undefined, signed)).status, 200)
  refused(await ask(url, 'GET', undefined, signed), 401, /credentials/)
  refused(await ask(url, 'GET', undefined), 401, /credentials/)
  refused(await ask(url, 'GET', undefined, { authorization: 'Bearer nonsense' }), 401, /credentials/)
})

test('a signed body must be the one that came', async () => {
  const url = urlOf(brand)
  const header = (body: string) => ({
    ...{ authorization: oauthHeader(brand, url, { method: 'POST', body }), 'content-type': 'application/json' },
  })
  const send = (body: string, signed = body) => fetch(url, { method: 'POST', headers: header(signed), body })
  assert.equal((await send('{"skills":["support"]}')).status, 200)
  assert.equal((await send('{"skills":["support"]}', '{"skills":["sales"]}')).status, 401)
})

test('without the privilege, or with another account: 403', async () => {
  const poor = await testBrand(server, { privileges: ['ivr.engagement'] })
  const rich = await testBrand(server, { privileges: ['reporting'] })
  refused(await ask(urlOf(poor), 'GET', undefined, await bearer(poor)), 403, /privilege/)
  refused(await ask(urlOf(poor), 'GET', undefined, await bearer(rich)), 403, /privilege/)
  refused(await ask(urlOf(rich, 'handoffs/list?v=1'), 'GET', undefined, await bearer(rich)), 403, /privilege/)
  refused(await ask(urlOf(poor, 'handoffs/list?v=1'), 'GET', undefined, await bearer(poor)), 403, /privilege/)
  assert.equal((await ask(urlOf(rich), 'GET', undefined, await bearer(rich))).status, 200)
})

test('an account of another region names its host', async () => {
  const far = await testBrand(server, { region: 'lo' })
  const headers = { authorization: oauthHeader(far, urlOf(far), { method: 'GET' }) }
  const answer = await ask(urlOf(far), 'GET', undefined, headers)
  refused(answer, 404, /Not Found/)
  assert.equal(answer.headers.get('x-c2m-domain'), 'lo.example.test')
})

test('what is wrong with a request is said', async () => {
  const headers = await bearer(brand)
  const get = (query: string) => ask(urlOf(brand, `analytics/?${query}`), 'GET', undefined, headers)
  refused(await get(''), 400, /attemptedStartTime/)
  refused(await get('attemptedStartTime=1767225600000'), 400, /attemptedEndTime/)
  refused(await get('attemptedStartTime=today&attemptedEndTime=1'), 400, /attemptedStartTime/)
  refused(await get('attemptedStartTime=2&attemptedEndTime=1'), 400, /before/)
  refused(await get('attemptedStartTime=2&attemptedEndTime=999999999999999'), 400, /too far/)
  const post = (query: string, body: unknown) =>
    ask(urlOf(brand, `transactions/?${span}${query}`), 'POST', body, headers)
  refused(await post('&v=3.0', {}), 400, /v/)
  refused(await post('&v=2.0', { limit: 5_001 }), 400, /5000/)
  refused(await post('&v=2.0', { limit: 0 }), 400, /limit/)
  refused(await post('&v=2.0', { offset: -1 }), 400, /offset/)
  refused(await post('&v=2.0', { filters: { messagestatus: ['LOST'] } }), 400, /FAILED/)
})

test('words for the next page that were never given are refused', async () => {
  const own = await testBrand(server)
  const headers = await bearer(own)
  for (const nextPage of ['x', 'AAAA', Buffer.from("2026-13-45 99:99:99+00\n'").toString('base64')])
    refused(await ask(urlOf(own, `transactions/?${span}`), 'POST', { page: { nextPage } }, headers), 400, /nextPage/)
})

test('ten requests a second to an endpoint, each counted by itself', async () => {
  const own = await testBrand(server)
  const headers = await bearer(own)
  const statuses = async (path: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => ask(urlOf(own, path), 'GET', undefined, headers)))
  const answers = await statuses(`analytics/?${span}`, 40)
  const limited = answers.filter(({ status }) => status === 429)
  assert.ok(limited.length > 0)
  assert.ok(answers.some(({ status }) => status === 200))
  refused(limited[0]!, 429, /Rate/)
  assert.equal((await statuses('handoffs/list?v=1', 1))[0]!.status, 200)
})
