import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask, type TestUser, testUser } from '../../../test/test-user.ts'
import { roles } from '../../domain/caller.ts'

const operatorToken = 'an-operator-token-of-the-tests-long-enough'
let server: TestServer
let brand: TestBrand
let other: TestBrand
let boss: TestUser

before(async () => {
  server = await testServer({ env: { OPERATOR_TOKEN: operatorToken } })
  brand = await testBrand(server)
  other = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(() => server.close())

const pathOf = (path: string, accountId = brand.accountId) => `/api/admin/accounts/${accountId}${path}`
/** As the brand's administrator. */
const call = (method: string, path: string, body?: unknown) => boss.ask(method, pathOf(path), body)
const asOperator = (method: string, path: string, body?: unknown, accountId = brand.accountId) =>
  ask(server.url + pathOf(path, accountId), method, body, { authorization: `Bearer ${operatorToken}` })
const config = async () => (await server.deps.accounts.get(brand.accountId))!

const nouns = [
  '/settings',
  '/skills',
  '/senders',
  '/connectors',
  '/handoffs',
  '/templates',
  '/api-keys',
  '/apps',
  '/users',
  '/internal',
  '/audit',
]

test('who may come in, by role', async () => {
  const readable: Record<string, readonly string[]> = {
    administrator: nouns,
    'campaign-manager': ['/settings', '/skills', '/senders', '/connectors', '/handoffs', '/templates'],
    'agent-manager': ['/skills', '/users'],
    agent: ['/skills'],
  }
  for (const role of roles) {
    const user = await testUser(server, brand.accountId, role)
    for (const noun of nouns) {
      const answer = await user.ask('GET', pathOf(noun))
      assert.equal(answer.status, readable[role]!.includes(noun) ? 200 : 403, `${role} ${noun}`)
      assert.equal((await user.ask('GET', pathOf(noun, other.accountId))).status, 404, `${role} ${noun} of another`)
    }
    const settings = await user.ask('PATCH', pathOf('/settings'), { rateLimit: 30 })
    assert.equal(settings.status, role === 'administrator' ? 200 : 403, `${role} changes settings`)
    const handoff = await user.ask('PATCH', pathOf(`/handoffs/${brand.handoffId}`), { routeAllWithinLookback: true })
    assert.equal(handoff.status, ['administrator', 'campaign-manager'].includes(role) ? 200 : 403, `${role} handoff`)
  }
  for (const noun of nouns) {
    assert.equal((await asOperator('GET', noun)).status, 200, `operator ${noun}`)
    assert.equal((await asOperator('GET', noun, undefined, '999')).status, 404, `operator ${noun} of nobody`)
    assert.equal((await ask(server.url + pathOf(noun), 'GET')).status, 401, `stranger ${noun}`)
  }
})

test("another brand's row is not found, and stays as it is", async () => {
  const { senderId } = other.smsSender
  const rows: [string, unknown][] = [
    [`/skills/${other.skills.sales}`, { name: 'stolen' }],
    [`/senders/${senderId}`, { title: 'stolen' }],
    [`/handoffs/${other.handoffId}`, { title: 'stolen' }],
    [`/api-keys/${other.apiKey.appKey}`, { title: 'stolen' }],
    [`/apps/${other.app.clientId}`, { title: 'stolen' }],
    [`/users/${(await testUser(server, other.accountId, 'agent')).userId}`, { name: 'stolen' }],
  ]
  const before = await server.deps.db`select config_version from accounts where account_id = ${other.accountId}`
  for (const [path, body] of rows) {
    for (const answer of [
      await call('PATCH', path, body),
      await asOperator('PATCH', path, body),
      await boss.ask('PATCH', pathOf(path, other.accountId), body),
    ]) {
      assert.equal(answer.status, 404, path)
      assert.equal(answer.body.code, 'not-found')
    }
  }
  for (const path of [`/api-keys/${other.apiKey.appKey}/secret`, `/apps/${other.app.clientId}/secret`]) {
    assert.equal((await call('POST', path)).status, 404)
  }
  assert.deepEqual(
    await server.deps.db`select config_version from accounts where account_id = ${other.accountId}`,
    before,
  )
})

test('a credential comes in with the privilege admin only', async () => {
  const weak = await asOperator('POST', '/apps', { title: 'Weak', privileges: ['ivr.engagement'] })
  const tokenOf = async (app: { clientId: string; clientSecret: string }) => {
    const answer = await fetch(`${server.url}/sentinel/api/v2/account/${brand.accountId}/app/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: app.clientId,
        client_secret: app.clientSecret,
      }),
    })
    return ((await answer.json()) as { access_token: string }).access_token
  }
  const get = async (token: string, accountId = brand.accountId) =>
    ask(server.url + pathOf('/skills', accountId), 'GET', undefined, { authorization: `Bearer ${token}` })
  const strong = await tokenOf(brand.app)
  assert.equal((await get(strong)).status, 200)
  assert.equal((await get(await tokenOf(weak.body))).status, 403)
  assert.equal((await get(`${strong}x`)).status, 401)
  assert.ok([403, 404].includes((await get(strong, other.accountId)).status))
  const added = await ask(
    server.url + pathOf('/skills'),
    'POST',
    { name: 'by app' },
    { authorization: `Bearer ${strong}` },
  )
  assert.equal(added.status, 201)
  const [entry] = (await call('GET', '/audit')).body.entries
  assert.equal(entry.actor, `credential:${brand.app.clientId}`)
})

test('an API key signs each request once, and the body when it says so', async () => {
  const url = server.url + pathOf('/skills')
  const send = (authorization: string, body: string) => ask(url, 'POST', body, { authorization })
  const [first, second] = ['by key', 'by key again'].map((name) => JSON.stringify({ name }))
  const header = oauthHeader(brand, url)
  assert.equal((await send(header, first!)).status, 201)
  assert.equal((await send(header, second!)).status, 401, 'a replay')
  assert.equal((await send(oauthHeader(brand, url, { body: first! }), second!)).status, 401, 'another body')
  assert.equal((await send(oauthHeader(brand, url, { body: second! }), second!)).status, 201)
  assert.equal((await send(oauthHeader(brand, url, { key: { secret: 'wrong' } }), second!)).status, 401)
  const known = (await config()).skillsByName
  assert.ok(known.has('by key') && known.has('by key again'))
})

test('a session is no way in for another site', async () => {
  const answer = await boss.ask('POST', pathOf('/skills'), { name: 'planted' }, { origin: 'https://evil.example' })
  assert.equal(answer.status, 403)
  assert.equal(answer.body.code, 'cross-site')
})
