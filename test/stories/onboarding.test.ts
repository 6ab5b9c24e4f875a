import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { appJwt, callIvr, eligibilityBody } from '../ivr-client.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { ask } from '../test-user.ts'

/**
 * A brand that came in by the operator's door can be called at once, and whatever its administrator switches off and on
 * again is felt by the very next call: every reason of the contract that lies in the configuration, caused and mended.
 */

const operatorToken = 'an-operator-token-of-the-tests-long-enough'
/** Processes that share a database share the key, too: with another one the stored secrets could not be read. */
const env = { OPERATOR_TOKEN: operatorToken, C2M_SECRET_KEY: randomBytes(32).toString('base64') }
const accountId = '4711'
const number = '+12065550188'
let server: TestServer
let handoffId: string
let skillId: string
let senderId: string
let brand: Parameters<typeof callIvr>[1] & Parameters<typeof appJwt>[1] & { handoffId: string }

before(async () => {
  server = await testServer({ env })
  const made = await operator('POST', '/api/operator/accounts', {
    accountId,
    title: 'Acme',
    skills: ['support', 'sales'],
    senders: [{ connector: 'sms-simulator', address: number, settings: { secret: 'a-secret-of-the-simulator' } }],
    handoffs: [{ title: 'Main line', channels: [{ channel: 'sms', sender: number, text: 'Reply to go on.' }] }],
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  handoffId = made.body.handoffs[0].handoffId
  skillId = made.body.skills[0].skillId
  senderId = made.body.senders[0].senderId
  brand = { accountId, apiKey: made.body.apiKey, app: made.body.app, handoffId }
})
after(() => server.close())

const operator = (method: string, path: string, body?: unknown) =>
  ask(server.url + path, method, body, { authorization: `Bearer ${operatorToken}` })
const admin = async (path: string, body: unknown) => {
  const answer = await operator('PATCH', `/api/admin/accounts/${accountId}${path}`, body)
  assert.equal(answer.status, 200, `${path} ${JSON.stringify(answer.body)}`)
}
const eligibility = async (headers: Record<string, string> = {}) => {
  const { status, body } = await callIvr(server, brand, 'eligibility', { body: eligibilityBody(brand), headers })
  return status === 200 ? body.availableChannels : body.errorCode
}

test('the credentials of onboarding open the contract: API key and app', async () => {
  assert.deepEqual(await eligibility(), ['sms'])
  assert.deepEqual(await eligibility({ authorization: `Bearer ${await appJwt(server, brand)}` }), ['sms'])
})

const switches: [string, expected: unknown, off: () => [string, unknown], on: () => [string, unknown]][] = [
  ['the internal user', 1200, () => ['/internal', { user: false }], () => ['/internal', { user: true }]],
  ['the internal app', 1201, () => ['/internal', { app: false }], () => ['/internal', { app: true }]],
  [
    'the handoff',
    1500,
    () => [`/handoffs/${handoffId}`, { enabled: false }],
    () => [`/handoffs/${handoffId}`, { enabled: true }],
  ],
  [
    'its only sender',
    1501,
    () => [`/senders/${senderId}`, { enabled: false }],
    () => [`/senders/${senderId}`, { enabled: true }],
  ],
  ['its only channel', 1501, () => ['/settings', { channels: ['wa'] }], () => ['/settings', { channels: ['sms'] }]],
  [
    'the skill’s engagement',
    1300,
    () => [`/skills/${skillId}`, { engaged: false }],
    () => [`/skills/${skillId}`, { engaged: true }],
  ],
  [
    'the skill',
    1300,
    () => [`/skills/${skillId}`, { enabled: false }],
    () => [`/skills/${skillId}`, { enabled: true }],
  ],
  [
    'the handoff’s list of skills',
    1300,
    () => [`/handoffs/${handoffId}`, { skills: ['sales'] }],
    () => [`/handoffs/${handoffId}`, { skills: null }],
  ],
  [
    'the API key',
    1100,
    () => [`/api-keys/${brand.apiKey.appKey}`, { enabled: false }],
    () => [`/api-keys/${brand.apiKey.appKey}`, { enabled: true }],
  ],
  [
    'the key’s privilege',
    1101,
    () => [`/api-keys/${brand.apiKey.appKey}`, { privileges: ['reporting'] }],
    () => [`/api-keys/${brand.apiKey.appKey}`, { privileges: ['ivr.engagement'] }],
  ],
]

for (const [what, expected, off, on] of switches) {
  test(`without ${what}: ${expected}; with it again: eligible`, async () => {
    await admin(...off())
    assert.deepEqual(await eligibility(), expected)
    await admin(...on())
    assert.deepEqual(await eligibility(), ['sms'])
  })
}

test('a disabled account is nobody’s, and is back when enabled', async () => {
  const enabled = (value: boolean) => operator('PATCH', `/api/operator/accounts/${accountId}`, { enabled: value })
  await enabled(false)
  assert.equal(await eligibility(), 1100)
  await enabled(true)
  assert.deepEqual(await eligibility(), ['sms'])
})

test('settings that were never saved: 1600, until they are', async () => {
  const made = await operator('POST', '/api/operator/accounts', {
    accountId: '4712',
    title: 'Unset',
    settings: null,
    skills: ['support'],
    senders: [
      { connector: 'sms-simulator', address: '+12065550189', settings: { secret: 'a-secret-of-the-simulator' } },
    ],
    handoffs: [{ title: 'Main', channels: [{ channel: 'sms', sender: '+12065550189', text: 'Reply to go on.' }] }],
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const unset = { accountId: '4712', apiKey: made.body.apiKey, handoffId: made.body.handoffs[0].handoffId }
  const call = () => callIvr(server, unset, 'eligibility', { body: eligibilityBody(unset) })
  assert.equal((await call()).body.errorCode, 1600)
  assert.equal((await operator('PATCH', '/api/admin/accounts/4712/settings', {})).status, 200)
  assert.deepEqual((await call()).body.availableChannels, ['sms'])
})

test('another process sees a change, too', async () => {
  const other = await testServer({ database: server.database, env })
  try {
    const there = async () => {
      const { body } = await callIvr(other, brand, 'eligibility', { body: eligibilityBody(brand) })
      return body.errorCode ?? body.availableChannels
    }
    assert.deepEqual(await there(), ['sms'])
    await admin('/internal', { user: false })
    const deadline = performance.now() + 10_000
    while ((await there()) !== 1200) assert.ok(performance.now() < deadline, 'the other process never noticed')
    await admin('/internal', { user: true })
  } finally {
    await other.close()
  }
})
