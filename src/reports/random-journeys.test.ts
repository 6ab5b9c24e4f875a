import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import {
  type CallRow,
  type Cast,
  minute,
  minuteMs,
  play,
  spanMinutes,
  start,
  testCast,
  word,
} from '../../test/random-calls.ts'
import { channelOf, errorOf, skillIdOf, statusOf } from '../../test/slow-report.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type ReportedStatus, reportMeasures } from '../domain/report.ts'
import { sumUpCalls } from '../store/report-sums.ts'
import { type AnalyticsRow, analytics } from './analytics.ts'
import { doctor } from './doctor.ts'
import { type ReportPlace, transactionsAfter, transactionsAt } from './transactions.ts'

let server: TestServer
let brand: TestBrand
let cast: Cast

before(async () => {
  server = await testServer()
  brand = await testBrand(server)
  cast = await testCast(server, brand)
})
after(() => server.close())

const question = fc.record({
  from: minute,
  length: fc.oneof(fc.integer({ min: 0, max: 90 }), fc.integer({ min: 0, max: spanMinutes })),
  channels: fc.option(fc.constantFrom<string[]>(['sms'], ['wa'], ['sms', 'wa'])),
  skills: fc.option(fc.constantFrom<string[]>(['support'], ['sales', 'billing'])),
  byHandoff: fc.boolean(),
  statuses: fc.option(fc.constantFrom<ReportedStatus[]>(['FAILED', 'SKIPPED'], ['SENT'], ['RESPONDED', 'DELIVERED'])),
  offset: fc.integer({ min: 0, max: 12 }),
})

const skillOf = (call: CallRow) => Object.entries(brand.skills).find(([, id]) => id === skillIdOf(call))![0]

function slowly(calls: readonly CallRow[], byHandoff: boolean): AnalyticsRow[] {
  const keyOf = (call: CallRow) =>
    [
      call.attempted_at.toISOString().slice(0, 10),
      channelOf(call),
      skillOf(call),
      byHandoff ? call.handoff_id : '',
    ].join('/')
  return [...Map.groupBy(calls, keyOf)].map(([key, group]) => {
    const [day, channel, skill, handoffId] = key.split('/') as [string, 'sms' | 'wa', string, string]
    const many = (holds: (call: CallRow) => unknown) => group.filter((call) => Boolean(holds(call))).length
    const scores = group.flatMap(({ csat }) => csat ?? [])
    const errors: Record<string, number> = {}
    for (const call of group) {
      const error = errorOf(call)
      if (error !== null) errors[error] = (errors[error] ?? 0) + 1
    }
    return {
      ...{ day, channel, skill, handoffId: handoffId === '' ? null : handoffId },
      attempted: group.length,
      eligible: many((call) => call.available_channels.length > 0),
      skipped: many((call) => statusOf(call) === 'SKIPPED'),
      sent: many((call) => call.sent_at),
      failed: many((call) => call.sent_at === null || statusOf(call) === 'FAILED'),
      delivered: many((call) => call.delivered_at),
      read: many((call) => call.read_at),
      replied: many((call) => call.replied_at),
      closed: many((call) => call.conversation_closed_at),
      csat: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
      errors,
    }
  })
}

const sorted = (rows: readonly AnalyticsRow[]) =>
  rows.toSorted((a, b) =>
    JSON.stringify([a.day, a.channel, a.skill, a.handoffId]).localeCompare(
      JSON.stringify([b.day, b.channel, b.skill, b.handoffId]),
    ),
  )

test('whatever happens to calls, reports say what the calls say, and the doctor finds nothing', async () => {
  const { db } = server.deps
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 5, maxLength: 60 }),
      fc.array(question, { minLength: 3, maxLength: 3 }),
      async (words, questions) => {
        await play(db, cast, words)
        assert.deepEqual(await doctor(db), [])
        const all = await db<
          CallRow[]
        >`select * from calls where account_id = ${brand.accountId} order by attempted_at, call_id`
        for (const { from, length, channels, skills, byHandoff, statuses, offset } of questions) {
          const window = {
            from: new Date(start + from * minuteMs),
            until: new Date(start + (from + length) * minuteMs),
          }
          const asked = { accountId: brand.accountId, ...window, channels, skills }
          const among = all.filter(
            (call) =>
              call.attempted_at >= window.from &&
              call.attempted_at < window.until &&
              (channels === null || channels.includes(channelOf(call))) &&
              (skills === null || skills.includes(skillOf(call))),
          )
          assert.deepEqual(
            sorted(await analytics(db, { ...asked, handoffIds: null, byHandoff })),
            sorted(slowly(among, byHandoff)),
          )
          const wanted = among.filter((call) => statuses === null || statuses.includes(statusOf(call)!))
          const page = await transactionsAt(db, { ...asked, statuses }, offset, 5)
          assert.equal(page.total, wanted.length)
          assert.deepEqual(
            page.transactions.map(({ callId, status, error }) => [
              callId,
              status,
              error === null ? null : `${error.source}_${error.code}`,
            ]),
            wanted.slice(offset, offset + 5).map((call) => [call.call_id, statusOf(call), errorOf(call)]),
          )
        }
      },
    ),
    { numRuns: 8 },
  )
})

test('a page is the same by offset and from page to page, at any depth, filtered or not', async () => {
  const { db } = server.deps
  await play(db, cast, [])
  const minutes = Array.from({ length: 1_300 }, (_, place) => (place * 7_919) % (2 * 24 * 60))
  await db`
    insert into calls (account_id, call_id, attempted_at, credential_id, consumer_phone, handoff_id, skill_id, available_channels, sent_at)
    select ${brand.accountId}, gen_random_uuid(), ${new Date(start)}::timestamptz + minute * interval '1 minute', 'key', '+12065550100',
      ${brand.handoffId}, ${brand.skills.sales}, '{sms}', case when minute % 3 = 0 then now() end
    from unnest(${minutes}::int[]) minute`
  await sumUpCalls(db)
  await db`update calls set sent_at = null where extract(minute from attempted_at) = 30`
  const all = await db<CallRow[]>`select * from calls order by attempted_at, call_id`
  const asked = { accountId: brand.accountId, from: new Date(start), until: new Date(start + spanMinutes * minuteMs) }
  for (const statuses of [null, ['SENT'] as const]) {
    const query = { ...asked, channels: null, skills: null, statuses }
    const wanted = all.filter((call) => statuses === null || statusOf(call) === 'SENT').map((call) => call.call_id)
    for (const offset of [0, 399, 501, 777, wanted.length - 3]) {
      const page = await transactionsAt(db, query, offset, 40)
      assert.equal(page.total, wanted.length)
      assert.deepEqual(
        page.transactions.map(({ callId }) => callId),
        wanted.slice(offset, offset + 40),
        `offset ${offset}`,
      )
    }
    const seen: string[] = []
    let after: ReportPlace | null = null
    do {
      const page: Awaited<ReturnType<typeof transactionsAfter>> = await transactionsAfter(db, query, after, 150)
      seen.push(...page.transactions.map(({ callId }) => callId))
      after = page.next
    } while (after !== null)
    assert.deepEqual(seen, wanted)
  }
})

test('summed up or not, the sums of every measure are those of the calls', async () => {
  const { db } = server.deps
  const [words] = fc.sample(fc.array(word, { minLength: 150, maxLength: 150 }), 1) as [never[]]
  await play(db, cast, words)
  const said = async () => {
    const columns = reportMeasures.map((name) => `coalesce(sum(told.${name}), 0)::float8 as ${name}`).join(', ')
    const [[hours], [days], [calls]] = await Promise.all([
      db.unsafe(`select ${columns} from report_hours told`),
      db.unsafe(`select ${columns} from report_days told`),
      db.unsafe(`select ${columns} from calls c cross join lateral report_count_of(c) told`),
    ])
    return { hours, days, calls }
  }
  while (await sumUpCalls(db)) {
    // The next batch.
  }
  const { hours, days, calls } = await said()
  assert.deepEqual(hours, calls)
  assert.deepEqual(days, calls)
  assert.equal((await db`select 1 from report_changes`).length, 0)
  assert.equal((await db`select 1 from report_hours where attempted = 0`).length, 0)
})
