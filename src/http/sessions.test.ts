import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type Answer, ask, type TestUser, testUser } from '../../test/test-user.ts'
import { atomic } from '../store/db.ts'
import { callerOfSession } from '../store/sessions.ts'
import { updateUser } from '../store/users.ts'
import { networkOf } from './sessions.ts'

const password = 'a password for tests'
let server: TestServer
let brand: TestBrand
let user: TestUser

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  user = await testUser(server, brand.accountId, 'agent', {
    skills: [brand.skills.support],
    password,
    email: 'Anna.Alias@brand.example',
  })
})
after(() => server.close())

const program = { 'x-c2m-csrf': '1' }
const signIn = (body: unknown, headers: Record<string, string> = program) =>
  ask(`${server.url}/api/session`, 'POST', body, headers)
const cookieOf = (answer: Answer, name: string) =>
  answer.headers.getSetCookie().find((cookie) => cookie.startsWith(`${name}=`))
const pairOf = (answer: Answer, name: string) => cookieOf(answer, name)!.split(';')[0]!
/** Tries to sign in are counted by name: each test that fails on purpose does so with a person of its own. */
const person = () => testUser(server, brand.accountId, 'agent', { password })

test('signing in sets a cookie that scripts and other sites cannot use, and the session says who and what', async () => {
  const answer = await signIn({ email: 'anna.alias@BRAND.example', password })
  assert.equal(answer.status, 204)
  const cookie = cookieOf(answer, 'c2m-session')!
  assert.match(cookie, new RegExp(`^c2m-session=${brand.accountId}\\.[\\w-]{43};`))
  for (const part of ['HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(cookie.includes(part), part)
  assert.ok(!cookie.includes('Domain'))
  const who = await ask(`${server.url}/api/session`, 'GET', undefined, { cookie: pairOf(answer, 'c2m-session') })
  assert.equal(who.status, 200)
  assert.deepEqual(who.body, {
    accountId: brand.accountId,
    accountTitle: 'Test brand',
    userId: user.userId,
    name: 'Test agent',
    email: 'Anna.Alias@brand.example',
    role: 'agent',
    skills: [{ skillId: brand.skills.support, name: 'support' }],
    acts: [
      ...['account.read', 'skills.read', 'canned-replies.read', 'workspace.read', 'conversations.note'],
      ...['conversations.tag', 'conversations.take', 'conversations.reply', 'conversations.reply-with-template'],
      ...['conversations.close', 'conversations.accept', 'conversations.decline', 'conversations.transfer'],
      ...['conversations.requeue', 'presence.set'],
    ],
    sandbox: false,
  })
})

test('the token is stored as a hash only', async () => {
  const rows = await server.deps.db<{ session_hash: Buffer }[]>`select session_hash from sessions`
  const secret = user.sessionToken.split('.')[1]!
  assert.ok(rows.length > 0)
  for (const row of rows) {
    assert.equal(row.session_hash.length, 32)
    assert.ok(!row.session_hash.equals(Buffer.from(secret, 'base64url')))
  }
})

test('unknown, mistyped and disabled get the same answer', async () => {
  const [mistyped, disabled] = await Promise.all([person(), person()])
  await atomic(server.deps.db, (tx) => updateUser(tx, brand.accountId, disabled.userId, { enabled: false }))
  const answers = await Promise.all([
    signIn({ email: 'nobody@brand.example', password }),
    signIn({ email: mistyped.email, password: 'not the password' }),
    signIn({ email: disabled.email, password }),
    signIn({ email: mistyped.email, password, accountId: '999' }),
    signIn({ email: 'Internal@brand.example', password, accountId: brand.accountId }),
  ])
  for (const answer of answers) {
    assert.equal(answer.status, 401)
    assert.deepEqual({ ...answer.body, requestId: '' }, { ...answers[0]!.body, requestId: '' })
    assert.equal(answer.body.code, 'wrong-password')
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
})

test('who has a user in two accounts must name the account', async () => {
  const other = await testBrand(server)
  const email = 'both@brand.example'
  await testUser(server, brand.accountId, 'agent', { email, password })
  await testUser(server, other.accountId, 'administrator', { email, password: 'another password' })
  assert.equal((await signIn({ email, password })).status, 401)
  assert.equal((await signIn({ email, password, accountId: other.accountId })).status, 401)
  const answer = await signIn({ email, password, accountId: brand.accountId })
  assert.equal(answer.status, 204)
  assert.match(pairOf(answer, 'c2m-session'), new RegExp(`=${brand.accountId}\\.`))
})

test('guessing at one person is slowed down more and more, and keeps neither that browser nor other people out', async () => {
  const victim = await person()
  const atHome = await signIn({ email: victim.email, password })
  const browser = pairOf(atHome, 'c2m-browser')
  for (let i = 0; i < 6; i += 1) {
    assert.equal((await signIn({ email: victim.email, password: `guess ${i}` })).status, 401, `try ${i}`)
  }
  const refused = await signIn({ email: victim.email.toUpperCase(), password })
  assert.equal(refused.status, 429)
  assert.equal(refused.body.code, 'rate-limited')
  assert.ok(Number(refused.headers.get('retry-after')) >= 1)
  assert.equal((await signIn({ email: victim.email, password, accountId: brand.accountId })).status, 429)

  const known = await signIn({ email: victim.email, password }, { ...program, cookie: browser })
  assert.equal(known.status, 204, 'a browser that signed this person in before')
  const forged = await signIn({ email: victim.email, password }, { ...program, cookie: `${browser.slice(0, -4)}AAAA` })
  assert.equal(forged.status, 429)
  const neighbour = await person()
  assert.equal((await signIn({ email: neighbour.email, password })).status, 204)
  const othersBrowser = await signIn({ email: neighbour.email, password }, { ...program, cookie: browser })
  assert.equal(othersBrowser.status, 204)
})

test('an ended, expired or idle session is no session', async () => {
  const { db } = server.deps
  const answer = await signIn({ email: user.email, password })
  const cookie = pairOf(answer, 'c2m-session')
  const who = () => ask(`${server.url}/api/session`, 'GET', undefined, { cookie })
  assert.equal((await who()).status, 200)
  const again = await signIn({ email: user.email, password }, { ...program, cookie })
  assert.equal((await who()).status, 401, 'signing in anew ends the session the browser had')
  const renewed = pairOf(again, 'c2m-session')
  const out = await ask(`${server.url}/api/session`, 'DELETE', undefined, { ...program, cookie: renewed })
  assert.equal(out.status, 204)
  assert.match(cookieOf(out, 'c2m-session')!, /c2m-session=;.*Expires=Thu, 01 Jan 1970/)
  assert.equal((await ask(`${server.url}/api/session`, 'GET', undefined, { cookie: renewed })).status, 401)
  assert.equal(
    (await ask(`${server.url}/api/session`, 'DELETE', undefined, { ...program, cookie: renewed })).status,
    204,
  )

  const idle = await person()
  await db`update sessions set seen_at = now() - interval '121 minutes' where user_id = ${idle.userId}`
  assert.equal((await idle.ask('GET', '/api/session')).status, 401)
  const expired = await person()
  await db`update sessions set expires_at = now() - interval '1 second' where user_id = ${expired.userId}`
  assert.equal((await expired.ask('GET', '/api/session')).status, 401)
})

test('asking keeps a session from growing idle', async () => {
  const { db } = server.deps
  const someone = await person()
  await db`update sessions set seen_at = now() - interval '119 minutes' where user_id = ${someone.userId}`
  assert.equal((await someone.ask('GET', '/api/session')).status, 200)
  const [row] = await db<{ fresh: boolean }[]>`
    select seen_at > now() - interval '1 minute' as fresh from sessions where user_id = ${someone.userId}`
  assert.equal(row!.fresh, true)
})

test('a changed role, a disabled user and a disabled account take effect with the next request', async () => {
  const { db } = server.deps
  const own = await testBrand(server)
  const someone = await testUser(server, own.accountId, 'administrator')
  assert.ok((await someone.ask('GET', '/api/session')).body.acts.includes('users.change'))
  await atomic(db, (tx) => updateUser(tx, own.accountId, someone.userId, { role: 'agent' }))
  assert.ok(!(await someone.ask('GET', '/api/session')).body.acts.includes('users.change'))
  await atomic(db, (tx) => updateUser(tx, own.accountId, someone.userId, { enabled: false }))
  assert.equal((await someone.ask('GET', '/api/session')).status, 401)
  await atomic(db, (tx) => updateUser(tx, own.accountId, someone.userId, { enabled: true }))
  assert.equal((await someone.ask('GET', '/api/session')).status, 200)
  await db`update accounts set enabled = false where account_id = ${own.accountId}`
  assert.equal((await someone.ask('GET', '/api/session')).status, 401)
})

test('a token of one account is nothing in another', async () => {
  const other = await testBrand(server)
  const swapped = `${other.accountId}.${user.sessionToken.split('.')[1]}`
  assert.equal(await callerOfSession(server.deps.db, swapped), null)
  for (const token of ['', '.', 'x.y', `${user.sessionToken}x`, "1'; drop table sessions; --", '١٢.abc']) {
    assert.equal(await callerOfSession(server.deps.db, token), null, token)
  }
})

test('what changes something must come from our own pages or from a program', async () => {
  const ours = server.deps.publicUrl
  const rows: [string, Record<string, string>, number][] = [
    ['our page', { origin: ours }, 204],
    ['our page, new browser', { origin: ours, 'sec-fetch-site': 'same-origin' }, 204],
    ['a program', program, 204],
    ['no origin at all', {}, 403],
    ['another site', { origin: 'https://evil.example' }, 403],
    ['another site, saying it is a program', { origin: 'https://evil.example', ...program }, 403],
    ['a sandboxed frame', { origin: 'null' }, 403],
    ['another port', { origin: ours.replace(/\d+$/, '1') }, 403],
    ['a sister domain', { origin: ours, 'sec-fetch-site': 'same-site' }, 403],
    ['another site, new browser', { 'sec-fetch-site': 'cross-site', ...program }, 403],
  ]
  for (const [what, headers, status] of rows) {
    const answer = await ask(`${server.url}/api/session`, 'DELETE', undefined, headers)
    assert.equal(answer.status, status, what)
    if (status === 403) assert.equal(answer.body.code, 'cross-site')
  }
  const loginCsrf = await signIn({ email: user.email, password }, { origin: 'https://evil.example' })
  assert.equal(loginCsrf.status, 403)
})

test('only JSON is read', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const answer = await signIn(JSON.stringify({ email: user.email, password }), { ...program, 'content-type': type })
    assert.equal(answer.status, 415, type)
  }
  for (const body of [
    '{',
    '[]',
    '"x"',
    '{"email":1,"password":"x"}',
    '{"email":"a\\u0000@b.example","password":"x"}',
  ]) {
    assert.equal((await signIn(body, { ...program, 'content-type': 'application/json' })).status, 400, body)
  }
  assert.equal((await signIn('', { ...program, 'content-type': 'application/json' })).status, 400)
})

test('over https the cookie carries the __Host- prefix and Secure', async () => {
  const { sessionCookies } = await import('./session-cookies.ts')
  assert.equal(sessionCookies({ publicUrl: 'https://c2m.example.com' }).names.session, '__Host-c2m-session')
  const secure = await testServer({ env: { PUBLIC_URL: 'https://c2m.example.com' }, database: server.database })
  try {
    const someone = await person()
    const answer = await ask(`${secure.url}/api/session`, 'POST', { email: someone.email, password }, program)
    const cookie = cookieOf(answer, '__Host-c2m-session')!
    for (const part of ['Secure', 'HttpOnly', 'Path=/']) assert.ok(cookie.includes(part), part)
    assert.ok(!cookie.includes('Domain'))
    const plain = `c2m-session=${someone.sessionToken}`
    assert.equal((await ask(`${secure.url}/api/session`, 'GET', undefined, { cookie: plain })).status, 401)
    const own = await ask(`${secure.url}/api/session`, 'DELETE', undefined, { origin: 'https://c2m.example.com' })
    assert.equal(own.status, 204)
  } finally {
    await secure.close()
  }
})

test('an IPv6 network counts as one address', () => {
  assert.equal(networkOf('203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('::ffff:203.0.113.7'), '203.0.113.7')
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2::/64')
  assert.equal(networkOf('2001:db8:1:2::9'), '2001:db8:1:2::/64')
  assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64')
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64')
  assert.equal(networkOf('::1'), '0:0:0:0::/64')
})

test('no email, password or token stands in the log', () => {
  const lines = server.logged.join('\n')
  assert.ok(server.logged.length > 20)
  for (const word of [password, 'guess 1', 'brand.example', user.sessionToken, user.sessionToken.split('.')[1]!]) {
    assert.ok(!lines.includes(word), 'found in the log')
  }
})
