import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { after, before, beforeEach, test } from 'node:test'
import { type CountryCode, getExampleNumber, isSupportedCountry, type PhoneNumber } from 'libphonenumber-js/max'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { doctor } from '../reports/doctor.ts'
import { atomic } from './db.ts'
import { failWithoutReceipt } from './missing-receipts.ts'
import { sumUpCalls } from './report-sums.ts'
import { recordScore } from './surveys.ts'

let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
})
after(() => server.close())
beforeEach(async () => {
  for (const table of [
    'calls',
    'report_changes',
    'report_hours',
    'report_days',
    'report_day_totals',
    'report_day_errors',
    'report_repeats',
    'calls_by_time',
    'call_counts',
  ])
    await server.deps.db`delete from ${server.deps.db(table)}`
})

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)
async function call(columns: Record<string, unknown> = {}): Promise<string> {
  const callId = randomUUID()
  const { db } = server.deps
  await db`insert into calls ${db({
    ...{ account_id: brand.accountId, call_id: callId, attempted_at: hoursAgo(2), credential_id: 'key' },
    ...{ consumer_phone: '+12065550100', handoff_id: brand.handoffId, skill_id: brand.skills.support },
    ...{ available_channels: ['sms'] },
    ...columns,
  } as never)}`
  return callId
}
const sumsOf = (column: string) =>
  server.deps.db<{ sum: number }[]>`select coalesce(sum(${server.deps.db(column)}), 0)::int as sum from report_hours`
const changes = () => server.deps.db`select call_id from report_changes`

test('what is still happening is left alone; a look at all takes it too', async () => {
  await call({ attempted_at: new Date() })
  await sumUpCalls(server.deps.db)
  assert.equal((await changes()).length, 1)
  await sumUpCalls(server.deps.db, { settled: false })
  assert.equal((await changes()).length, 0)
  assert.equal((await sumsOf('attempted'))[0]!.sum, 1)
})

test('a call that somebody is changing is passed over, and nobody waits', async () => {
  const { db } = server.deps
  const callId = await call()
  await call()
  await atomic(db, async (tx) => {
    await tx`update calls set sent_at = now() where call_id = ${callId}`
    await sumUpCalls(db)
    assert.deepEqual(
      (await changes()).map((row) => row.call_id),
      [callId],
    )
  })
  await sumUpCalls(db)
  assert.equal((await changes()).length, 0)
  assert.equal((await sumsOf('sent'))[0]!.sum, 1)
})

test('callers who change calls while others sum up lose nothing', async () => {
  const { db } = server.deps
  const made: string[] = []
  for (let number = 0; number < 12; number += 1) made.push(await call())
  let busy = true
  const summing = Promise.all(
    [1, 2].map(async () => {
      while (busy) await sumUpCalls(db, { settled: false })
    }),
  )
  const columns = ['sent_at', 'delivered_at', 'read_at', 'replied_at', 'opted_out_at']
  await Promise.all(
    made.map(async (callId, number) => {
      for (const column of columns) await db`update calls set ${db({ [column]: new Date() })} where call_id = ${callId}`
      if (number % 4 === 0) await db`delete from calls where call_id = ${callId}`
    }),
  )
  busy = false
  await summing
  assert.deepEqual(await doctor(db), [])
  while (await sumUpCalls(db)) {
    // The next batch.
  }
  assert.deepEqual(await doctor(db), [])
  for (const column of ['attempted', 'sent', 'delivered', 'read', 'replied', 'opted_out'])
    assert.equal((await sumsOf(column))[0]!.sum, 9, column)
})

test('a text counts as failed after 72 hours without a receipt, and no longer when one comes after all', async () => {
  const { db } = server.deps
  const sent = (hours: number, more = {}) =>
    call({ attempted_at: hoursAgo(hours), sent_at: hoursAgo(hours), channel: 'sms', ...more })
  const late = await sent(73)
  await sent(71)
  await sent(73, { delivered_at: hoursAgo(72) })
  await sent(73, { replied_at: hoursAgo(1) })
  await sent(73, { channel: 'wa' })
  await failWithoutReceipt(db)
  await failWithoutReceipt(db)
  const failed = await db`select call_id, error_source, error_code from calls where failed_at is not null`
  assert.deepEqual([...failed], [{ call_id: late, error_source: 'provider', error_code: '5008' }])
  assert.equal((await db`select 1 from transaction_steps where call_id = ${late} and step = 'failed'`).length, 1)
  const [facet] = await db`
    select (facet).status, (facet).error_code, (facet).error_stage, failed::int, sent::int
    from calls c cross join lateral report_count_of(c) where c.call_id = ${late}`
  assert.deepEqual(facet, { status: 'FAILED', error_code: '5008', error_stage: 'delivery', failed: 1, sent: 1 })
  await db`update calls set delivered_at = now(), failed_at = null, error_source = null, error_code = null where call_id = ${late}`
  await failWithoutReceipt(db)
  assert.equal((await db`select 1 from calls where failed_at is not null`).length, 0)
})

test('a score counts for the call that opened the conversation', async () => {
  const { db } = server.deps
  const conversationId = randomUUID()
  const opening = await call({ conversation_id: conversationId, conversation_created_at: hoursAgo(1) })
  await call({ conversation_id: conversationId })
  for (const score of [2, 5])
    await atomic(db, (tx) => recordScore(tx, brand.accountId, { conversationId, score, at: new Date() }))
  assert.deepEqual(
    [...(await db`select call_id, csat from calls where csat is not null`)],
    [{ call_id: opening, csat: 5 }],
  )
})

test("the country of a number is libphonenumber's, but for small ones that share a code with a larger", async () => {
  const { db } = server.deps
  const examples = createRequire(import.meta.url)('libphonenumber-js/mobile/examples') as Parameters<
    typeof getExampleNumber
  >[1]
  const known = Object.keys(examples).filter((name): name is CountryCode => isSupportedCountry(name))
  assert.ok(known.length > 200)
  const numbers = known.map((name) => getExampleNumber(name, examples) as PhoneNumber)
  const rows = await db<{ place: number; country: string | null }[]>`
    select place::int, country_of(phone) as country
    from unnest(${numbers.map(({ number }) => number as string)}::text[]) with ordinality as given (phone, place)`
  const wrong = rows.filter(({ place, country }) => country !== known[place - 1]).map(({ place }) => known[place - 1]!)
  const sharing = ['AX', 'BL', 'BQ', 'CC', 'CX', 'EH', 'GG', 'IM', 'JE', 'MF', 'SJ', 'TA', 'VA', 'YT']
  assert.deepEqual(wrong.sort(), sharing)
})
