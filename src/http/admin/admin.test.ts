import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type AdminStage, adminStage, authToken, refused, twilioSender } from '../../../test/admin-stage.ts'
import { ask } from '../../../test/test-user.ts'
import { insertApiKey } from '../../store/api-keys.ts'

let stage: AdminStage
before(async () => {
  stage = await adminStage()
})
after(() => stage.close())

test('senders: secrets are kept when not given again, and a change lets a broken one try again', async () => {
  const { other, call, asOperator, config, server } = stage
  const added = await call('POST', '/senders', twilioSender())
  assert.equal(added.status, 201, JSON.stringify(added.body))
  const { senderId } = added.body
  assert.deepEqual(added.body.secrets, ['authToken'])
  assert.ok(!JSON.stringify(added.body).includes(authToken))

  await server.deps.db`update senders set broken = 'The provider refuses it.' where sender_id = ${senderId}`
  const service = `MG${'1'.repeat(32)}`
  const changed = await call('PATCH', `/senders/${senderId}`, {
    title: 'Renamed',
    settings: { messagingServiceSid: service },
  })
  assert.deepEqual([changed.body.title, changed.body.broken], ['Renamed', null])
  const stored = (await config()).senders.get(senderId)!
  assert.equal(stored.settings.authToken, authToken)
  assert.equal(stored.settings.messagingServiceSid, service)
  await call('PATCH', `/senders/${senderId}`, { settings: { messagingServiceSid: null } })
  assert.ok(!Object.hasOwn((await config()).senders.get(senderId)!.settings, 'messagingServiceSid'))

  const disabled = await call('PATCH', `/senders/${senderId}`, { enabled: false })
  assert.equal(disabled.body.enabled, false)
  const taken = await asOperator('POST', '/senders', twilioSender(added.body.address), other.accountId)
  assert.equal(taken.status, 409)
  assert.deepEqual(taken.body.details, ['Another sender has this address already.'])
})

test('senders: nonsense is refused by a sentence that repeats no secret', async () => {
  const { call } = stage
  const rows: [string, unknown, RegExp][] = [
    ['unknown connector', { ...twilioSender(), connector: 'fax' }, /no connector "fax"; known: sms-twilio/],
    [
      'missing secret',
      { ...twilioSender(), settings: { accountSid: `AC${'0'.repeat(32)}` } },
      /"authToken" is missing/,
    ],
    [
      'unknown setting',
      { ...twilioSender(), settings: { colour: 'red' } },
      /no setting "colour"; this connector knows/,
    ],
    ['wrong type', { ...twilioSender(), settings: { accountSid: 7, authToken } }, /"accountSid" must be string/],
    ['wrong shape', { ...twilioSender(), settings: { accountSid: 'AC1', authToken } }, /Account SID must be/],
    ['no number', twilioSender('abc'), /must be a phone number/],
    ['CR in the address', twilioSender('+1206\r5550'), /on one line/],
    ['unknown field', { ...twilioSender(), pin: 1 }, /"pin"/],
  ]
  for (const [what, body, sentence] of rows) {
    const answer = await call('POST', '/senders', body)
    refused(answer, sentence, what)
    assert.ok(!JSON.stringify(answer.body).includes(authToken))
  }
  const connectors = await call('GET', '/connectors')
  const twilioSettings = connectors.body.connectors.find((one: { name: string }) => one.name === 'sms-twilio').settings
  assert.equal(twilioSettings.properties.authToken.secret, true)
})

test('API keys: made, disabled, renewed, never more than a hundred', async () => {
  const { brand, call, config, server } = stage
  const made = await call('POST', '/api-keys', { title: 'Second IVR' })
  assert.equal(made.status, 201)
  const { appKey } = made.body
  assert.deepEqual((await config()).apiKeys.get(appKey)!.privileges, ['ivr.engagement'])
  const changed = await call('PATCH', `/api-keys/${appKey}`, { enabled: false, privileges: ['reporting'] })
  assert.deepEqual([changed.body.enabled, changed.body.privileges], [false, ['reporting']])
  const renewed = await call('POST', `/api-keys/${appKey}/secret`)
  assert.equal(renewed.status, 200)
  assert.notEqual(renewed.body.secret, made.body.secret)
  assert.equal((await config()).apiKeys.get(appKey)!.secret, renewed.body.secret)
  assert.equal((await config()).apiKeys.get(appKey)!.enabled, false)
  const listed = await call('GET', '/api-keys')
  const row = listed.body.apiKeys.find((key: { appKey: string }) => key.appKey === appKey)
  assert.deepEqual(Object.keys(row).sort(), ['appKey', 'createdAt', 'enabled', 'privileges', 'title', 'usedAt'])
  assert.equal((await call('DELETE', `/api-keys/${appKey}`)).status, 405)
  refused(await call('POST', '/api-keys', { title: 'X', privileges: ['everything'] }), /ivr.engagement/)

  const { db, cipher } = server.deps
  const filler = { title: 'Filler', privileges: ['reporting'] as const }
  while ((await insertApiKey(db, cipher, brand.accountId, filler)) !== null);
  const tooMany = await call('POST', '/api-keys', { title: 'One more' })
  assert.equal(tooMany.status, 409)
  assert.match(tooMany.body.title, /at most 100 API keys/)
  assert.equal((await config()).apiKeys.size, 100)
})

test('apps: made, disabled, renewed; the internal one is not among them', async () => {
  const { call, config } = stage
  const made = await call('POST', '/apps', { title: 'Backend', privileges: ['reporting', 'handoffs.read'] })
  assert.equal(made.status, 201)
  const { clientId } = made.body
  const hash = (await config()).appInstalls.get(clientId)!.secretHash
  const renewed = await call('POST', `/apps/${clientId}/secret`)
  assert.notEqual(renewed.body.clientSecret, made.body.clientSecret)
  assert.notEqual((await config()).appInstalls.get(clientId)!.secretHash, hash)
  assert.equal((await call('PATCH', `/apps/${clientId}`, { enabled: false })).body.enabled, false)
  const internal = [...(await config()).appInstalls.values()].find((app) => app.internal)!.clientId
  const listed = await call('GET', '/apps')
  assert.ok(!JSON.stringify(listed.body).includes(internal))
  assert.equal((await call('PATCH', `/apps/${internal}`, { enabled: false })).status, 404)
  assert.equal((await call('POST', `/apps/${internal}/secret`)).status, 404)
})

test('users: added with a password told once, changed, reset, disabled', async () => {
  const { brand, boss, call, server } = stage
  const email = `new-${randomInt(1e9)}@brand.example`
  const added = await call('POST', '/users', { email, name: 'New one', role: 'agent', skills: ['support'] })
  assert.equal(added.status, 201)
  assert.deepEqual(added.body.skills, ['support'])
  const signIn = (password: string) =>
    ask(`${server.url}/api/session`, 'POST', { email, password, accountId: brand.accountId }, { 'x-c2m-csrf': '1' })
  const signedIn = await signIn(added.body.password)
  assert.equal(signedIn.status, 204)
  const path = `/users/${added.body.userId}`
  const changed = await call('PATCH', path, { role: 'agent-manager', skills: ['sales', 'billing'] })
  assert.equal(changed.body.role, 'agent-manager')
  assert.ok(!Object.hasOwn(changed.body, 'password'))
  const listed = await call('GET', '/users')
  const row = listed.body.users.find((user: { email: string }) => user.email === email)
  assert.deepEqual([row.role, row.skills.toSorted()], ['agent-manager', ['billing', 'sales']])

  const reset = await call('POST', `${path}/password`)
  assert.equal(reset.status, 200)
  const cookie = signedIn.headers.getSetCookie()[0]!.split(';')[0]!
  assert.equal((await ask(`${server.url}/api/session`, 'GET', undefined, { cookie })).status, 401, 'signed out')
  assert.equal((await signIn(reset.body.password)).status, 204)
  assert.equal((await call('PATCH', path, { enabled: false })).body.enabled, false)
  assert.equal((await signIn(reset.body.password)).status, 401)

  assert.equal(row.capacity, null)
  assert.equal((await call('PATCH', path, { capacity: 3 })).body.capacity, 3)
  assert.equal((await call('PATCH', path, { name: 'Still three' })).body.capacity, 3)
  assert.equal((await call('PATCH', path, { capacity: null })).body.capacity, null)
  refused(await call('PATCH', path, { capacity: 1_001 }), /<= 1000/)
  const twice = await call('POST', '/users', { email: email.toUpperCase(), role: 'agent' })
  assert.equal(twice.status, 409)
  refused(await call('POST', '/users', { email: 'nobody', role: 'agent' }), /like name@example.com/)
  refused(await call('POST', '/users', { email: 'a@b.example', role: 'internal' }), /administrator, campaign-manager/)
  refused(await call('POST', '/users', { email: 'a@b.example', role: 'agent', skills: ['magic'] }), /no skill "magic"/)
  const self = await call('PATCH', `/users/${boss.userId}`, { enabled: false })
  assert.equal(self.status, 409)
  assert.equal((await call('PATCH', `/users/${boss.userId}`, { role: 'agent' })).status, 409)
})

test('the internal user and app can be switched off and restored', async () => {
  const { call, config } = stage
  assert.deepEqual((await call('GET', '/internal')).body, { user: true, app: true })
  assert.deepEqual((await call('PATCH', '/internal', { user: false })).body, { user: false, app: true })
  assert.equal((await config()).internalUser, false)
  assert.deepEqual((await call('PATCH', '/internal', { user: true, app: false })).body, { user: true, app: false })
  assert.equal((await config()).internalApp, false)
  await call('PATCH', '/internal', { app: true })
  assert.deepEqual((await call('GET', '/internal')).body, { user: true, app: true })
})

test('every change is audited: who, what, before, after, and no secret', async () => {
  const { boss, call, asOperator } = stage
  const added = await asOperator('POST', '/senders', twilioSender())
  await call('PATCH', `/senders/${added.body.senderId}`, {
    title: 'Audited',
    settings: { authToken: `${authToken}-2` },
  })
  const { entries } = (await call('GET', '/audit')).body
  assert.deepEqual(
    entries.slice(0, 2).map((entry: Record<string, unknown>) => [entry.actor, entry.action, entry.subject]),
    [
      [`user:${boss.userId}`, 'sender.change', added.body.senderId],
      ['operator', 'sender.create', added.body.senderId],
    ],
  )
  assert.equal(entries[0].before.title, added.body.title)
  assert.equal(entries[0].after.title, 'Audited')
  assert.deepEqual(entries[0].after.newSecrets, ['authToken'])
  assert.equal(entries[1].before, null)
  assert.ok(!JSON.stringify(entries).includes(authToken))
  const older = (await call('GET', `/audit?after=${entries[0].auditId}`)).body.entries
  assert.equal(older[0].auditId, entries[1].auditId)
})
