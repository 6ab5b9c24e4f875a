import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testCall } from '../../../test/test-call.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask, type TestUser, testUser } from '../../../test/test-user.ts'
import { runExports } from '../../actions/run-exports.ts'
import { rowsAtOnce } from '../../domain/export.ts'

let server: TestServer
let brand: TestBrand
let boss: TestUser
before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(() => server.close())

const run = () => runExports(server.deps, new AbortController().signal)
const wanted = { kind: 'transactions', format: 'csv' }

test('asked for, followed, fetched as an attachment, taken away; all of it is audited', async () => {
  const { phone } = await testCall(server, brand)
  const { status, body } = await boss.ask('POST', '/api/exports', wanted)
  assert.equal(status, 202)
  const path = `/api/exports/${body.exportId}`
  const waiting = await boss.ask('GET', path)
  assert.deepEqual([waiting.body.state, waiting.body.percent, waiting.body.fetchable], ['waiting', null, false])
  assert.equal((await boss.ask('GET', `${path}/file`)).status, 404)
  await run()
  const { body: done } = await boss.ask('GET', path)
  assert.deepEqual([done.state, done.percent, done.rows, done.askedByName], ['done', 100, 1, 'Test administrator'])
  const file = await boss.ask('GET', `${path}/file`)
  assert.equal(file.status, 200)
  assert.equal(file.body.length, done.bytes)
  assert.ok(file.body.includes(`"${phone}"`))
  const header = (name: string) => file.headers.get(name)
  assert.match(
    header('content-disposition')!,
    /^attachment; filename="transactions_\d{4}-\d\d-\d\d_\d{4}-\d\d-\d\d\.csv"$/,
  )
  assert.deepEqual(
    [header('x-content-type-options'), header('cache-control'), header('content-type'), header('content-length')],
    ['nosniff', 'private, no-store', 'text/csv; charset=utf-8; header=present', String(done.bytes)],
  )
  assert.equal((await boss.ask('DELETE', path)).status, 204)
  assert.equal((await boss.ask('GET', path)).status, 404)
  const { body: audit } = await boss.ask('GET', `/api/admin/accounts/${brand.accountId}/audit`)
  assert.deepEqual(
    audit.entries.slice(0, 3).map((entry: { action: string }) => entry.action),
    ['export.delete', 'export.fetch', 'export.create'],
  )
})

test('whole numbers are for those who may read them: the operator gets their ends, and no file of others', async () => {
  const { phone } = await testCall(server, brand)
  const operator = { authorization: `Bearer ${server.deps.config.operatorToken}` }
  const url = `${server.url}/api/admin/accounts/${brand.accountId}/exports`
  const own = await ask(url, 'POST', wanted, operator)
  const { body: theirs } = await boss.ask('POST', '/api/exports', wanted)
  await run()
  await run()
  const file = await ask(`${url}/${own.body.exportId}/file`, 'GET', undefined, operator)
  assert.ok(!file.body.includes(phone) && file.body.includes(`••••${phone.slice(-4)}`))
  assert.equal((await ask(`${url}/${theirs.exportId}/file`, 'GET', undefined, operator)).status, 403)
  // A brand's own system with `reporting` reads them whole.
  const fileUrl = `${url}/${theirs.exportId}/file`
  const system = await ask(fileUrl, 'GET', undefined, { authorization: oauthHeader(brand, fileUrl, { method: 'GET' }) })
  assert.ok(system.body.includes(phone))
  for (const role of ['agent', 'campaign-manager'] as const) {
    const other = await testUser(server, brand.accountId, role)
    assert.equal((await other.ask('GET', '/api/exports')).status, 403)
    assert.equal((await other.ask('POST', '/api/exports', wanted)).status, 403)
  }
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  assert.equal((await manager.ask('GET', '/api/exports')).status, 200)
})

test('a small one is answered at once; a large one is sent to wait', async () => {
  const { phone } = await testCall(server, brand)
  const at = await boss.ask('POST', '/api/exports/at-once', wanted)
  assert.deepEqual([at.status, at.headers.get('x-content-type-options')], [200, 'nosniff'])
  assert.ok(String(at.body).includes(phone))
  const report = await boss.ask('POST', '/api/exports/at-once', { kind: 'report', format: 'csv', groupBy: ['channel'] })
  assert.match(report.body, /^"channel","attempted","eligible"/)
  const many = await testBrand(server)
  const person = await testUser(server, many.accountId, 'agent-manager')
  await server.deps.db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, available_channels)
    select ${many.accountId}, gen_random_uuid(), now() - n * interval '1 second', 'test', '+12065557009', ${many.handoffId},
      ${many.skills.support}, '{}'
    from generate_series(1, ${rowsAtOnce + 1}::int) n`
  const tooMany = await person.ask('POST', '/api/exports/at-once', wanted)
  assert.deepEqual([tooMany.status, tooMany.body.code], [413, 'too-large'])
  assert.match(tooMany.body.details.join(' '), /more than 5000 rows/)
})

const bad: readonly (readonly [what: string, body: object])[] = [
  ['an unknown kind', { ...wanted, kind: 'everything' }],
  ['an unknown field', { ...wanted, phone: '+12065550100' }],
  ['no such time zone', { ...wanted, kind: 'report', timeZone: 'Mars/Base' }],
  ['a beginning after the end', { ...wanted, from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }],
  ['a beginning in the future', { ...wanted, from: '2990-01-01T00:00:00Z' }],
  ['three dimensions', { ...wanted, kind: 'report', groupBy: ['day', 'channel', 'skill'] }],
]
for (const [what, body] of bad) {
  test(`refused: ${what}`, async () => {
    for (const path of ['/api/exports', '/api/exports/at-once']) {
      const answer = await boss.ask('POST', path, body)
      assert.deepEqual([answer.status, answer.body.code], [400, 'invalid-request'])
    }
  })
}

test('ten may wait, and no more', async () => {
  const busy = await testBrand(server)
  const person = await testUser(server, busy.accountId, 'administrator')
  const answers = await Promise.all(Array.from({ length: 12 }, () => person.ask('POST', '/api/exports', wanted)))
  assert.equal(answers.filter(({ status }) => status === 202).length, 10)
  assert.deepEqual(
    answers.filter(({ status }) => status !== 202).map(({ body }) => body.code),
    ['too-many-exports', 'too-many-exports'],
  )
})

test('a schedule is checked, keeps its secret to itself and to its own server', async () => {
  const destination = {
    ...{ to: 'bucket', endpoint: 'https://s3.example.com', region: 'eu-west-1', bucket: 'exports', prefix: '' },
    ...{ accessKeyId: 'AKIDEXAMPLE', addressing: 'path' },
  }
  const schedule = {
    title: 'Weekly',
    ...wanted,
    every: 'week',
    weekday: 'mon',
    hour: 5,
    timeZone: 'Europe/London',
    destination,
  }
  const without = await boss.ask('POST', '/api/export-schedules', schedule)
  assert.match(without.body.details.join(), /needs the secret/)
  const folder = { ...schedule, destination: { to: 'folder', folder: 'x' } }
  assert.match((await boss.ask('POST', '/api/export-schedules', folder)).body.details.join(), /EXPORT_FOLDER/)
  const saved = await boss.ask('POST', '/api/export-schedules', { ...schedule, secretAccessKey: 'kept-to-itself' })
  assert.deepEqual([saved.status, saved.body.hasSecret, saved.body.last], [201, true, null])
  assert.equal(new Date(saved.body.nextRunAt).getUTCDay(), 1)
  const path = `/api/export-schedules/${saved.body.scheduleId}`
  const renamed = await boss.ask('PATCH', path, { title: 'Mondays' })
  assert.deepEqual(
    [renamed.status, renamed.body.hasSecret, renamed.body.title, renamed.body.weekday],
    [200, true, 'Mondays', 'mon'],
  )
  // Whoever may change where files go must not get the secret sent to a server of theirs.
  const elsewhere = await boss.ask('PATCH', path, {
    destination: { ...destination, endpoint: 'https://other.example.com' },
  })
  assert.match(elsewhere.body.details.join(), /needs the secret/)
  const { body: audit } = await boss.ask('GET', `/api/admin/accounts/${brand.accountId}/audit`)
  assert.ok(!JSON.stringify(audit).includes('kept-to-itself'))
  assert.equal((await boss.ask('DELETE', path)).status, 204)
  assert.equal((await boss.ask('PATCH', path, { hour: 6 })).status, 404)
})
