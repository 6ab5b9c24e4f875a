import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { isOptedOut } from '../../store/opt-outs.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser

before(async () => {
  server = await testServer()
  brand = await testBrand(server, { settings: { optOutScope: 'channel' } })
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(() => server.close())

const call = (method: string, path: string, body?: unknown, user = boss) =>
  user.ask(method, `/api/admin/accounts/${brand.accountId}/opt-outs${path}`, body)
const find = async (search: string, more: Record<string, unknown> = {}, user = boss) =>
  (await call('POST', '/search', { search, ...more }, user)).body.optOuts as {
    optOutId: string
    address: string
    channel: string
    evidence: string | null
    liftedAt: string | null
  }[]
async function stopped(phone: string, ...channels: string[]): Promise<void> {
  for (const channel of channels)
    await server.deps.db`
      insert into opt_outs (account_id, address, channel, opted_out_at, source, evidence)
      values (${brand.accountId}, ${phone}, ${channel}, now(), 'keyword', 'STOP')`
}
const binds = (phone: string, channel: 'sms' | 'wa') => isOptedOut(server.deps.db, brand.accountId, phone, channel)

test('an opt-out told on the phone is recorded, found however the number is typed, and binds', async () => {
  const phone = testPhone()
  const body = { address: `${phone.slice(0, 5)} ${phone.slice(5)}`, channel: 'sms', evidence: 'said so on the phone' }
  assert.deepEqual((await call('POST', '', body)).body, { changed: true })
  assert.deepEqual((await call('POST', '', body)).body, { changed: false })
  assert.equal(await binds(phone, 'sms'), true)
  for (const typed of [phone, phone.slice(-7), `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`]) {
    const [one, ...rest] = await find(typed)
    assert.equal(rest.length, 0)
    assert.equal(one!.address, phone)
    assert.equal(one!.evidence, `${boss.userId}: said so on the phone`)
  }
  assert.equal((await call('POST', '', { ...body, address: 'abc' })).body.code, 'invalid-phone')
  assert.equal((await call('POST', '', { ...body, evidence: ' ' })).status, 400)
})

test('lifting takes a reason, is written down, and leaves other channels alone', async () => {
  const phone = testPhone()
  await stopped(phone, 'sms', 'wa')
  const [sms] = await find(phone, { channel: 'sms' })
  assert.equal((await call('POST', `/${sms!.optOutId}/lift`, { reason: ' ' })).status, 400)
  assert.equal(await binds(phone, 'sms'), true)
  assert.equal((await call('POST', `/${sms!.optOutId}/lift`, { reason: 'wrote us a letter' })).status, 204)
  assert.equal((await call('POST', `/${sms!.optOutId}/lift`, { reason: 'again' })).status, 204)
  assert.equal(await binds(phone, 'sms'), false)
  assert.equal(await binds(phone, 'wa'), true)
  assert.deepEqual(
    (await find(phone)).map(({ channel }) => channel),
    ['wa'],
  )
  const [lifted] = await find(phone, { state: 'lifted' })
  assert.ok(lifted!.liftedAt)
  const history = await server.deps.db`
    select evidence, resumed from opt_out_history where account_id = ${brand.accountId} and address = ${phone}`
  assert.deepEqual([...history], [{ evidence: `${boss.userId}: wrote us a letter`, resumed: true }])
  const audit = await boss.ask('GET', `/api/admin/accounts/${brand.accountId}/audit`)
  const [entry] = audit.body.entries
  assert.equal(entry.action, 'opt-out.lift')
  assert.equal(entry.after.reason, 'wrote us a letter')
  assert.ok(!JSON.stringify(entry).includes(phone))
})

test('lifting what binds every channel frees them all', async () => {
  const phone = testPhone()
  await stopped(phone, 'sms', '*')
  const [all] = await find(phone, { channel: '*' })
  assert.equal((await call('POST', `/${all!.optOutId}/lift`, { reason: 'asked for it' })).status, 204)
  assert.equal(await binds(phone, 'sms'), false)
  assert.equal(await binds(phone, 'wa'), false)
})

test('who never talks to consumers sees ends, and finds by the whole number only', async () => {
  const phone = testPhone()
  await stopped(phone, 'sms')
  const campaigner = await testUser(server, brand.accountId, 'campaign-manager')
  assert.deepEqual(await find(phone.slice(0, -2), {}, campaigner), [])
  const [one] = await find(phone, {}, campaigner)
  assert.equal(one!.address, `••••${phone.slice(-4)}`)
  assert.equal(one!.evidence, null)
  assert.equal((await call('POST', `/${one!.optOutId}/lift`, { reason: 'x' }, campaigner)).status, 403)
  assert.ok(!(await call('GET', '.csv', undefined, campaigner)).body.includes(phone))
})

test('pages come in order, each once', async () => {
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const { body } = await call('POST', '/search', { state: 'all', limit: 2, cursor })
    seen.push(...body.optOuts.map(({ optOutId }: { optOutId: string }) => optOutId))
    cursor = body.next
  } while (cursor !== null)
  const rows = await server.deps.db`
    select opt_out_id from opt_outs where account_id = ${brand.accountId} order by opted_out_at desc, opt_out_id desc`
  assert.ok(rows.length > 4)
  assert.deepEqual(
    seen,
    rows.map((row) => row.opt_out_id),
  )
})

test('the file holds every opt-out, and no formula', async () => {
  const phone = testPhone()
  await server.deps.db`
    insert into opt_outs (account_id, address, channel, opted_out_at, source, evidence)
    values (${brand.accountId}, ${phone}, 'sms', now(), 'keyword', '=HYPERLINK("http://evil.example")')`
  const answer = await call('GET', '.csv')
  assert.equal(answer.status, 200)
  assert.match(answer.headers.get('content-type')!, /^text\/csv/)
  assert.match(answer.headers.get('content-disposition')!, /^attachment/)
  const lines = answer.body.trimEnd().split('\r\n')
  const [rows] = await server.deps.db`select count(*)::int from opt_outs where account_id = ${brand.accountId}`
  assert.equal(lines.length, rows!.count + 1)
  assert.match(lines[1], new RegExp(`^"\\${phone}","sms","[^"]*","keyword","'=HYPERLINK`))
})
