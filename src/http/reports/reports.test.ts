import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { appJwt, oauthHeader } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask, type TestUser, testUser } from '../../../test/test-user.ts'
import { sumUpCalls } from '../../store/report-sums.ts'

let server: TestServer
let brand: TestBrand
let manager: TestUser
let campaigner: TestUser
let agent: TestUser
let jwt: string

before(async () => {
  server = await testServer({ env: { REPORTING_RATE_LIMIT: '1000' } })
  brand = await testBrand(server)
  manager = await testUser(server, brand.accountId, 'agent-manager')
  campaigner = await testUser(server, brand.accountId, 'campaign-manager')
  agent = await testUser(server, brand.accountId, 'agent')
  jwt = await appJwt(server, brand)
})
after(() => server.close())

async function call(at: string, columns: Record<string, unknown> = {}, accountId = brand.accountId): Promise<string> {
  const callId = randomUUID()
  const { db } = server.deps
  await db`insert into calls ${db({
    ...{ account_id: accountId, call_id: callId, attempted_at: new Date(at), credential_id: 'key' },
    ...{ consumer_phone: testPhone(), handoff_id: brand.handoffId, skill_id: brand.skills.support },
    ...{ available_channels: ['sms'] },
    ...columns,
  } as never)}`
  return callId
}
const post = (path: string, body: unknown, user = manager) => user.ask('POST', `/api/reports${path}`, body)
const asBrand = (path: string, body: unknown, headers: Record<string, string> = { authorization: `Bearer ${jwt}` }) =>
  ask(`${server.url}/api/account/${brand.accountId}/app/c2m/reports${path}`, 'POST', body, headers)

test('one call’s whole journey, to the last field, at both doors', async () => {
  const day = { from: '2026-03-02T00:00:00Z', to: '2026-03-03T00:00:00Z' }
  await call('2026-03-02T10:20:00Z', {
    ...{
      channel: 'sms',
      invited_at: '2026-03-02T10:20:10Z',
      sent_at: '2026-03-02T10:20:30Z',
      ivr_number: '+18005550111',
    },
    ...{
      delivered_at: '2026-03-02T10:20:40Z',
      replied_at: '2026-03-02T10:22:00Z',
      sender_id: brand.smsSender.senderId,
    },
    ...{ conversation_taken_at: '2026-03-02T10:22:45Z', conversation_closed_at: '2026-03-02T10:32:45Z', csat: 4 },
    ...{ cost_micros: 8_300, cost_currency: 'USD' },
  })
  await call('2026-03-02T23:59:59.999Z', {
    ...{ available_channels: [], reasons: server.deps.db.json([{ channel: 'sms', code: 'landline' }]) },
  })
  await call('2026-03-03T00:00:00Z')
  const body = { ...day, groupBy: ['skill'], compareWith: { from: '2026-03-01T00:00:00Z', to: '2026-03-02T00:00:00Z' } }
  const figures = {
    ...{ attempted: 2, eligible: 1, invited: 1, sent: 1, delivered: 1, read: 0, replied: 1, handled: 1, closed: 1 },
    ...{ failed: 1, skipped: 0, optedOut: 0, abandoned: 0, csat: { average: 4, answers: 1 } },
    seconds: { callToText: 30, textToReply: 90, replyToAgent: 45, handling: 600 },
    cost: [{ currency: 'USD', amount: 8_300 }],
    costPerHandled: [{ currency: 'USD', amount: 8_300 }],
  }
  const answer = await post('/query', body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const { repeated, contained, ...totals } = answer.body.totals
  assert.deepEqual(totals, figures)
  assert.ok([0, null].includes(repeated) && [1, null].includes(contained))
  assert.deepEqual(answer.body.rows[0].group, { skill: { id: brand.skills.support, name: 'support' } })
  assert.deepEqual(answer.body.rows[0].figures, answer.body.totals)
  assert.deepEqual([answer.body.compared.attempted, answer.body.rows[0].compared.attempted], [0, 0])
  assert.deepEqual(answer.body.losses[0], {
    ...{ step: 'eligible', reached: 1, lost: 1 },
    reasons: [{ code: 'landline', sentence: 'The number is a landline.', calls: 1 }],
  })
  assert.deepEqual(
    answer.body.losses.slice(1).map(({ reached, lost }: { reached: number; lost: number }) => [reached, lost]),
    Array.from({ length: 6 }, () => [1, 0]),
  )
  assert.deepEqual(
    [answer.body.from, answer.body.to, answer.body.timeZone, answer.body.more],
    ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z', 'UTC', false],
  )
  await sumUpCalls(server.deps.db)
  assert.deepEqual((await asBrand('/query', body)).body, answer.body)
})

test('a day of 25 hours: its hours, its day, and the calls behind each', async () => {
  const made: string[] = []
  for (const hour of ['23:30', '00:30', '01:30'])
    made.push(await call(`2026-10-${hour === '23:30' ? 24 : 25}T${hour}:00Z`))
  const day = { from: '2026-10-25T00:00:00+02:00', to: '2026-10-26T00:00:00+01:00', timeZone: 'Europe/Berlin' }
  const byHour = await post('/query', { ...day, groupBy: ['hour'] })
  assert.equal(byHour.body.rows.length, 25)
  const some = byHour.body.rows.filter((row: { figures: { attempted: number } }) => row.figures.attempted > 0)
  assert.deepEqual(
    some.map((row: { group: unknown }) => row.group),
    ['01:00+02:00', '02:00+02:00', '02:00+01:00'].map((hour) => ({ hour: `2026-10-25T${hour}` })),
  )
  for (const [place, { group }] of some.entries()) {
    const behind = await post('/calls', { ...day, group })
    assert.deepEqual(
      behind.body.transactions.map(({ callId }: { callId: string }) => callId),
      [made[place]],
    )
  }
  const byDay = await post('/query', { ...day, groupBy: ['day'] })
  assert.deepEqual(
    byDay.body.rows.map((row: { group: unknown; figures: { attempted: number } }) => [
      row.group,
      row.figures.attempted,
    ]),
    [[{ day: '2026-10-25' }, 3]],
  )
  const twice = await post('/query', { ...day, groupBy: ['hourOfDay'] })
  assert.equal(twice.body.rows[2].figures.attempted, 2)
})

test('a day that begins at half past: India', async () => {
  await call('2026-05-04T18:29:59.999Z')
  await call('2026-05-04T18:30:00Z')
  await sumUpCalls(server.deps.db, { settled: false })
  const asked = { from: '2026-05-04T00:00:00+05:30', to: '2026-05-06T00:00:00+05:30', timeZone: 'Asia/Kolkata' }
  const days = await post('/query', { ...asked, groupBy: ['day'] })
  assert.deepEqual(
    days.body.rows.map((row: { group: { day: string }; figures: { attempted: number } }) => [
      row.group.day,
      row.figures.attempted,
    ]),
    [
      ['2026-05-04', 1],
      ['2026-05-05', 1],
    ],
  )
})

test('what has just happened is in the next answer', async () => {
  const hour = { from: '2026-06-01T08:00:00Z', to: '2026-06-01T09:00:00Z', groupBy: ['minute'] }
  const attempted = async () => (await post('/query', hour)).body.totals.attempted
  assert.equal(await attempted(), 0)
  const callId = await call('2026-06-01T08:30:00Z')
  assert.equal(await attempted(), 1)
  await sumUpCalls(server.deps.db, { settled: false })
  await server.deps.db`update calls set sent_at = now() where call_id = ${callId}`
  assert.equal((await post('/query', hour)).body.totals.sent, 1)
  assert.equal((await post('/query', { ...hour, groupBy: [] })).body.totals.sent, 1)
})

test('who may: not agents; campaign managers without numbers; systems with the privilege', async () => {
  const period = { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' }
  for (const path of ['/query', '/calls', '/opt-outs'])
    assert.equal((await post(path, period, agent)).status, 403, path)
  assert.equal((await post('/variants', { ...period, handoffId: brand.handoffId }, agent)).status, 403)
  const seen = await post('/calls', period, campaigner)
  assert.match(seen.body.transactions[0].consumerPhone, /^••••\d{4}$/)
  assert.match((await post('/calls', period)).body.transactions[0].consumerPhone, /^\+1\d{10}$/)
  assert.match((await asBrand('/calls', period)).body.transactions[0].consumerPhone, /^\+1\d{10}$/)
  const poor = await testBrand(server, { privileges: ['ivr.engagement'] })
  const headers = { authorization: `Bearer ${await appJwt(server, poor)}` }
  const path = `${server.url}/api/account/${poor.accountId}/app/c2m/reports`
  for (const end of ['query', 'calls', 'opt-outs']) {
    const refused = await ask(`${path}/${end}`, 'POST', period, headers)
    assert.deepEqual([refused.status, refused.body.code], [403, 403], end)
  }
  assert.equal((await asBrand('/query', period, headers)).status, 403)
  assert.equal((await asBrand('/query', period, {})).status, 401)
  const url = `${server.url}/api/account/${brand.accountId}/app/c2m/reports/query`
  const body = JSON.stringify(period)
  const signed = {
    authorization: oauthHeader(brand, url, { method: 'POST', body }),
    'content-type': 'application/json',
  }
  assert.equal((await fetch(url, { method: 'POST', headers: signed, body })).status, 200)
})

test('what is wrong with a question is said, at both doors, and nothing breaks', async () => {
  const period = { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' }
  const wrong: readonly (readonly [string, unknown, RegExp])[] = [
    ['/query', {}, /from/],
    ['/query', { ...period, from: 'yesterday' }, /from/],
    ['/query', { ...period, from: '2026-06-01' }, /from/],
    ['/query', { ...period, from: '0001-01-01T00:00:00Z' }, /from/],
    ['/query', { ...period, from: '2026-06-01T23:59:60Z' }, /from/],
    ['/query', { from: period.to, to: period.from }, /must be after/],
    ['/query', { from: period.to, to: period.to }, /must be after/],
    ['/query', { ...period, to: '2999-01-01T00:00:00Z' }, /ten years/],
    ['/query', { ...period, groupBy: ['minute'] }, /three hours/],
    ['/query', { ...period, compareWith: { from: period.to, to: period.from } }, /compareWith/],
    ['/query', { ...period, timeZone: 'Mars/Olympus' }, /IANA/],
    ['/query', { ...period, timeZone: '+05:30' }, /IANA/],
    ['/query', { ...period, timeZone: "UTC'; drop table calls; --" }, /IANA/],
    ['/query', { ...period, groupBy: ['skill', 'day', 'hour'] }, /groupBy/],
    ['/query', { ...period, groupBy: ['skill', 'skill'] }, /groupBy/],
    ['/query', { ...period, groupBy: ['password'] }, /groupBy/],
    ['/query', { ...period, groupBy: 'skill' }, /groupBy/],
    ['/query', { ...period, filters: { channel: ['sms'] } }, /channel/],
    ['/query', { ...period, filters: { skills: 'support' } }, /skills/],
    ['/query', { ...period, filters: { skills: ['\0'] } }, /skills/],
    ['/query', { ...period, repeatDays: 31 }, /repeatDays/],
    ['/query', { ...period, accountId: '1' }, /accountId/],
    ['/calls', { ...period, step: 'lost' }, /step/],
    ['/calls', { ...period, lostAt: 'attempted' }, /lostAt/],
    ['/calls', { ...period, group: { hour: "' or true" } }, /hour/],
    ['/calls', { ...period, group: { consumer: 'x' } }, /consumer/],
    ['/calls', { ...period, limit: 101 }, /limit/],
    ['/calls', { ...period, cursor: 'AAAA' }, /cursor/],
    ['/opt-outs', { ...period, cursor: 'x' }, /cursor/],
    ['/opt-outs', { ...period, from: 1 }, /from/],
    ['/variants', period, /handoffId/],
  ]
  for (const [path, body, sentence] of wrong) {
    const title = `${path} ${JSON.stringify(body)}`
    const answer = await post(path, body)
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid-request'], title)
    assert.match(JSON.stringify(answer.body.details), sentence, title)
    const refused = await asBrand(path, body)
    assert.deepEqual([refused.status, refused.body.code], [400, 400], title)
  }
  const odd = [
    { filters: { skills: ["' or true --", '💥', ''], countries: ['zz'] } },
    { filters: { skills: Array.from({ length: 1_000 }, () => randomUUID()) } },
    { timeZone: 'america/new_york', groupBy: ['hour', 'error'] },
  ]
  for (const one of odd) assert.equal((await post('/query', { ...period, ...one })).status, 200, JSON.stringify(one))
  for (const group of [{ day: '9999-99-99' }, { hour: '--' }, { skill: { id: 'x' } }, { reason: '\\' }])
    assert.deepEqual((await post('/calls', { ...period, group })).body, { transactions: [], next: null })
})

test('another brand’s ids find nothing of theirs', async () => {
  const other = await testBrand(server)
  await call('2026-07-01T12:00:00Z', { handoff_id: other.handoffId, skill_id: other.skills.support }, other.accountId)
  const july = { from: '2026-07-01T00:00:00Z', to: '2026-07-02T00:00:00Z' }
  const theirs = { skills: [other.skills.support], handoffs: [other.handoffId] }
  assert.equal((await post('/query', { ...july, filters: theirs })).body.totals.attempted, 0)
  assert.deepEqual((await post('/calls', { ...july, filters: theirs })).body.transactions, [])
  const variants = await post('/variants', { ...july, handoffId: other.handoffId })
  assert.deepEqual(variants.body, { variants: [], verdicts: [], verdict: '' })
})

test('opt-outs: who, when, by which word, on which channel; page by page', async () => {
  const { db } = server.deps
  const phones = [testPhone(), testPhone(), testPhone()]
  await db`insert into opt_out_history ${db(
    phones.map((address, place) => ({
      ...{
        account_id: brand.accountId,
        entry_id: randomUUID(),
        at: new Date(Date.UTC(2026, 7, 1, 12, place)),
        address,
      },
      ...{ channel: place === 2 ? '*' : 'sms', resumed: place === 1, source: place === 2 ? 'agent' : 'keyword' },
      ...{ evidence: ['STOP', 'START', 'Anna: said so on the phone'][place]! },
      ...{ sender_id: place === 2 ? null : brand.smsSender.senderId, said_at: null },
    })),
  )}`
  const august = { from: '2026-08-01T00:00:00Z', to: '2026-09-01T00:00:00Z', limit: 2 }
  const first = await post('/opt-outs', august)
  const second = await post('/opt-outs', { ...august, cursor: first.body.next })
  const found = [...first.body.entries, ...second.body.entries]
  assert.deepEqual([first.body.entries.length, second.body.next], [2, null])
  const sender = { id: brand.smsSender.senderId, name: 'Support number' }
  assert.deepEqual(
    found.map(({ entryId: _entryId, ...entry }) => entry),
    [
      {
        ...{ at: '2026-08-01T12:02:00.000Z', saidAt: null, address: phones[2], channel: '*', resumed: false },
        ...{ source: 'agent', word: 'Anna: said so on the phone', sender: null },
      },
      {
        ...{ at: '2026-08-01T12:01:00.000Z', saidAt: null, address: phones[1], channel: 'sms', resumed: true },
        ...{ source: 'keyword', word: 'START', sender },
      },
      {
        ...{ at: '2026-08-01T12:00:00.000Z', saidAt: null, address: phones[0], channel: 'sms', resumed: false },
        ...{ source: 'keyword', word: 'STOP', sender },
      },
    ],
  )
  const masked = (await post('/opt-outs', { ...august, limit: 3 }, campaigner)).body.entries
  assert.deepEqual(
    masked.map(({ address, word }: { address: string; word: string | null }) => [address, word]),
    [null, 'START', 'STOP'].map((word, place) => [`••••${phones[2 - place]!.slice(-4)}`, word]),
  )
  assert.deepEqual((await asBrand('/opt-outs', { ...august, limit: 3 })).body.entries, found)
})

test('texts of a handoff beside each other', async () => {
  for (const [variant, replies] of [
    ['A', 3],
    ['B', 1],
  ] as const)
    for (let number = 0; number < 5; number += 1)
      await call('2026-09-09T09:00:00Z', {
        ...{ variant, channel: 'sms', sent_at: '2026-09-09T09:01:00Z' },
        replied_at: number < replies ? '2026-09-09T09:02:00Z' : null,
      })
  const body = { from: '2026-09-01T00:00:00Z', to: '2026-10-01T00:00:00Z', handoffId: brand.handoffId }
  const answer = await post('/variants', body)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  const told = answer.body.variants.map((one: Record<string, unknown>) => [
    one.variant,
    one.sent,
    one.replied,
    one.rate,
  ])
  assert.deepEqual(told, [
    ['A', 5, 3, 0.6],
    ['B', 5, 1, 0.2],
  ])
  assert.deepEqual((await asBrand('/variants', body)).body, answer.body)
})
