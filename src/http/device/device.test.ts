import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { appJwt, callIvr, oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { listen, type TestApp, testApp, testDevice, vouch } from '../../../test/test-device.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask, testUser } from '../../../test/test-user.ts'
import { startWorker } from '../../jobs/index.ts'
import { atomic } from '../../store/db.ts'
import { signOut } from '../../store/devices.ts'
import { createOutgoing } from '../../store/outgoing.ts'

/** One key, for two servers on one database. */
const env = { SANDBOX: 'on', C2M_SECRET_KEY: randomBytes(32).toString('base64') }
let server: TestServer
let brand: TestBrand
let app: TestApp
let worker: { stop(): Promise<void> }

before(async () => {
  server = await testServer({ env })
  brand = await testBrand(server, { settings: { rateLimit: 10_000 } })
  app = await testApp(server, brand, { settings: { allowedOrigins: 'https://shop.example, https://app.example' } })
  worker = await startWorker(server.deps)
})
after(async () => {
  await worker.stop()
  await server.close()
})

const someone = () => `consumer-${randomUUID().slice(0, 8)}`

/** The caller is asked and invited; returns what eligibility and invite answered. */
async function invite(consumerId: string, handoffId = app.handoffId) {
  const body = { consumerPhoneNumber: testPhone(), handoffId, skill: 'support', consumerId }
  const asked = await callIvr(server, brand, 'eligibility', { body })
  const { callId, eligible } = asked.body as { callId: string; eligible: boolean }
  const invited = eligible ? await callIvr(server, brand, 'invite', { body: { callId } }) : null
  return { callId, eligible, status: invited?.status ?? null }
}

const registrations = () => `${server.url}/api/device/registrations`
const simulated = () => ({ platform: 'simulator', token: randomUUID() })

test('only the brand vouches, and its word is good for one thing', async () => {
  const body = { consumerId: someone(), app: app.address }
  const vouched = await vouch(server, brand, body)
  assert.equal(vouched.status, 201)
  assert.equal(vouched.body.expiresInSeconds, 300)
  assert.equal(vouched.headers.get('cache-control'), 'no-store')

  const url = `${server.url}/api/account/${brand.accountId}/consumer-token`
  assert.equal((await ask(url, 'POST', body)).status, 401)
  assert.equal((await vouch(server, brand, { ...body, app: 'Another app' })).status, 404)
  assert.equal((await vouch(server, brand, { ...body, consumerId: 'two\nlines' })).status, 400)
  assert.equal((await vouch(server, brand, { ...body, more: 1 })).status, 400)
  const header = oauthHeader(brand, url)
  assert.equal((await vouch(server, brand, body, header)).status, 201)
  assert.equal((await vouch(server, brand, body, header)).status, 401, 'a nonce is used once')

  // Neither token passes for the other, though the same keys sign them.
  const jwt = await appJwt(server, brand)
  const asAppJwt = await vouch(server, brand, body, `Bearer ${vouched.body.token}`)
  assert.equal(asAppJwt.status, 401)
  const asConsumerToken = await ask(registrations(), 'POST', simulated(), { authorization: `Bearer ${jwt}` })
  assert.equal(asConsumerToken.status, 401)
})

test('a key without the privilege vouches for nobody', async () => {
  const ivr = await testBrand(server, { privileges: ['ivr.engagement', 'admin'] })
  const { address } = await testApp(server, ivr)
  assert.equal((await vouch(server, ivr, { consumerId: 'c', app: address })).status, 403)
})

test('a consumer token is over after five minutes', async () => {
  let ahead = 0
  const clock = { now: () => new Date(Date.now() + ahead), monotonic: () => performance.now() }
  const later = await testServer({ clock, env: { SANDBOX: 'on' } })
  try {
    const other = await testBrand(later)
    const { address } = await testApp(later, other)
    const { body } = await vouch(later, other, { consumerId: 'c', app: address })
    const register = () =>
      ask(`${later.url}/api/device/registrations`, 'POST', simulated(), { authorization: `Bearer ${body.token}` })
    assert.equal((await register()).status, 201)
    ahead = 370_000
    assert.equal((await register()).status, 401)
  } finally {
    await later.close()
  }
})

test('an invite reaches the app, is answered there, and the agent’s reply comes by the stream', async () => {
  const consumerId = someone()
  assert.equal((await invite(consumerId)).eligible, false, 'without a device there is nobody to reach')
  const device = await testDevice(server, brand, app, consumerId)
  const stream = await listen(server, device)
  assert.match(stream.response.headers.get('content-type') ?? '', /^text\/event-stream/)
  assert.equal((await stream.next())?.event, 'ready')

  const { callId, status } = await invite(consumerId)
  assert.equal(status, 200)
  const told = await stream.next()
  assert.equal(told?.event, 'message')
  assert.equal(told.data.kind, 'invite')
  assert.equal(told.data.from, 'brand')
  assert.equal(told.data.title, 'Go on here')
  const { messageId } = told.data

  assert.equal((await device.ask('POST', 'receipts', { messageIds: [messageId], status: 'read' })).status, 204)
  const [call] = await server.deps.db`select delivered_at, read_at from calls where call_id = ${callId}`
  assert.ok(call?.delivered_at !== null && call?.read_at !== null, 'the call knows that it was read')
  let state = told
  while (state.data.status !== 'read') state = (await stream.next())!

  const text = 'Yes, here I am'
  const first = await device.ask('POST', 'messages', { text, clientId: 'm-1' })
  assert.equal(first.status, 201)
  assert.equal(first.body.inConversation, true)
  assert.equal(first.body.clientId, 'm-1')
  const again = await device.ask('POST', 'messages', { text, clientId: 'm-1' })
  assert.equal(again.body.messageId, first.body.messageId, 'sent twice, stored once')
  assert.equal((await device.ask('POST', 'messages', { text: 'Other', clientId: 'm-1' })).status, 409)
  const own = await stream.next()
  assert.deepEqual([own?.data.from, own?.data.text, own?.data.clientId], ['consumer', text, 'm-1'])

  const conversations = await server.deps.db`
    select conversation_id, call_id, skill_id from conversations where address = ${consumerId}`
  assert.equal(conversations.length, 1)
  assert.equal(conversations[0]!.call_id, callId)
  stream.stop()

  // What happens while nobody listens is told from where the stream was left.
  await reply(conversations[0]!.conversation_id, consumerId, 'How can I help?')
  const resumed = await listen(server, device, '', { 'last-event-id': own!.id! })
  await resumed.next()
  const missed = await resumed.next()
  assert.deepEqual([missed?.data.kind, missed?.data.text], ['reply', 'How can I help?'])
  resumed.stop()

  const { body } = await device.ask('GET', 'messages?limit=2')
  assert.deepEqual(
    body.messages.map((message: { kind: string }) => message.kind),
    ['text', 'reply'],
  )
  const { body: page } = await device.ask('GET', `messages?limit=2&before=${body.earlier}`)
  assert.deepEqual([page.messages.map((message: { kind: string }) => message.kind), page.earlier], [['invite'], null])
})

/** As an agent's reply is stored and sent. */
async function reply(conversationId: string, consumerId: string, body: string): Promise<void> {
  const { db } = server.deps
  const { senderId } = app
  const out = { conversationId, callId: null, senderId, channel: 'inapp', address: consumerId, kind: 'reply' } as const
  await atomic(db, (tx) => createOutgoing(tx, brand.accountId, { ...out, body, expiresAt: null }))
}

test('an answer in another app of the handoff belongs to the invite', async () => {
  const consumerId = someone()
  const second = await testApp(server, brand)
  const phone = await testDevice(server, brand, app, consumerId)
  const tablet = await testDevice(server, brand, second, consumerId)
  await invite(consumerId)
  const { body } = await tablet.ask('GET', 'messages')
  assert.equal(body.messages.length, 1)
  const answered = await tablet.ask('POST', 'messages', { text: 'Hello', clientId: 'm' })
  assert.equal(answered.body.inConversation, true)
  const { body: chat } = await phone.ask('GET', 'messages')
  assert.deepEqual(
    chat.messages.map((message: { clientId: string | null }) => message.clientId),
    [null, null],
    'the other device’s own id is no matter for this one',
  )
})

test('a message that answers nothing is kept, and the app is told that nobody reads it', async () => {
  const device = await testDevice(server, brand, app, someone())
  const sent = await device.ask('POST', 'messages', { text: 'Anybody?', clientId: 'm' })
  assert.deepEqual([sent.status, sent.body.inConversation], [201, false])
  for (const body of [{ text: '  ', clientId: 'm' }, { text: 'x' }, { text: 'x', clientId: 'a b' }, { text: 1 }])
    assert.equal((await device.ask('POST', 'messages', body)).status, 400)
})

test('nothing that waits, has expired or came too late for an opt-out is shown', async () => {
  const consumerId = someone()
  const device = await testDevice(server, brand, app, consumerId)
  const { db } = server.deps
  const message = (status: string, kind: string, failure: string | null) =>
    db`insert into messages ${db({
      ...{ account_id: brand.accountId, message_id: randomUUID(), sender_id: app.senderId, channel: 'inapp' },
      ...{ address: consumerId, direction: 'out', kind, body: `${kind} ${status} ${failure}`, status },
      failure_kind: failure,
    })}`
  await message('accepted', 'invite', null)
  await message('failed', 'reply', 'opted-out')
  await message('failed', 'reply', 'expired')
  await message('failed', 'invite', 'device-gone')
  await message('failed', 'reply', 'device-gone')
  const { body } = await device.ask('GET', 'messages')
  assert.deepEqual(
    body.messages.map((one: { text: string }) => one.text),
    ['reply failed device-gone'],
    'a push that failed is only a bell that did not ring',
  )
})

test('signing out ends the token at once and the pushes by its mode', async () => {
  for (const [mode, eligible] of [
    ['all', false],
    ['agent-only', true],
    ['none', true],
  ] as const) {
    const consumerId = someone()
    const device = await testDevice(server, brand, app, consumerId)
    assert.equal((await device.ask('DELETE', `registration?mode=${mode}`)).status, 204)
    assert.equal((await device.ask('GET', 'messages')).status, 401)
    const body = { consumerPhoneNumber: testPhone(), handoffId: app.handoffId, skill: 'support', consumerId }
    assert.equal((await callIvr(server, brand, 'eligibility', { body })).body.eligible, eligible, mode)
    const [row] = await server.deps.db`select pushes from devices where device_id = ${device.deviceId}`
    assert.equal(row!.pushes, mode === 'agent-only' ? 'invites' : 'all')
  }
})

test('a push token belongs to whoever signed in last, and a new one revives a device', async () => {
  const [anna, ben] = [someone(), someone()]
  const pushToken = randomUUID()
  const annas = await testDevice(server, brand, app, anna, pushToken)
  const renewed = await testDevice(server, brand, app, anna, pushToken)
  assert.equal(renewed.deviceId, annas.deviceId)
  assert.equal((await annas.ask('GET', 'messages')).status, 401, 'the older token of the same device')
  const bens = await testDevice(server, brand, app, ben, pushToken)
  assert.notEqual(bens.deviceId, annas.deviceId)
  assert.equal((await renewed.ask('GET', 'messages')).status, 401)
  assert.equal((await invite(anna)).eligible, false)

  const { db } = server.deps
  await db`update devices set disabled_at = now() where device_id = ${bens.deviceId}`
  assert.equal((await invite(ben)).eligible, false)
  assert.equal((await bens.ask('PUT', 'registration', simulated())).status, 204)
  assert.equal((await bens.ask('PUT', 'registration', { platform: 'fcm', token: 'x' })).status, 400)
  assert.equal((await invite(ben)).eligible, true)
})

test('one consumer never sees or marks what is another’s', async () => {
  const [anna, ben] = [someone(), someone()]
  const annas = await testDevice(server, brand, app, anna)
  const bens = await testDevice(server, brand, app, ben)
  await invite(anna)
  const { body } = await annas.ask('GET', 'messages')
  assert.equal(body.messages.length, 1)
  assert.equal((await bens.ask('GET', 'messages')).body.messages.length, 0)
  const messageIds = [body.messages[0].messageId]
  assert.equal((await bens.ask('POST', 'receipts', { messageIds, status: 'read' })).status, 204)
  const [row] = await server.deps.db`select read_at from messages where message_id = ${messageIds[0]}`
  assert.equal(row!.read_at, null)
})

test('pages ask from origins that the app’s sender names, and from no other', async () => {
  const device = await testDevice(server, brand, app, someone())
  const preflight = await ask(`${server.url}/api/device/messages`, 'OPTIONS', undefined, {
    ...{ origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    'access-control-request-headers': 'authorization,content-type',
  })
  assert.equal(preflight.status, 204)
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /authorization/)
  assert.equal(preflight.headers.get('access-control-allow-credentials'), null, 'cookies are no matter here')

  const allowed = await device.ask('GET', 'messages', undefined, { origin: 'https://shop.example' })
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'https://shop.example')
  const refused = await device.ask('GET', 'messages', undefined, { origin: 'https://evil.example' })
  assert.deepEqual([refused.status, refused.headers.get('access-control-allow-origin')], [403, null])
  assert.equal((await device.ask('GET', 'messages', undefined, { origin: server.url })).status, 200)
})

test('Web Push: the key is public, and only true subscriptions are stored', async () => {
  const vapidPublicKey = Buffer.alloc(65, 4).toString('base64url')
  const web = await testApp(server, brand, { connector: 'inapp-webpush', settings: { vapidPublicKey } })
  const key = (name: string) =>
    ask(`${server.url}/api/device/web-push-key?account=${brand.accountId}&app=${name}`, 'GET')
  assert.equal((await key(web.address)).body.publicKey, vapidPublicKey)
  assert.equal((await key(app.address)).status, 404)

  const { body } = await vouch(server, brand, { consumerId: someone(), app: web.address })
  const keys = { p256dh: vapidPublicKey, auth: Buffer.alloc(16).toString('base64url') }
  const register = (subscription: unknown) =>
    ask(registrations(), 'POST', { platform: 'webpush', subscription }, { authorization: `Bearer ${body.token}` })
  const good = { endpoint: 'https://push.example/1', expirationTime: null, keys }
  assert.equal((await register(good)).status, 201)
  for (const wrong of [
    { ...good, endpoint: 'file:///etc/passwd' },
    { ...good, endpoint: 'https://user:secret@push.example/' },
    { ...good, keys: { ...keys, auth: 'AAAA' } },
    { ...good, keys: { ...keys, p256dh: keys.auth } },
  ])
    assert.equal((await register(wrong)).status, 400)
})

test('typing passes in both directions', async () => {
  const consumerId = someone()
  const device = await testDevice(server, brand, app, consumerId)
  const stream = await listen(server, device)
  await stream.next()
  await invite(consumerId)
  await device.ask('POST', 'messages', { text: 'Hello', clientId: 'm' })
  const [row] = await server.deps.db`select conversation_id from conversations where address = ${consumerId}`
  const at = `/api/workspace/conversations/${row!.conversation_id}`
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  assert.equal((await agent.ask('POST', `${at}/typing`)).status, 409, 'not before it is theirs')
  await agent.ask('POST', `${at}/take`)
  assert.equal((await agent.ask('GET', at)).body.consumerTyping, false)
  assert.equal((await device.ask('POST', 'typing')).status, 204)
  assert.equal((await agent.ask('GET', at)).body.consumerTyping, true)
  assert.equal((await agent.ask('POST', `${at}/typing`)).status, 204)
  let told = await stream.next()
  while (told?.event === 'message') told = await stream.next()
  assert.deepEqual([told?.event, told?.data], ['typing', { seconds: 6 }])
  stream.stop()
})

test('what happens by way of another process is told here', async () => {
  const consumerId = someone()
  const device = await testDevice(server, brand, app, consumerId)
  const second = await testServer({ database: server.database, env })
  try {
    const stream = await listen(second, device)
    assert.equal((await stream.next())?.event, 'ready')
    await device.ask('POST', 'messages', { text: 'Hello', clientId: 'm' })
    assert.equal((await stream.next())?.data.text, 'Hello')
    stream.stop()
  } finally {
    await second.close()
  }
})

test('a flood from one device is slowed down', async () => {
  const device = await testDevice(server, brand, app, someone())
  const statuses = []
  for (let n = 0; n < 31; n++)
    statuses.push((await device.ask('POST', 'messages', { text: 'x', clientId: `${n}` })).status)
  assert.deepEqual([statuses.slice(0, 30).every((status) => status === 201), statuses[30]], [true, 429])
})

test('a stream ends when the server drains', async () => {
  const draining = await testServer({ env: { SANDBOX: 'on' } })
  const other = await testBrand(draining)
  const device = await testDevice(draining, other, await testApp(draining, other), 'c')
  const stream = await listen(draining, device)
  assert.equal((await stream.next())?.event, 'ready')
  await signOut(draining.deps.db, other.accountId, device.deviceId, null)
  const closing = draining.close()
  assert.equal(await stream.next(), null)
  await closing
})
