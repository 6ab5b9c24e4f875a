import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { assertReport } from '../../test/assert-report.ts'
import {
  type CallRow,
  type Cast,
  consumers,
  minute,
  minuteMs,
  play,
  spanMinutes,
  start,
  sumUpAll,
  testCast,
  word,
} from '../../test/random-calls.ts'
import { testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type ReportFilters, type ReportQuery, reportDimensions } from '../domain/report-query.ts'
import { doctor } from './doctor.ts'
import { report } from './report.ts'

/*
 * Random journeys, and random questions about them: by any two dimensions, in time zones that are whole hours apart and in
 * some that are not, filtered, compared, with repeat calls of any number of days. Every figure must be what a slow and
 * obvious look at the calls says. A failure prints the seed that shows it again.
 */
let server: TestServer
let cast: Cast

before(async () => {
  server = await testServer()
  cast = await testCast(server, await testBrand(server))
})
after(() => server.close())

const list = <T>(...values: T[]) => fc.option(fc.subarray(values, { minLength: 1 }), { nil: undefined, freq: 2 })
const period = fc.oneof(
  fc.record({ from: minute, length: fc.integer({ min: 1, max: spanMinutes }) }),
  fc.constant({ from: 0, length: spanMinutes }),
)
const question = fc.record({
  period,
  other: fc.option(period),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns', 'Pacific/Chatham'),
  groupBy: fc.subarray([...reportDimensions], { maxLength: 2 }),
  repeatDays: fc.integer({ min: 1, max: 4 }),
  channels: list<string | null>('sms', 'wa'),
  countries: list<string | null>('US', 'DE', null),
  ivrNumbers: list<string | null>('18005550111', null),
  variants: list<string | null>('short', null),
  reasons: list<string | null>('landline', 'not_invited', 'twilio_30006', 'no_receipt', null),
  mine: fc.boolean(),
})

type Question = typeof question extends fc.Arbitrary<infer T> ? T : never

function queryOf({ period, other, groupBy, timeZone, repeatDays, mine, ...lists }: Question): ReportQuery {
  const { brand, template } = cast
  const span = (wanted: { from: number; length: number }) => {
    // Told apart by minute, a period is three hours at most.
    const minutes = groupBy.includes('minute') ? Math.min(wanted.length, 180) : wanted.length
    const from = new Date(start + wanted.from * minuteMs)
    return { from, to: new Date(from.getTime() + minutes * minuteMs) }
  }
  const ours = { skills: [brand.skills.support], handoffs: [brand.handoffId], templates: [template, null] }
  const filters = { ...Object.fromEntries(Object.entries(lists).filter(([, values]) => values !== undefined)) }
  return {
    ...{ accountId: brand.accountId, timeZone, groupBy, repeatDays, ...span(period) },
    filters: { ...filters, ...(mine ? ours : {}) } as ReportFilters,
    compareWith: other === null ? null : span(other),
  }
}

const callsNow = async () =>
  server.deps.db<
    CallRow[]
  >`select * from calls where account_id = ${cast.brand.accountId} order by attempted_at, call_id`

test('whatever happens to calls and whatever is asked, every figure is that of the calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(word, { minLength: 5, maxLength: 60 }),
      fc.array(question, { minLength: 5, maxLength: 5 }),
      async (words, questions) => {
        await play(server.deps.db, cast, words)
        assert.deepEqual(await doctor(server.deps.db), [])
        const all = await callsNow()
        for (const one of questions) await assertReport(server.deps.db, queryOf(one), all)
      },
    ),
    { numRuns: 12 },
  )
})

test('every dimension, filter and day of repeating is asked for at least once', async () => {
  const [words] = fc.sample(fc.array(word, { minLength: 120, maxLength: 120 }), 1) as [never[]]
  await play(server.deps.db, cast, words)
  const all = await callsNow()
  const whole = { from: new Date(start), to: new Date(start + spanMinutes * minuteMs) }
  const common = { accountId: cast.brand.accountId, timeZone: 'Asia/Kolkata', filters: {}, compareWith: null }
  for (const [place, dimension] of reportDimensions.entries()) {
    const to = dimension === 'minute' ? new Date(start + 180 * minuteMs) : whole.to
    await assertReport(server.deps.db, { ...common, ...whole, to, groupBy: [dimension], repeatDays: place + 1 }, all)
  }
})

test('a consumer who calls again makes the call before a repeated one, at once and however late it is summed up', async () => {
  const { db } = server.deps
  await play(db, cast, [])
  const call = async (minutes: number, columns: Record<string, unknown> = {}) => {
    const [row] = await db<{ callId: string }[]>`
      insert into calls ${db({
        ...{ account_id: cast.brand.accountId, call_id: crypto.randomUUID(), credential_id: 'key' },
        ...{ attempted_at: new Date(start + minutes * minuteMs), consumer_phone: consumers[0]!.phone },
        ...{ handoff_id: cast.brand.handoffId, skill_id: cast.brand.skills.support, available_channels: ['sms'] },
        ...columns,
      } as never)} returning call_id as "callId"`
    return row!.callId
  }
  const query = { ...{ accountId: cast.brand.accountId, timeZone: 'UTC', filters: {}, compareWith: null }, groupBy: [] }
  const counts = async (repeatDays: number, days = 60) => {
    const to = new Date(start + days * 24 * 60 * minuteMs)
    const { totals } = await report(db, { ...query, from: new Date(start), to, repeatDays }, 1)
    return [totals.repeated, totals.contained]
  }
  const both = async (repeatDays: number, expected: readonly [number, number], days?: number) => {
    assert.deepEqual(await counts(repeatDays, days), expected)
    await sumUpAll(db)
    assert.deepEqual(await counts(repeatDays, days), expected)
    assert.deepEqual(await doctor(db), [])
  }
  const day = 24 * 60
  const answered = { sent_at: new Date(start), replied_at: new Date(start) }
  await call(0, answered)
  await both(30, [0, 1])
  // Another consumer, and one whose number is not known, twice.
  await call(1, { consumer_phone: consumers[1]!.phone })
  await call(2, { consumer_phone: '' })
  await call(3, { consumer_phone: '' })
  await both(30, [0, 1])
  // Exactly seven days later, to the microsecond, is within seven days; the first ten hours alone are asked for, too.
  const again = await call(7 * day)
  await both(7, [1, 0])
  await both(6, [0, 1])
  await both(7, [1, 0], 10 / 24)
  // One in between takes its place, although it is stored later; a number that is corrected gives it back.
  const between = await call(2 * day, answered)
  await both(2, [1, 1])
  await both(5, [2, 0])
  await db`update calls set consumer_phone = ${consumers[2]!.phone} where call_id = ${between}`
  await both(7, [1, 1])
  await db`delete from calls where call_id = ${again}`
  await both(30, [0, 2])
  await call(30 * day + 1)
  await both(30, [0, 2])
})
