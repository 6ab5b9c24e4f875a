import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type Answer, ask } from '../../../test/test-user.ts'

const operatorToken = 'an operator token of the tests, long enough'
let server: TestServer

before(async () => {
  server = await testServer({ env: { OPERATOR_TOKEN: operatorToken } })
})
after(() => server.close())

const operator = { authorization: `Bearer ${operatorToken}` }
const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = operator) =>
  ask(`${server.url}/api/operator${path}`, method, body, headers)
const admin = (method: string, path: string, body?: unknown) =>
  ask(`${server.url}/api/admin/accounts${path}`, method, body, operator)
const newId = () => String(randomInt(10_000_000, 2 ** 40))
const detailsOf = (answer: Answer) => (answer.body.details as string[]).join(' ')

const authToken = 'the-token-that-signs-webhooks'
const twilio = (address: string) => ({
  connector: 'sms-twilio',
  address,
  title: 'Main number',
  settings: { accountSid: `AC${'0'.repeat(32)}`, authToken },
})
const sms = (sender: string) => ({ channel: 'sms', sender, text: 'Reply to go on by text.' })

test('only the operator comes in', async () => {
  for (const headers of [
    {},
    { authorization: 'Bearer ' },
    { authorization: `Bearer ${operatorToken}x` },
    { authorization: `Bearer ${operatorToken.slice(1)}` },
    { authorization: `Basic ${operatorToken}` },
    { authorization: operatorToken },
  ]) {
    const answer = await call('GET', '/accounts', undefined, headers as Record<string, string>)
    assert.equal(answer.status, 401)
    assert.equal(answer.body.code, 'unauthenticated')
  }
  assert.equal((await call('GET', '/accounts')).status, 200)
})

test('a deployment without a token has no operator', async () => {
  const other = await testServer({ database: server.database })
  try {
    for (const token of ['null', 'undefined', '']) {
      const answer = await ask(`${other.url}/api/operator/accounts`, 'GET', undefined, {
        authorization: `Bearer ${token}`,
      })
      assert.equal(answer.status, 401)
    }
  } finally {
    await other.close()
  }
})

test('onboarding makes everything a brand needs, and its key and app are the ones stored', async () => {
  const accountId = newId()
  const number = `+1206555${randomInt(1000, 9999)}`
  const made = await call('POST', '/accounts', {
    accountId,
    title: 'Acme',
    region: 'lo',
    skills: ['support', 'sales'],
    settings: { defaultSkill: 'support', quietHours: { from: '22:00', to: '06:00', timeZone: 'Europe/London' } },
    administrator: { email: 'boss@acme.example', name: 'Boss' },
    senders: [twilio(number)],
    handoffs: [{ title: 'Main line', channels: [sms(number)], skills: ['support'] }],
  })
  assert.equal(made.status, 201)
  const { apiKey, app, users, skills, senders, handoffs, warnings } = made.body
  for (const value of Object.values(apiKey)) assert.match(value as string, /^[0-9a-f]{32}$/)
  assert.equal(new Set(Object.values(apiKey)).size, 4)
  assert.match(handoffs[0].handoffId, /^H[0-9]{15}$/)
  assert.match(warnings.join(), /^This server serves the region va: .* 404 here, and REGION_HOSTS does not say/)
  assert.equal(warnings.length, 1)
  assert.deepEqual(
    skills.map((skill: { name: string }) => skill.name),
    ['support', 'sales'],
  )

  const config = (await server.deps.accounts.get(accountId))!
  assert.deepEqual([config.internalUser, config.internalApp, config.region, config.title], [true, true, 'lo', 'Acme'])
  assert.equal(config.apiKeys.get(apiKey.appKey)!.secret, apiKey.secret)
  assert.equal(config.apiKeys.get(apiKey.appKey)!.accessTokenSecret, apiKey.accessTokenSecret)
  assert.deepEqual(config.apiKeys.get(apiKey.appKey)!.privileges, ['ivr.engagement', 'reporting', 'handoffs.read'])
  assert.ok(config.appInstalls.has(app.clientId))
  assert.equal(config.settings!.defaultSkillId, skills[0].skillId)
  assert.ok([...config.skills.values()].every((skill) => skill.engaged && skill.enabled))
  assert.equal(config.senders.get(senders[0].senderId)!.settings.authToken, authToken)
  assert.deepEqual(config.handoffs.get(handoffs[0].handoffId)!.channels, [
    {
      channel: 'sms',
      senderId: senders[0].senderId,
      text: 'Reply to go on by text.',
      optOutLine: 'To stop receiving messages, reply STOP. For help, reply HELP.',
      senderByIvrNumber: {},
    },
  ])

  const signIn = await ask(
    `${server.url}/api/session`,
    'POST',
    { email: 'boss@acme.example', password: users[0].password, accountId },
    { 'x-c2m-csrf': '1' },
  )
  assert.equal(signIn.status, 204)
})

test('secrets lie sealed in the database and never come back', async () => {
  const accountId = newId()
  const number = `+1206556${randomInt(1000, 9999)}`
  const made = await call('POST', '/accounts', { accountId, title: 'Sealed', senders: [twilio(number)] })
  assert.equal(made.status, 201)
  const { db } = server.deps
  const stored = await db`
    select to_jsonb(s)::text as row, encode(s.secrets, 'escape') as secrets from senders s where account_id = ${accountId}`
  const keys =
    await db`select encode(secret, 'escape') as a, encode(access_token_secret, 'escape') as b, to_jsonb(k)::text as c
    from api_keys k where account_id = ${accountId}`
  const apps = await db`select to_jsonb(i)::text as row from app_installs i where account_id = ${accountId}`
  const audit = await db`select to_jsonb(a)::text as row from audit a where account_id = ${accountId}`
  const everything = JSON.stringify([stored, keys, apps, audit])
  const { apiKey, app, users } = made.body
  for (const secret of [authToken, apiKey.secret, apiKey.accessTokenSecret, app.clientSecret, users[0].password]) {
    assert.ok(!everything.includes(secret))
  }
  const shown = [
    (await admin('GET', `/${accountId}/senders`)).body,
    (await admin('GET', `/${accountId}/api-keys`)).body,
    (await admin('GET', `/${accountId}/apps`)).body,
    (await admin('GET', `/${accountId}/users`)).body,
    (await admin('GET', `/${accountId}/audit`)).body,
  ]
  assert.equal(shown[0].senders[0].settings.accountSid, `AC${'0'.repeat(32)}`)
  assert.deepEqual(shown[0].senders[0].secrets, ['authToken'])
  for (const secret of [authToken, apiKey.secret, apiKey.accessTokenSecret, app.clientSecret, users[0].password]) {
    assert.ok(!JSON.stringify(shown).includes(secret))
    assert.ok(!server.logged.join('\n').includes(secret))
  }
})

test('an account id that is taken is refused with a sentence, and nothing of it changes', async () => {
  const accountId = newId()
  assert.equal((await call('POST', '/accounts', { accountId, title: 'First' })).status, 201)
  const again = await call('POST', '/accounts', { accountId, title: 'Second', skills: ['x'] })
  assert.equal(again.status, 409)
  assert.equal(again.body.code, 'already-exists')
  assert.deepEqual(again.body.details, [`The account ${accountId} exists already.`])
  const config = (await server.deps.accounts.get(accountId))!
  assert.equal(config.title, 'First')
  assert.equal(config.apiKeys.size, 1)
  assert.equal(config.skills.size, 0)
})

test('of two who onboard the same account at once, one makes it', async () => {
  const accountId = newId()
  const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/accounts', { accountId, title: 'Raced' })))
  assert.deepEqual(answers.map((answer) => answer.status).sort(), [201, 409, 409])
})

test('a fault anywhere leaves nothing behind', async () => {
  const number = `+1206557${randomInt(1000, 9999)}`
  const rows: [string, Record<string, unknown>, RegExp][] = [
    ['skill twice', { skills: ['a', 'a'] }, /Each skill can be named once/],
    ['unknown default skill', { settings: { defaultSkill: 'nobody' } }, /default skill must be an enabled skill/],
    ['unknown connector', { senders: [{ ...twilio(number), connector: 'sms-pigeon' }] }, /no connector "sms-pigeon"/],
    ['unknown setting', { senders: [{ ...twilio(number), settings: { pin: 1 } }] }, /There is no setting "pin"/],
    ['wrong number', { senders: [{ ...twilio('12') }] }, /must be a phone number/],
    ['unknown sender', { handoffs: [{ title: 'H', channels: [sms('+1999')] }] }, /There is no sender "\+1999"/],
    ['broken email', { administrator: { email: 'no at sign' } }, /must be like name@example.com/],
    ['line break in the name', { title: 'A\nB' }, /on one line/],
  ]
  for (const [what, wrong, sentence] of rows) {
    const accountId = newId()
    const answer = await call('POST', '/accounts', { accountId, title: 'Faulty', ...wrong })
    assert.equal(answer.status, 400, what)
    assert.match(detailsOf(answer), sentence, what)
    assert.equal((await call('GET', `/accounts/${accountId}`)).status, 404, what)
  }
})

test('the door is strict: shapes, unknown fields, other media, texts that cannot be stored', async () => {
  const accountId = newId()
  const rows: [unknown, RegExp][] = [
    [{ accountId, title: 'X', colour: 'red' }, /must NOT have additional properties: "colour"/],
    [{ accountId: 'abc', title: 'X' }, /body\.accountId/],
    [{ accountId: 12345678, title: 'X' }, /body\.accountId must be string/],
    [{ accountId: '1'.repeat(21), title: 'X' }, /body\.accountId/],
    [{ accountId }, /title/],
    [{ accountId, title: 'X', region: 'mars' }, /va, lo, sy/],
    [{ accountId, title: 'a\0b' }, /The body holds a character that is not allowed/],
    ['{"a":'.repeat(5_000), /The body is not JSON/],
    [`${'['.repeat(5_000)}${']'.repeat(5_000)}`, /nested deeper than 32/],
    [{ accountId, title: 'X', skills: ['\ud800'] }, /The body holds a character that is not allowed/],
    [[], /body must be object/],
  ]
  for (const [body, sentence] of rows) {
    const answer = await call('POST', '/accounts', body)
    assert.equal(answer.status, 400, JSON.stringify(body))
    assert.match(detailsOf(answer), sentence)
  }
  const form = await call('POST', '/accounts', `accountId=${accountId}`, {
    ...operator,
    'content-type': 'application/x-www-form-urlencoded',
  })
  assert.equal(form.status, 415)
  const put = await call('PUT', '/accounts', {})
  assert.equal(put.status, 405)
  assert.equal(put.headers.get('allow'), 'GET, HEAD, POST')
})

test('accounts are listed, renamed, disabled and enabled', async () => {
  const accountId = newId()
  const made = await call('POST', '/accounts', { accountId, title: 'Switch' })
  const listed = await call('GET', '/accounts')
  assert.ok(listed.body.accounts.some((account: { accountId: string }) => account.accountId === accountId))
  const disabled = await call('PATCH', `/accounts/${accountId}`, { enabled: false, title: 'Switched' })
  assert.equal(disabled.status, 200)
  assert.deepEqual([disabled.body.enabled, disabled.body.title], [false, 'Switched'])
  assert.equal((await server.deps.accounts.get(accountId))!.enabled, false)
  const { email, password } = made.body.users[0]
  const signIn = () => ask(`${server.url}/api/session`, 'POST', { email, password, accountId }, { 'x-c2m-csrf': '1' })
  assert.equal((await signIn()).status, 401)
  await call('PATCH', `/accounts/${accountId}`, { enabled: true })
  assert.equal((await signIn()).status, 204)
  assert.equal((await call('PATCH', `/accounts/${newId()}`, { enabled: false })).status, 404)
  assert.equal((await call('PATCH', '/accounts/%00', { enabled: false })).status, 400)
})

test('settings can be left unsaved, so that the contract answers 1600 until they are', async () => {
  const accountId = newId()
  await call('POST', '/accounts', { accountId, title: 'Unset', settings: null })
  assert.equal((await server.deps.accounts.get(accountId))!.settings, null)
  assert.equal((await admin('GET', `/${accountId}/settings`)).body.saved, false)
  const saved = await admin('PATCH', `/${accountId}/settings`, { rateLimit: 50 })
  assert.equal(saved.status, 200)
  assert.equal((await server.deps.accounts.get(accountId))!.settings!.rateLimit, 50)
})
