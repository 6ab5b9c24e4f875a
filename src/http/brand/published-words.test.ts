import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { appJwt } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask } from '../../../test/test-user.ts'

/*
 * The published reporting API word for word: each status it knows, each group of its error dictionary, the shape of each field,
 * the pages of both versions, and what a row looks like in which nothing happened.
 */
const at = (minutes: number) => new Date(Date.UTC(2026, 0, 31, 8, minutes))
const span = `attemptedStartTime=${at(0).getTime()}&attemptedEndTime=${at(59).getTime()}`
let server: TestServer
let brand: TestBrand
let headers: { authorization: string }
let waSender: string

before(async () => {
  server = await testServer({ env: { REPORTING_RATE_LIMIT: '1000' } })
  brand = await testBrand(server)
  headers = { authorization: `Bearer ${await appJwt(server, brand)}` }
  waSender = randomUUID()
  await server.deps.db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${waSender}, 'wa-cloud', 'wa', '+18005550143', 'WhatsApp', '{}')`
})
after(() => server.close())

const urlOf = (path: string) => `${server.url}/api/account/${brand.accountId}/app/c2m/${path}`
const post = async (path: string, body: unknown) => {
  const answer = await ask(urlOf(path), 'POST', body, headers)
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

const no = (code: string) => ({ available_channels: [], reasons: [{ channel: 'sms', code }] })
const bySms = { invited_at: at(1), sent_at: at(1), channel: 'sms' }
const onWhatsApp = () => ({ invited_at: at(1), sent_at: at(1), channel: 'wa', sender_id: waSender })
const unsent = (columns: object) => ({ invited_at: at(1), channel: 'sms', failed_at: at(2), ...columns })
const provider = (code: string) => ({ failed_at: at(2), error_source: 'provider', error_code: code })
const own = (code: string) => ({ error_source: 'c2m', error_code: code })

/** What became of a call, and its status and error as they are published; a minute each. */
const journeys: readonly (readonly [() => object, string | null, string | null])[] = [
  [() => ({}), null, null],
  [() => no('landline'), 'FAILED', 'c2m_1001'],
  [() => no('open_conversation'), 'FAILED', 'c2m_1400'],
  [() => no('opted_out'), 'SKIPPED', null],
  [() => unsent(own('unknown-outcome')), 'FAILED', 'c2m_5403'],
  [() => unsent(own('a kind of later')), 'FAILED', 'c2m_5000'],
  [() => unsent(provider('21211')), 'FAILED', 'outbound_twilio_21211'],
  [() => unsent(provider('unreachable')), 'FAILED', 'outbound_twilio_ntw_err'],
  [() => ({ ...unsent(provider('21610')), failed_at: null, skipped_at: at(2) }), 'SKIPPED', 'outbound_twilio_21610'],
  [() => ({ ...unsent(provider('470')), channel: 'wa', sender_id: waSender }), 'FAILED', 'outbound_wa_470'],
  [() => bySms, 'SENT', null],
  [() => ({ ...bySms, ...provider('30006') }), 'FAILED', 'twilio_30006'],
  [() => ({ ...bySms, ...provider('5008') }), 'FAILED', 'twilio_5008'],
  [() => ({ ...onWhatsApp(), ...provider('131026') }), 'FAILED', 'wa_131026'],
  [() => ({ ...bySms, delivered_at: at(2) }), 'DELIVERED', null],
  // A receipt that came late puts a failure right.
  [() => ({ ...bySms, ...provider('5008'), delivered_at: at(3) }), 'DELIVERED', null],
  [() => ({ ...onWhatsApp(), delivered_at: at(3), read_at: at(3) }), 'READ', null],
  [() => ({ ...bySms, replied_at: at(4), conversation_id: randomUUID() }), 'RESPONDED', null],
]

test('every status, and the error of every group of the dictionary', async () => {
  const { db } = server.deps
  for (const [place, [columns]] of journeys.entries()) {
    const { reasons, ...others } = columns() as { reasons?: unknown }
    await db`insert into calls ${db({
      ...{ account_id: brand.accountId, call_id: randomUUID(), attempted_at: at(place), credential_id: 'key' },
      ...{ consumer_phone: '+12065550100', handoff_id: brand.handoffId, skill_id: brand.skills.support },
      ...{ available_channels: ['sms'], reasons: reasons === undefined ? null : db.json(reasons as never) },
      ...others,
    } as never)}`
  }
  const { transactions, page } = await post(`transactions/?${span}&v=2.0`, {})
  assert.deepEqual(
    transactions.map((one: Record<string, string | null>) => [
      one.messageStatus,
      one.errorCode === null ? null : `${one.errorSource}_${one.errorCode}`,
    ]),
    journeys.map(([, status, error]) => [status, error]),
  )
  for (const one of transactions) {
    assert.equal(typeof one.errorCode, one.errorSource === null ? 'object' : 'string')
    assert.equal(one.errorMessage === null, one.errorCode === null)
    for (const [name, value] of Object.entries(one))
      if (name.endsWith('Time') && value !== null) assert.match(value as string, /^2026-01-31T08:\d\d:00\.000Z$/, name)
  }
  const { limit, offset, count } = page
  assert.deepEqual({ limit, offset, count }, { limit: 100, offset: 0, count: journeys.length })
})

test('messagestatus lets through what has that status, each by itself and together', async () => {
  const counts = async (messagestatus: string[]) =>
    (await post(`transactions/?${span}&v=2.0`, { filters: { messagestatus } })).page.count
  const expected = (...statuses: string[]) => journeys.filter(([, status]) => statuses.includes(status!)).length
  for (const status of ['FAILED', 'SKIPPED', 'SENT', 'DELIVERED', 'READ', 'RESPONDED'])
    assert.equal(await counts([status]), expected(status), status)
  assert.equal(await counts(['SENT', 'READ']), expected('SENT', 'READ'))
})

test('analytics of the same calls: the same errors counted, skipped and failed as they are defined', async () => {
  const { analytics, requestMetadata } = await post(`analytics/?${span}`, { channels: ['sms', 'wa'], source: ['API'] })
  assert.deepEqual(requestMetadata.filters, { channels: ['sms', 'wa'], source: ['API'] })
  const total = (name: string) => analytics.reduce((sum: number, row: Record<string, number>) => sum + row[name]!, 0)
  const errors: Record<string, number> = {}
  for (const row of analytics) {
    assert.equal(row.csat, 0)
    assert.equal(row.transactionday, '01-31-2026')
    for (const name of ['attempted', 'eligible', 'skipped', 'sent', 'failed', 'delivered', 'read'])
      assert.ok(Number.isInteger(row[name]), name)
    for (const [key, count] of Object.entries(row.error_aggregation)) errors[key] = (errors[key] ?? 0) + Number(count)
  }
  const expected: Record<string, number> = {}
  for (const [, , error] of journeys) if (error !== null) expected[error] = (expected[error] ?? 0) + 1
  assert.deepEqual(errors, expected)
  const many = (status: string) => journeys.filter(([, one]) => one === status).length
  assert.equal(total('attempted'), journeys.length)
  assert.equal(total('skipped'), many('SKIPPED'))
  assert.equal(total('eligible'), journeys.length - 3)
  // "attempted minus sent", and what was sent and not delivered.
  const sent = total('sent')
  assert.equal(total('failed'), journeys.length - sent + 3)
  assert.equal(total('conversationscreated'), many('RESPONDED'))
  assert.equal(total('read'), 1)
})

test('the first version: pages of any size by an opaque word, without the status', async () => {
  const first = await post(`transactions/?${span}`, { page: { limit: 5 } })
  assert.deepEqual([first.page.count, first.page.currentPage], [5, null])
  assert.match(first.page.nextPage, /^[A-Za-z0-9+/_=-]+$/)
  assert.ok(first.transactions.every((one: object) => !('messageStatus' in one)))
  const rest = await post(`transactions/?${span}`, { page: { nextPage: first.page.nextPage, limit: 9_999 } })
  assert.deepEqual([rest.page.count, rest.page.nextPage], [journeys.length - 5, null])
  assert.equal(rest.page.currentPage, first.page.nextPage)
})
