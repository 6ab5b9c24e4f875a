import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readAnswer } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'

let server: TestServer
let brand: TestBrand
/** Node does not wait for `before` when no test is wanted: what it has begun must still be ended. */
let begun: Promise<void> | undefined
before(() => {
  begun = (async () => {
    server = await testServer({
      env: { PUBLIC_URL: 'https://va.c2m.example.com', REGION_HOSTS: 'lo=lo.c2m.example.com' },
    })
    brand = await testBrand(server)
  })()
  return begun
})
after(async () => {
  await begun
  await server?.close()
})

const ask = async (path: string, query = '?version=1.0') =>
  readAnswer(await fetch(`${server.url}/api/account/${path}/baseURI.json${query}`))

test('one service: its host, without a scheme', async () => {
  for (const service of ['connectToMessagingDomain', 'sentinel']) {
    const answer = await ask(`${brand.accountId}/service/${service}`)
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.body, { service, account: brand.accountId, baseURI: 'va.c2m.example.com' })
  }
})

test('all services', async () => {
  const { status, body } = await ask(`${brand.accountId}/service`)
  assert.equal(status, 200)
  const account = brand.accountId
  assert.deepEqual(body, {
    baseURIs: [
      { service: 'connectToMessagingDomain', account, baseURI: 'va.c2m.example.com' },
      { service: 'sentinel', account, baseURI: 'va.c2m.example.com' },
    ],
  })
})

test('an account of another region lives on that region’s host', async () => {
  const far = await testBrand(server, { region: 'lo' })
  assert.equal((await ask(`${far.accountId}/service/sentinel`)).body.baseURI, 'lo.c2m.example.com')
  const nobodyKnows = await testBrand(server, { region: 'sy' })
  assert.equal((await ask(`${nobodyKnows.accountId}/service/sentinel`)).status, 404)
})

test('unknown accounts and services: 404/1004; names are case-sensitive', async () => {
  for (const path of [
    '99999999999/service/sentinel',
    'x/service/sentinel',
    '%00/service/sentinel',
    '%00/service',
    '__proto__/service',
    `${brand.accountId}/service/Sentinel`,
    `${brand.accountId}/service/unknown`,
    `${brand.accountId}/service/constructor`,
    '99999999999/service',
  ]) {
    const answer = await ask(path)
    assert.deepEqual([answer.status, answer.body], [404, { errorCode: 1004, errorMessage: 'Not Found' }], path)
  }
})

test('the version is 1.0 and required: 400/1002', async () => {
  for (const query of ['', '?version=2.0', '?version=1.0&version=1.0', '?v=1.0']) {
    const answer = await ask(`${brand.accountId}/service`, query)
    assert.deepEqual([answer.status, answer.body.errorCode], [400, 1002], query)
  }
})

test('other methods: 405 with Allow', async () => {
  const response = await fetch(`${server.url}/api/account/${brand.accountId}/service/baseURI.json`, { method: 'POST' })
  assert.deepEqual([response.status, response.headers.get('allow')], [405, 'GET, HEAD'])
})
