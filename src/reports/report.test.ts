import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { assertReport } from '../../test/assert-report.ts'
import { minuteMs } from '../../test/random-calls.ts'
import { dice, reportedCalls, spanMinutes, start } from '../../test/reported-calls.ts'
import { dimensionOf, slowFigures } from '../../test/slow-report.ts'
import { isClock, type ReportDimension, type ReportFilters, reportDimensions } from '../domain/report-query.ts'
import { report } from './report.ts'

/*
 * Reports beside an obvious computation over the calls themselves: every dimension and pair of them, in zones of whole, half
 * and quarter hours, over days on which the clock is turned; some calls are in the sums, some have changed since, some are new.
 */
const { server, brand, otherHandoff, template, calls, asked } = await reportedCalls()
const { db } = server.deps
after(() => server.close())

const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'America/St_Johns']

test('by every dimension, in every kind of zone', async () => {
  const clock = ['hour', 'day', 'weekday', 'hourOfDay'] as const
  const some: readonly (readonly [string, readonly ReportDimension[]])[] = [
    ['Europe/Berlin', clock],
    ['Asia/Kolkata', clock],
    ['Australia/Lord_Howe', ['hour', 'day']],
    ['Asia/Kathmandu', ['hourOfDay']],
    ['UTC', ['day', 'weekday']],
  ]
  for (const [timeZone, dimensions] of some)
    for (const dimension of dimensions) await assertReport(db, asked({ timeZone, groupBy: [dimension] }), calls)
  for (const dimension of reportDimensions.filter((one) => !isClock(one)))
    await assertReport(db, asked({ timeZone: 'Asia/Kolkata', groupBy: [dimension] }), calls)
})

test('by pairs, filtered, from any moment to any other', async () => {
  const roll = dice(99)
  const pairs = [
    ...[['weekday', 'hourOfDay'] as const, ['day', 'reason'] as const, ['skill', 'channel'] as const],
    ...[['hour', 'country'] as const, ['error', 'handoff'] as const, ['variant', 'template'] as const],
  ]
  const filters: readonly ReportFilters[] = [
    {},
    { channels: [], skills: [brand.skills.sales] },
    { ivrNumbers: [null, '+18005550111'] },
    { reasons: ['landline', 'twilio_30006', 'waiting'] },
    { countries: ['IN'], senders: [brand.smsSender.senderId] },
    { variants: ['A'], handoffs: [otherHandoff] },
    { templates: [template], reasons: [null] },
    { channels: ['carrier pigeon'] },
  ]
  for (const [place, filter] of filters.entries())
    for (const groupBy of [pairs[place % pairs.length]!, pairs[(place + 3) % pairs.length]!]) {
      const from = new Date(start + roll(spanMinutes) * minuteMs + roll(60_000))
      const to = new Date(from.getTime() + 1 + roll(3 * 24 * 60) * minuteMs + roll(60_000))
      await assertReport(db, asked({ from, to, timeZone: zones[roll(zones.length)]!, groupBy, filters: filter }), calls)
    }
})

test('minute by minute, in the hour that comes twice', async () => {
  const [from, to] = [new Date('2026-10-25T00:15:20Z'), new Date('2026-10-25T01:50Z')]
  const found = await assertReport(db, asked({ from, to, timeZone: 'Europe/Berlin', groupBy: ['minute'] }), calls)
  assert.equal(found.rows.length, 95)
  assert.equal(found.rows[0]!.group.minute, '2026-10-25T02:15+02:00')
  assert.equal(found.rows.at(-1)!.group.minute, '2026-10-25T02:49+01:00')
})

test('losses: every call is lost at one step or came to the end, and each reason has its calls', async () => {
  const { losses } = await assertReport(db, asked({}), calls)
  const names = ['eligible', 'sent', 'delivered', 'read', 'replied', 'handled', 'closed']
  assert.deepEqual(
    losses.map(({ step }) => step),
    names,
  )
  for (const { reasons } of losses) {
    assert.ok(reasons.every(({ sentence }) => /^[A-Z].+\.$/.test(sentence)))
    assert.ok(reasons.every((reason, at) => at === 0 || reason.calls <= reasons[at - 1]!.calls))
  }
})

test('two periods beside each other: days by their place, all else by itself', async () => {
  const [now, then] = [
    { from: new Date('2026-10-25T00:00+02:00'), to: new Date('2026-10-28T00:00+01:00') },
    { from: new Date('2026-10-22T00:00+02:00'), to: new Date('2026-10-25T00:00+02:00') },
  ]
  const timeZone = 'Europe/Berlin'
  const byDay = await assertReport(db, asked({ ...now, timeZone, groupBy: ['day'], compareWith: then }), calls)
  assert.equal(byDay.rows.length, 3)
  for (const [place, row] of byDay.rows.entries()) {
    assert.equal(row.group.day, `2026-10-${25 + place}`)
    const before = calls.filter((call) => dimensionOf(call, 'day', timeZone) === `2026-10-${22 + place}`)
    assert.deepEqual(row.compared, slowFigures(before, calls, 7))
  }
  await assertReport(db, asked({ ...now, timeZone, groupBy: ['skill'], compareWith: then }), calls)
  const shorter = { ...then, to: new Date('2026-10-23T00:00+02:00') }
  const uneven = await report(db, asked({ ...shorter, timeZone, groupBy: ['day'], compareWith: now }), 100)
  assert.deepEqual([uneven.rows.length, uneven.compared!.attempted], [1, byDay.totals.attempted])
})

test('rows are cut where asked, and it is said', async () => {
  const whole = await report(db, asked({ groupBy: ['hour'] }), 1_000)
  assert.equal(whole.rows.length, 6 * 24 + 1)
  const cut = await report(db, asked({ groupBy: ['hour'] }), 10)
  assert.deepEqual([cut.rows.length, cut.more], [10, true])
  assert.deepEqual(cut.rows, whole.rows.slice(0, 10))
  assert.deepEqual(cut.totals, whole.totals)
})
