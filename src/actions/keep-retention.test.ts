import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { ivrOf } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { doctor } from '../reports/doctor.ts'
import type { Database } from '../store/db.ts'
import { makePartitions } from '../store/partitions.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { dropPast, keptSpans } from '../store/retention.ts'
import { firstIdAt, uuidV7 } from '../store/uuid-v7.ts'
import { checkEligibility } from './check-eligibility.ts'
import { keepRetention, retentionOf } from './keep-retention.ts'

let server: TestServer
let brand: TestBrand
let db: Database
before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  db = server.deps.db
  // As if the server had been there for more than 14 months.
  await db`select made from make_partitions(${monthsAgo(15)}, 0, 2) as made`
})
after(() => server.close())

/** The first moment of the month so many months ago, UTC. */
function monthsAgo(months: number): Date {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months))
}
const just = (at: Date, ms: number) => new Date(at.getTime() + ms)
const dayMs = 86_400_000

/** A call with its invite, a step, a message and its attempt, all of one time; a random id lies in the default partition. */
async function journey(at: Date, callId = uuidV7(at), messageId = uuidV7(at), phone = testPhone()) {
  const { accountId, handoffId, skills, smsSender } = brand
  await db`insert into calls ${db({
    ...{ account_id: accountId, call_id: callId, attempted_at: at, credential_id: 'test', consumer_phone: phone },
    ...{ handoff_id: handoffId, skill_id: skills.support, available_channels: ['sms'], channel: 'sms', sent_at: at },
  })}`
  await db`insert into transaction_steps ${db({ account_id: accountId, call_id: callId, at, step: 'sent' })}`
  await db`insert into messages ${db({
    ...{ account_id: accountId, message_id: messageId, call_id: callId, sender_id: smsSender.senderId, channel: 'sms' },
    ...{ address: phone, direction: 'out', kind: 'invite', body: 'Hello', status: 'sent', created_at: at, sent_at: at },
  })}`
  const attemptId = messageId[14] === '7' ? uuidV7(at) : crypto.randomUUID()
  await db`insert into attempts ${db({
    ...{ account_id: accountId, attempt_id: attemptId, message_id: messageId, call_id: callId, address: phone },
    ...{ sender_id: smsSender.senderId, state: 'sent', token: attemptId, created_at: at },
  })}`
  await db`insert into invites ${db({
    ...{ account_id: accountId, call_id: callId, state: 'sent', consumer_phone: phone, skill_id: skills.support },
    ...{ channels_left: [], handoff_id: handoffId, message_id: messageId, lookback_minutes: 60 },
    ...{ route_all_within_lookback: false, created_at: at, expires_at: at, sent_at: at },
  })}`
  return { callId, messageId }
}

const left = async (table: 'calls' | 'transaction_steps' | 'invites' | 'calls_by_time') =>
  (await db<{ call_id: string }[]>`select distinct call_id from ${db(table)}`).map((row) => row.call_id).sort()
const spans = async (kind: string) =>
  (await keptSpans(db, retentionOf(server.deps))).filter((span) => span.kind === kind)
const sumUp = async () => {
  while (await sumUpCalls(db, { settled: false })) {
    // The next batch.
  }
}
const grave = async () => (await doctor(db)).filter((finding) => finding.grave).map((finding) => finding.finding)

test('what is past its months is gone with its sums, the rest stays, and the doctor finds no difference', async () => {
  const { deps } = server
  const border = monthsAgo(13)
  // Somebody called in the month that goes and again in the one that stays: a repeat call, counted with the earlier one.
  const [first, second, phone] = [just(border, -1), border, testPhone()]
  const old = [
    await journey(monthsAgo(14)),
    await journey(just(monthsAgo(14), 3 * dayMs)),
    await journey(first, uuidV7(first), uuidV7(first), phone),
    // Ids of no month of ours: by rows.
    await journey(just(monthsAgo(15), 5), crypto.randomUUID(), crypto.randomUUID()),
    // Astray: of the month by its time, of another by its id.
    await journey(just(border, -dayMs), uuidV7(new Date()), uuidV7(just(border, -dayMs))),
  ]
  const kept = [
    await journey(second, uuidV7(second), uuidV7(second), phone),
    await journey(just(border, dayMs), crypto.randomUUID(), crypto.randomUUID()),
    await journey(new Date()),
  ]
  await sumUp()
  // One more in the month that goes, which the sums have not come to, and one that they know otherwise.
  const late = await journey(just(border, -2))
  await db`update calls set replied_at = ${border} where call_id = ${old[0]!.callId}`
  assert.deepEqual(await grave(), [])

  await keepRetention(deps)
  const ids = kept.map(({ callId }) => callId).sort()
  for (const table of ['calls', 'transaction_steps', 'invites'] as const)
    assert.deepEqual(await left(table), ids, table)
  const messages = await db<{ message_id: string }[]>`select message_id from messages order by 1`
  assert.deepEqual(
    messages.map((row) => row.message_id),
    kept.map(({ messageId }) => messageId).sort(),
  )
  assert.equal((await db`select 1 from attempts`).length, kept.length)
  assert.ok(!ids.includes(late.callId))
  assert.deepEqual(await grave(), [])
  await sumUp()
  assert.deepEqual(await grave(), [])
  assert.deepEqual(await left('calls_by_time'), ids)
  const [sums] =
    await db`select sum(attempted)::int as hours, (select sum(attempted)::int from report_days) as days from report_hours`
  assert.deepEqual({ ...sums }, { hours: kept.length, days: kept.length })

  assert.deepEqual((await spans('transactions'))[0]!.since, border)
  assert.deepEqual((await spans('messages'))[0]!.since, border)
  const audit = await db<{ subject: string; actor: string }[]>`
    select subject, actor from audit where account_id = ${brand.accountId} and action = 'retention.drop' order by subject`
  const gone = just(border, -1).toISOString().slice(0, 7)
  assert.ok(audit.some(({ subject, actor }) => subject === `transactions ${gone}` && actor === 'system'))
  assert.ok(audit.some(({ subject }) => subject === `messages ${gone}`))
})

test('exchanges go by the day, and those of no day’s partition by themselves', async () => {
  const now = Date.now()
  await db`select made from make_partitions(${new Date(now - 33 * dayMs)}, 33, 0) as made`
  for (const days of [29, 32, 50])
    await db`insert into provider_exchanges ${db({
      ...{ account_id: brand.accountId, exchange_id: crypto.randomUUID(), at: new Date(now - days * dayMs) },
      ...{ direction: 'out', method: 'GET', url: `/${days}`, duration_ms: 1 },
    })}`
  await dropPast(db, retentionOf(server.deps))
  const urls = (await db<{ url: string }[]>`select url from provider_exchanges order by url`).map(({ url }) => url)
  // The one of no partition is the hourly cleaning's.
  assert.deepEqual(urls, ['/29', '/50'])
  assert.equal((await spans('exchanges')).filter(({ overdue }) => overdue).length, 0)
})

test('while somebody reads the table the drop gives up, no request waits for it, and later it succeeds', async (t) => {
  await db`select made from make_partitions(${monthsAgo(15)}, 0, 0) as made`
  const reading = Promise.withResolvers<void>()
  const enough = Promise.withResolvers<void>()
  t.after(() => enough.resolve())
  const long = db.begin(async (tx) => {
    await tx`select count(*) from calls`
    reading.resolve()
    await enough.promise
  })
  await reading.promise
  const dropping = dropPast(db, retentionOf(server.deps))
  const asked = () =>
    checkEligibility(server.deps, ivrOf(brand), {
      ...{ consumerPhoneNumber: testPhone(), skill: 'support', handoffId: brand.handoffId },
    })
  const answers = await Promise.all(Array.from({ length: 8 }, asked))
  assert.ok(answers.every(({ eligible }) => eligible))
  const { dropped, postponed } = await dropping
  assert.ok(dropped.some(({ kind }) => kind === 'messages'))
  assert.deepEqual(
    postponed.map(({ kind }) => kind),
    ['transactions'],
  )
  assert.ok((await keepRetention(server.deps)) < 3_600)
  assert.deepEqual(await makePartitions(db, monthsAgo(-9)), [], 'nor does making one wait')
  enough.resolve()
  await long
  assert.equal(await keepRetention(server.deps), Number.POSITIVE_INFINITY)
  assert.equal((await spans('transactions')).filter(({ overdue }) => overdue).length, 0)
  assert.deepEqual(await grave(), [])
})

test('two processes at once drop each month once, and make each month once', async () => {
  await db`select made from make_partitions(${monthsAgo(15)}, 0, 1) as made`
  const two = await Promise.all([1, 2].map(() => dropPast(db, retentionOf(server.deps))))
  const again = await dropPast(db, retentionOf(server.deps))
  assert.ok(two.concat(again).flatMap(({ dropped }) => dropped).length >= 4)
  assert.equal((await spans('messages')).concat(await spans('transactions')).filter(({ overdue }) => overdue).length, 0)
  const later = monthsAgo(-5)
  const made = (await Promise.all([1, 2].map(() => makePartitions(db, later)))).flat()
  assert.equal(new Set(made).size, made.length)
})

test('partitions are there before the clock needs them; what came before its partition moves into it', async () => {
  const [ahead] = await db<{ until: Date }[]>`select max(until) as until from data_partitions where parent = 'calls'`
  assert.ok(ahead!.until >= monthsAgo(-2))
  // The maker stood still for long: rows of a month that nobody made.
  const month = monthsAgo(-12)
  const early = await journey(just(month, dayMs))
  const counted = await journey(just(month, 2 * dayMs))
  await sumUp()
  const pending = await journey(just(month, 3 * dayMs))
  await db`update calls set replied_at = attempted_at where call_id = ${counted.callId}`
  const where = async (callId: string) =>
    (await db`select tableoid::regclass::text as name from calls where call_id = ${callId}`)[0]!.name
  assert.equal(await where(early.callId), 'calls_default')
  assert.ok(
    (await makePartitions(db, month)).includes(
      `calls_${month.getUTCFullYear()}_${String(month.getUTCMonth() + 1).padStart(2, '0')}`,
    ),
  )
  for (const { callId } of [early, counted, pending]) assert.notEqual(await where(callId), 'calls_default')
  assert.deepEqual(await grave(), [])
  await sumUp()
  assert.deepEqual(await grave(), [])
})

test('a look-up by id touches one partition', async () => {
  const { callId, messageId } = await journey(new Date())
  const { accountId } = brand
  const plans = {
    calls: db`explain select * from calls where account_id = ${accountId} and call_id = ${callId}`,
    messages: db`explain select * from messages where account_id = ${accountId} and message_id = ${messageId}`,
    update: db`explain update calls set read_at = now() where account_id = ${accountId} and call_id = ${callId}`,
  }
  for (const [name, plan] of Object.entries(plans)) {
    const text = (await plan).map((row) => row['QUERY PLAN']).join('\n')
    assert.equal(text.match(/(Scan|Scan using \S+) on (calls|messages)_/g)?.length, 1, `${name}\n${text}`)
  }
})

test('the database and the server agree on the first id of a time', async () => {
  for (const at of [new Date(0), new Date('2026-02-28T23:59:59.999Z'), new Date('2026-03-01T00:00:00Z')]) {
    const [row] = await db<{ id: string }[]>`select first_id_of(${at}) as id`
    assert.equal(row!.id, firstIdAt(at))
  }
})
