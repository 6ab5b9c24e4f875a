import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { fastify } from 'fastify'
import { personalDataIn } from '../../test/personal-data.ts'
import { type SimulatedProvider, simulatedProvider, simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { openDatabase } from '../store/db.ts'
import { hooks } from './hooks.ts'
import { answerProblem } from './problems.ts'

/** Two servers on one database share it. */
const secretKey = randomBytes(32).toString('base64')
let server: TestServer
let brand: TestBrand
let provider: SimulatedProvider

before(async () => {
  server = await testServer({ env: { C2M_SECRET_KEY: secretKey } })
  brand = await testBrand(server, simulatedSms)
  provider = simulatedProvider(server, brand)
})
after(() => server.close())

const inboundOf = (accountId: string, address: string) =>
  server.deps.db<{ body: string; conversation_id: string | null; provider_id: string }[]>`
    select body, conversation_id, provider_id from messages
    where account_id = ${accountId} and address = ${address} and direction = 'in' order by message_number`
const countOf = async (what: 'messages' | 'receipts' | 'provider_exchanges' | 'opt_out_history', accountId: string) => {
  const [row] = await server.deps.db<{ count: number }[]>`
    select count(*)::integer as count from ${server.deps.db(what)} where account_id = ${accountId}`
  return row!.count
}
const everything = async (accountId: string) =>
  Promise.all(
    (['messages', 'receipts', 'provider_exchanges', 'opt_out_history'] as const).map((t) => countOf(t, accountId)),
  )

test('200 with an empty body once the message, and the call redacted, are stored', async () => {
  const phone = testPhone()
  const answer = await provider.text(phone, 'Hello there')
  assert.equal(answer.status, 200)
  assert.equal(await answer.text(), '')
  assert.deepEqual(
    (await inboundOf(brand.accountId, phone)).map(({ body }) => body),
    ['Hello there'],
  )
  const [kept] = await server.deps.db<{ url: string; request_body: string; message_id: string }[]>`
    select url, request_body, message_id from provider_exchanges
    where account_id = ${brand.accountId} and direction = 'in' order by at desc limit 1`
  assert.ok(kept!.message_id)
  assert.deepEqual(personalDataIn(JSON.stringify(kept)), [])
  assert.ok(!kept!.request_body.includes('Hello there'))
})

test('403 for a wrong, missing or borrowed signature, and nothing is kept (WF-01)', async () => {
  const other = await testBrand(server, { ...simulatedSms, smsSecrets: { secret: 'another-secret-of-16' } })
  const event = { type: 'message', id: randomUUID(), from: testPhone(), text: 'Hello' }
  const path = `/hooks/sms-simulator/${other.accountId}/${other.smsSender.senderId}`
  const before = await everything(other.accountId)
  assert.equal((await provider.tell([event], { path })).status, 403)
  const bare = await fetch(server.url + path, { method: 'POST', body: JSON.stringify({ events: [event] }) })
  assert.equal(bare.status, 403)
  assert.equal((await fetch(server.url + path)).status, 403)
  assert.equal((await provider.tell([event], { path, secret: 'short' })).status, 403)
  assert.deepEqual(await everything(other.accountId), before)
})

test('404 for a sender, account or connector that never was, in the same words (WI-10)', async () => {
  const { accountId, smsSender } = brand
  const paths = [
    `/hooks/sms-simulator/${accountId}/${randomUUID()}`,
    `/hooks/sms-simulator/99999/${smsSender.senderId}`,
    `/hooks/wa-simulator/${accountId}/${smsSender.senderId}`,
    `/hooks/sms-nobody/${accountId}/${smsSender.senderId}`,
    `/hooks/sms-simulator/${accountId}/not-a-uuid`,
  ]
  const titles = new Set<string>()
  for (const path of paths) {
    const answer = await provider.tell([], { path })
    assert.equal(answer.status, 404, path)
    titles.add(((await answer.json()) as { title: string }).title)
  }
  assert.equal(titles.size, 1)
})

test('410 for a closed brand’s true provider, 403 for others, and nothing is kept (WI-10)', async () => {
  const closed = await testBrand(server, simulatedSms)
  await server.deps.db`update accounts set enabled = false where account_id = ${closed.accountId}`
  server.deps.accounts.drop(closed.accountId)
  const before = await everything(closed.accountId)
  const itsProvider = simulatedProvider(server, closed)
  assert.equal((await itsProvider.text(testPhone(), 'Hello')).status, 410)
  assert.equal((await itsProvider.tell([], { secret: 'wrong' })).status, 403)
  assert.deepEqual(await everything(closed.accountId), before)
})

test('a retired sender still hears a STOP (WI-10)', async () => {
  const retired = await testBrand(server, simulatedSms)
  await server.deps.db`update senders set enabled = false where account_id = ${retired.accountId}`
  server.deps.accounts.drop(retired.accountId)
  const phone = testPhone()
  assert.equal((await simulatedProvider(server, retired).text(phone, 'STOP')).status, 200)
  const rows = await server.deps
    .db`select channel from opt_outs where account_id = ${retired.accountId} and address = ${phone}`
  assert.deepEqual(rows.map(({ channel }) => channel).sort(), ['*', 'sms'])
  const [sent] = await server.deps.db`select 1 from attempts where account_id = ${retired.accountId}`
  assert.equal(sent, undefined, 'a retired sender confirms nothing')
})

test('405 with Allow for other methods, 413 for a body over 3 MB', async () => {
  const path = `/hooks/sms-simulator/${brand.accountId}/${brand.smsSender.senderId}`
  const put = await fetch(server.url + path, { method: 'PUT' })
  assert.equal(put.status, 405)
  assert.equal(put.headers.get('allow'), 'GET, POST')
  const large = await provider.tell([], { body: Buffer.alloc(3 * 1024 * 1024 + 1, 32) })
  assert.equal(large.status, 413)
})

test('any content type is taken as it comes: the signature covers the bytes', async () => {
  const path = `/hooks/sms-simulator/${brand.accountId}/${brand.smsSender.senderId}`
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-7', 'x/y']) {
    const answer = await fetch(server.url + path, { method: 'POST', headers: { 'content-type': type }, body: 'a=%00' })
    assert.equal(answer.status, 403, type)
  }
  assert.equal((await provider.tell([], { body: 'no json \u0000 at all' })).status, 200)
  const [kept] = await server.deps.db<{ failure: string }[]>`
    select failure from provider_exchanges where account_id = ${brand.accountId} order by at desc limit 1`
  assert.equal(kept!.failure, 'ignored: no list of events')
})

test('the same message ten times at once on two servers is one row (WI-01)', async () => {
  const second = await testServer({ database: server.database, env: { C2M_SECRET_KEY: secretKey } })
  try {
    const phone = testPhone()
    const id = randomUUID()
    await testInvite(server, brand, phone)
    const both = [provider, simulatedProvider(second, brand)]
    const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => both[n % 2]!.text(phone, 'Hi', id)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal((await inboundOf(brand.accountId, phone)).length, 1)
    const open = await server.deps
      .db`select 1 from conversations where account_id = ${brand.accountId} and address = ${phone}`
    assert.equal(open.length, 1)
  } finally {
    await second.close()
  }
})

test('a batch with malformed things in it keeps the others (WI-08)', async () => {
  const phones = Array.from({ length: 40 }, () => testPhone())
  const events: unknown[] = phones.map((from, n) => ({ type: 'message', id: `batch-${n}`, from, text: `number ${n}` }))
  events[7] = { type: 'message', id: 'batch-7', from: 'nobody', text: 'x' }
  events[8] = { type: 'message', id: `batch\u0000`, from: phones[8], text: 'x' }
  events[9] = 'not even an object'
  events[10] = { type: 'status', id: 'x'.repeat(300), status: 'sent' }
  assert.equal((await provider.tell(events)).status, 200)
  const rows = await server.deps.db`
    select 1 from messages where account_id = ${brand.accountId} and provider_id like 'batch-%'`
  assert.equal(rows.length, 36)
  const [kept] = await server.deps.db<{ failure: string }[]>`
    select failure from provider_exchanges where account_id = ${brand.accountId} order by at desc limit 1`
  assert.equal(kept!.failure, 'ignored: an event without an id; 3 of 40 could not be kept')
})

test('NUL and broken characters are cut out of a consumer’s text, and the message stays (IN-06, IN-07)', async () => {
  const phone = testPhone()
  assert.equal((await provider.text(phone, 'a\u0000b\ud83dc')).status, 200)
  assert.deepEqual(
    (await inboundOf(brand.accountId, phone)).map(({ body }) => body),
    ['ab\ufffdc'],
  )
  const long = testPhone()
  assert.equal((await provider.text(long, 'é'.repeat(100_000))).status, 200)
  assert.equal(Buffer.byteLength((await inboundOf(brand.accountId, long))[0]!.body), 65_536)
})

test('a number of a plan that our library does not know is kept; a short code is nobody to talk to', async () => {
  const strange = '+9991234567'
  await provider.text(strange, 'Hello')
  assert.equal((await inboundOf(brand.accountId, strange)).length, 1)
  assert.equal((await provider.text('22000', 'Your code is 1234')).status, 200)
  assert.equal((await inboundOf(brand.accountId, '22000')).length, 0)
})

test('503, never a yes, while the database is away (WI-05)', async () => {
  const phone = testPhone()
  const away = openDatabase({ socketDir: '/nonexistent', user: 'c2m' }, { max: 1, name: 'away' })
  const real = server.deps.db
  Object.assign(server.deps, { db: away })
  try {
    const answer = await provider.text(phone, 'Hello')
    assert.equal(answer.status, 503)
    assert.equal(answer.headers.get('retry-after'), '1')
  } finally {
    Object.assign(server.deps, { db: real })
    await away.end({ timeout: 0 })
  }
  assert.equal((await inboundOf(brand.accountId, phone)).length, 0)
})

test('503 while the database hangs; what it stores in the end is a duplicate when told again (WI-05)', async () => {
  const phone = testPhone()
  const id = randomUUID()
  const impatient = fastify()
  impatient.setErrorHandler((error, request, reply) => answerProblem(server.deps, error, request, reply))
  await impatient.register(hooks, { deps: server.deps, patienceMs: 200 })
  await impatient.listen({ host: '127.0.0.1', port: 0 })
  const url = `http://127.0.0.1:${(impatient.server.address() as AddressInfo).port}`
  const blocker = await server.deps.db.reserve()
  try {
    await blocker`begin`
    await blocker`lock table messages in exclusive mode`
    const answer = await simulatedProvider({ url }, brand).text(phone, 'Hello', id)
    assert.equal(answer.status, 503)
    await blocker`rollback`
    assert.equal((await provider.text(phone, 'Hello', id)).status, 200)
    assert.equal((await inboundOf(brand.accountId, phone)).length, 1)
  } finally {
    blocker.release()
    await impatient.close()
  }
})

test('nothing personal was logged', () => {
  assert.deepEqual(personalDataIn(server.logged.join('\n')), [])
})
