import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type Answer, ask, type TestUser, testUser } from '../../../test/test-user.ts'
import { defaultSkillWork } from '../../domain/skill.ts'
import { insertApiKey } from '../../store/api-keys.ts'

const operatorToken = 'an-operator-token-of-the-tests-long-enough'
const authToken = 'the-token-that-signs-webhooks'
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
const detailsOf = (answer: Answer) => ((answer.body.details ?? []) as string[]).join(' ')
const config = async () => (await server.deps.accounts.get(brand.accountId))!
const newNumber = () => `+1206${randomInt(2_000_000, 9_999_999)}`
const twilio = (address = newNumber()) => ({
  connector: 'sms-twilio',
  address,
  title: `Number ${address}`,
  settings: { accountSid: `AC${'0'.repeat(32)}`, authToken },
})
const refused = (answer: Answer, sentence: RegExp, what?: string) => {
  assert.equal(answer.status, 400, what)
  assert.equal(answer.body.code, 'invalid-request', what)
  assert.match(detailsOf(answer), sentence, what)
}

test('skills: added engaged, renamed in the handoffs too, switched, disabled', async () => {
  const added = await call('POST', '/skills', { name: 'refunds' })
  assert.equal(added.status, 201)
  assert.deepEqual([added.body.enabled, added.body.engaged], [true, true])
  const { skillId } = added.body
  const handoff = await call('POST', '/handoffs', {
    title: 'Refunds',
    channels: [{ channel: 'sms', sender: brand.smsSender.senderId, text: 'Reply.' }],
    skills: ['refunds'],
  })
  assert.equal(handoff.status, 201, JSON.stringify(handoff.body))

  await call('PATCH', `/skills/${skillId}`, { name: 'returns' })
  assert.deepEqual((await config()).handoffs.get(handoff.body.handoffId)!.skills, ['returns'])
  await call('PATCH', `/skills/${skillId}`, { engaged: false })
  assert.equal((await config()).skillsByName.get('returns')!.engaged, false)
  await call('PATCH', `/skills/${skillId}`, { engaged: true, enabled: false })
  assert.deepEqual((await config()).skillsByName.get('returns'), {
    skillId,
    name: 'returns',
    enabled: false,
    engaged: true,
    ...defaultSkillWork,
  })

  const twice = await call('POST', '/skills', { name: 'returns' })
  assert.equal(twice.status, 409)
  assert.deepEqual(twice.body.details, ['A skill of this name exists already.'])
  refused(await call('POST', '/skills', { name: 'two\nlines' }), /on one line/)
  refused(await call('POST', '/skills', { name: '   ' }), /must not be empty/)
  refused(await call('POST', '/skills', { name: 'x'.repeat(256) }), /255/)
})

test('senders: secrets are kept when not given again, and a change lets a broken one try again', async () => {
  const added = await call('POST', '/senders', twilio())
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
  const taken = await asOperator('POST', '/senders', twilio(added.body.address), other.accountId)
  assert.equal(taken.status, 409)
  assert.deepEqual(taken.body.details, ['Another sender has this address already.'])
})

test('senders: nonsense is refused by a sentence that repeats no secret', async () => {
  const rows: [string, unknown, RegExp][] = [
    ['unknown connector', { ...twilio(), connector: 'fax' }, /no connector "fax"; known: sms-twilio/],
    ['missing secret', { ...twilio(), settings: { accountSid: `AC${'0'.repeat(32)}` } }, /"authToken" is missing/],
    ['unknown setting', { ...twilio(), settings: { colour: 'red' } }, /no setting "colour"; this connector knows/],
    ['wrong type', { ...twilio(), settings: { accountSid: 7, authToken } }, /"accountSid" must be string/],
    ['wrong shape', { ...twilio(), settings: { accountSid: 'AC1', authToken } }, /Account SID must be/],
    ['no number', twilio('abc'), /must be a phone number/],
    ['CR in the address', twilio('+1206\r5550'), /on one line/],
    ['unknown field', { ...twilio(), pin: 1 }, /"pin"/],
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

test('handoffs: every rule has its sentence', async () => {
  const sender = brand.smsSender.address
  const { db } = server.deps
  const [approved, paused] = ['approved_one', 'paused_one']
  for (const [name, status] of [
    [approved, 'approved'],
    [paused, 'paused'],
  ]) {
    await db`insert into templates (account_id, template_id, name, language, status, body)
      values (${brand.accountId}, gen_random_uuid(), ${name!}, 'en', ${status!}, 'Hello')`
  }
  await call('POST', '/senders', {
    connector: 'wa-simulator',
    address: newNumber(),
    title: 'WhatsApp',
    settings: { secret: 'a-secret-of-the-simulator' },
  })
  const listed = (await call('GET', '/senders')).body.senders as { channel: string; senderId: string }[]
  const wa = listed.find((one) => one.channel === 'wa')!.senderId
  const sms = { channel: 'sms', sender, text: 'Reply.' }
  const app = { channel: 'inapp', senders: ['App'], title: 'T', text: 'X' }
  let number = 0
  const post = (change: Record<string, unknown>) => {
    number += 1
    return call('POST', '/handoffs', { title: `Rules ${number}`, channels: [sms], ...change })
  }
  const rows: [string, Record<string, unknown>, RegExp][] = [
    ['angle bracket', { title: 'a <b>' }, /must not contain < or >/],
    ['empty title', { title: '  ' }, /must not be empty/],
    ['59 minutes', { lookbackMinutes: 59 }, /must be 60 to 43200 minutes/],
    ['31 days', { lookbackMinutes: 43_201 }, /must be 60 to 43200 minutes/],
    ['29 seconds', { inviteTtlSeconds: 29 }, /must be 30 to 86400 seconds/],
    ['no channel', { channels: [] }, /at least one channel/],
    ['channel twice', { channels: [sms, sms] }, /Each channel can be named once/],
    ['in-app with another', { channels: [sms, app] }, /In-app excludes the other channels/],
    ['four apps', { channels: [{ ...app, senders: ['a', 'b', 'c', 'd'] }] }, /1 to 3 apps/],
    ['no app', { channels: [{ ...app, senders: [] }] }, /1 to 3 apps/],
    ['unknown sender', { channels: [{ ...sms, sender: '+1999' }] }, /There is no sender "\+1999"/],
    ['other brand', { channels: [{ ...sms, sender: other.smsSender.senderId }] }, /There is no sender/],
    ['wrong channel', { channels: [{ ...sms, sender: wa }] }, /is not of the channel SMS/],
    ['empty text', { channels: [{ ...sms, text: ' ' }] }, /SMS text must not be empty/],
    ['long with its line', { channels: [{ ...sms, text: 'x'.repeat(1590) }] }, /exceed 1600 characters together/],
    ['IVR number', { channels: [{ ...sms, senderByIvrNumber: { '0800': '+1999' } }] }, /There is no sender "\+1999"/],
    ['long IVR number', { channels: [{ ...sms, senderByIvrNumber: { ['9'.repeat(33)]: sender } }] }, /1 to 32/],
    ['unknown template', { channels: [{ channel: 'wa', sender: wa, template: 'none' }] }, /no template "none"/],
    ['paused template', { channels: [{ channel: 'wa', sender: wa, template: paused }] }, /is not approved/],
    ['unknown skill', { skills: ['magic'] }, /There is no skill "magic"/],
    ['no skill at all', { skills: [] }, /list of skills is empty/],
    ['template on sms', { channels: [{ ...sms, template: approved }] }, /\(sms\) has no field "template"/],
    ['sms without text', { channels: [{ channel: 'sms', sender }] }, /\(sms\) must have the field "text"/],
    ['unknown field', { colour: 'red' }, /"colour"/],
    ['unknown channel', { channels: [{ channel: 'fax' }] }, /sms, wa, inapp/],
    ['unknown way', { openConversation: 'maybe' }, /refuse, continue/],
    ['not a number', { lookbackMinutes: '60' }, /must be integer/],
  ]
  for (const [what, change, sentence] of rows) refused(await post(change), sentence, what)

  const good = await post({
    channels: [
      { channel: 'wa', sender: wa, template: approved },
      { ...sms, text: 'x'.repeat(141) },
    ],
    skills: ['support'],
    openConversation: 'continue',
    lookbackMinutes: 60,
  })
  assert.equal(good.status, 201, JSON.stringify(good.body))
  assert.match(good.body.handoffId, /^H[0-9]{15}$/)
  assert.equal(good.body.warnings.length, 1)
  assert.match(good.body.warnings[0], /141 characters; more than 140/)
  const twice = await call('POST', '/handoffs', { title: good.body.title, channels: [sms] })
  refused(twice, /title exists already/)
})

test('handoffs: what was read can be sent back, a part can be changed, and one can be switched off', async () => {
  const path = `/handoffs/${brand.handoffId}`
  const { handoffId: _id, warnings: _none, ...read } = (await call('GET', path)).body
  const same = await call('PATCH', path, read)
  assert.equal(same.status, 200, JSON.stringify(same.body))
  const changed = await call('PATCH', path, { lookbackMinutes: 90 })
  assert.deepEqual(
    { ...changed.body, warnings: 0, handoffId: 0 },
    { ...read, lookbackMinutes: 90, warnings: 0, handoffId: 0 },
  )
  await call('PATCH', path, { enabled: false })
  assert.equal((await config()).handoffs.get(brand.handoffId)!.enabled, false)
  await call('PATCH', path, { enabled: true })
  assert.equal((await config()).handoffs.get(brand.handoffId)!.enabled, true)
  const listed = await call('GET', '/handoffs')
  assert.ok(listed.body.handoffs.some((one: { handoffId: string }) => one.handoffId === brand.handoffId))
})

test('skills: how their conversations are worked on, checked and merged', async () => {
  const hours = {
    timeZone: 'Europe/Paris',
    weekly: { mon: [{ from: '09:00', to: '18:00' }] },
    holidays: [{ date: '2026-12-25', name: 'Noël', open: [] }],
  }
  const work = { routing: 'offer', offerSeconds: 20, priority: 3, hours, surveyOn: true, closeAfterMinutes: 90 }
  const added = await call('POST', '/skills', { name: 'orders', ...work, texts: { waiting: 'Please wait.' } })
  assert.equal(added.status, 201, JSON.stringify(added.body))
  const { skillId } = added.body
  const changed = await call('PATCH', `/skills/${skillId}`, { priority: 4, texts: { survey: '' } })
  assert.deepEqual(changed.body, {
    ...{ skillId, name: 'orders', enabled: true, engaged: true, ...work, priority: 4 },
    texts: { firstAnswer: null, outOfHours: null, waiting: 'Please wait.', survey: '' },
  })
  const { skillId: _id, ...stored } = (await config()).skills.get(skillId)!
  assert.deepEqual({ skillId, ...stored }, changed.body)
  const rows: [unknown, RegExp][] = [
    [{ routing: 'random' }, /pull, offer/],
    [{ offerSeconds: 1 }, /5 to 600 seconds/],
    [{ priority: 101 }, /-100 to 100/],
    [{ closeAfterMinutes: 0 }, /1 to 43200/],
    [{ hours: { ...hours, timeZone: 'Moon/Crater' } }, /time zone/],
    [{ hours: { ...hours, weekly: { mon: [{ from: '18:00', to: '09:00' }] } } }, /later one/],
    [{ hours: { ...hours, weekly: { moon: [] } } }, /moon/],
    [{ texts: { waiting: 'a\u0007' } }, /control/],
    [{ texts: { greeting: 'Hi' } }, /greeting/],
  ]
  for (const [body, sentence] of rows)
    refused(await call('PATCH', `/skills/${skillId}`, body), sentence, JSON.stringify(body))
  const cleared = await call('PATCH', `/skills/${skillId}`, { hours: null, closeAfterMinutes: null })
  assert.deepEqual([cleared.body.hours, cleared.body.closeAfterMinutes], [null, null])
})

test('settings: checked, merged, and seen by the next request', async () => {
  const saved = await call('PATCH', '/settings', {
    channels: ['wa', 'sms'],
    defaultSkill: 'sales',
    quietHours: { from: '21:00', to: '08:00', timeZone: 'America/New_York' },
    consumerCap: { invites: 2, hours: 24 },
    optOutScope: 'channel',
    texts: { firstAnswer: 'We are on it.' },
    closeAfterMinutes: 120,
    agentCapacity: 3,
  })
  assert.equal(saved.status, 200, JSON.stringify(saved.body))
  assert.deepEqual((await config()).settings!.channels, ['wa', 'sms'])
  assert.equal((await config()).settings!.defaultSkillId, brand.skills.sales)
  const cleared = await call('PATCH', '/settings', {
    quietHours: null,
    defaultSkill: null,
    texts: { waiting: 'Soon.' },
  })
  assert.deepEqual(cleared.body.texts, {
    firstAnswer: 'We are on it.',
    outOfHours: null,
    waiting: 'Soon.',
    survey: null,
  })
  assert.deepEqual([cleared.body.closeAfterMinutes, cleared.body.agentCapacity], [120, 3])
  assert.deepEqual([cleared.body.quietHours, cleared.body.defaultSkill, cleared.body.rateLimit], [null, null, 30])
  const rows: [unknown, RegExp][] = [
    [{ channels: ['sms', 'sms'] }, /Each channel can be named once/],
    [{ channels: ['fax'] }, /sms, wa, inapp/],
    [{ rateLimit: 0 }, /1 to 10000/],
    [{ rateLimit: 1.5 }, /must be integer/],
    [{ defaultSkill: 'magic' }, /default skill must be/],
    [{ quietHours: { from: '25:00', to: '08:00', timeZone: 'Europe/London' } }, /like 21:00/],
    [{ quietHours: { from: '21:00', to: '08:00', timeZone: 'Moon/Crater' } }, /time zone/],
    [{ quietHours: { from: '21:00', to: '08:00', timeZone: '+02:00' } }, /time zone/],
    [{ consumerCap: { invites: 0, hours: 24 } }, /1 to 1000 invites/],
    [{ agentCapacity: 1_001 }, /0 to 1000 conversations/],
    [{ closeAfterMinutes: 0 }, /1 to 43200 minutes/],
    [{ waitingAfterMinutes: 0 }, /1 to 1440 minutes/],
    [{ texts: { outOfHours: 'x'.repeat(1_601) } }, /1600/],
    [{ speed: 'fast' }, /"speed"/],
  ]
  for (const [body, sentence] of rows) refused(await call('PATCH', '/settings', body), sentence, JSON.stringify(body))
})

test('API keys: made, disabled, renewed, never more than a hundred', async () => {
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
  assert.deepEqual((await call('GET', '/internal')).body, { user: true, app: true })
  assert.deepEqual((await call('PATCH', '/internal', { user: false })).body, { user: false, app: true })
  assert.equal((await config()).internalUser, false)
  assert.deepEqual((await call('PATCH', '/internal', { user: true, app: false })).body, { user: true, app: false })
  assert.equal((await config()).internalApp, false)
  await call('PATCH', '/internal', { app: true })
  assert.deepEqual((await call('GET', '/internal')).body, { user: true, app: true })
})

test('every change is audited: who, what, before, after, and no secret', async () => {
  const added = await asOperator('POST', '/senders', twilio())
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

test('of two changes at once none is lost', async () => {
  const names = Array.from({ length: 8 }, (_, index) => `raced ${index}`)
  const answers = await Promise.all(names.map((name) => call('POST', '/skills', { name })))
  assert.deepEqual(new Set(answers.map((answer) => answer.status)), new Set([201]))
  const known = (await config()).skillsByName
  for (const name of names) assert.ok(known.has(name))
})
