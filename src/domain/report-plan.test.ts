import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { bucketsOf } from './report-buckets.ts'
import { planReport, type ReportGrain } from './report-plan.ts'
import { offsetLabel, shiftOf, zoneOffsets } from './zone-offsets.ts'

const hourMs = 3_600_000
/** Whole hours, halves, quarters, a turn of half an hour (Lord Howe), one at midnight (Beirut), a day left out (Apia). */
const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu'],
  ...['Australia/Lord_Howe', 'Pacific/Chatham', 'Asia/Beirut', 'America/St_Johns', 'Pacific/Apia'],
]
/** Local time by Intl alone: `2026-10-25 02:30:00`. */
const formats = new Map(
  [...zones, 'Europe/Amsterdam'].map((timeZone) => [
    timeZone,
    new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
  ]),
)
const localOf = (timeZone: string, at: number) => formats.get(timeZone)!.format(at)

const moment = fc.integer({ min: Date.UTC(2026, 2, 1), max: Date.UTC(2026, 10, 30) })
const window = fc
  .tuple(moment, fc.oneof(fc.integer({ min: 1, max: 5 * hourMs }), fc.integer({ min: 1, max: 30 * 24 * hourMs })))
  .map(([from, span]) => ({ from: new Date(from), until: new Date(from + span) }))
const zone = fc.constantFrom(...zones)

test('offsets are those of the clock on the wall', () => {
  fc.assert(
    fc.property(zone, window, fc.double({ min: 0, max: 1, noNaN: true }), (timeZone, { from, until }, where) => {
      const offsets = zoneOffsets(timeZone, from, until)
      const at = Math.floor(from.getTime() + where * (until.getTime() - from.getTime() - 1))
      const local = new Date(at + shiftOf(offsets, at)).toISOString().slice(0, 19).replace('T', ' ')
      assert.equal(local, localOf(timeZone, at))
      assert.deepEqual(
        offsets.map(({ since }) => since),
        offsets.map(({ since }) => since).toSorted((a, b) => a - b),
      )
    }),
    { numRuns: 200 },
  )
})

test('a moment of old is read as well: seconds of local mean time', () => {
  const offsets = zoneOffsets('Europe/Amsterdam', new Date('1936-01-01T00:00Z'), new Date('1936-01-02T00:00Z'))
  assert.deepEqual(
    offsets.map(({ shiftMs }) => offsetLabel(shiftMs)),
    [localOf('Europe/Amsterdam', Date.UTC(1936, 0, 1)).endsWith('00:19:32') ? '+00:19:32' : '+00:00'],
  )
  assert.equal(offsetLabel(-(3.5 * hourMs)), '-03:30')
  assert.equal(offsetLabel(1_172_000), '+00:19:32')
})

test('every moment is read once: from a day, an hour or the calls; and no sum is on both sides of a border', () => {
  const grains = ['none', 'day', 'hour', 'minute'] as const satisfies readonly ReportGrain[]
  fc.assert(
    fc.property(zone, window, fc.constantFrom(...grains), fc.boolean(), (timeZone, { from, until }, grain, days) => {
      const offsets = zoneOffsets(timeZone, from, until)
      const plan = planReport({ from, until }, grain, offsets, { days })
      const split = new Set(plan.splitHours.map(Number))
      const pieces = plan.spans.map((span) => [Number(span.from), Number(span.until)] as const)
      for (let hour = Number(plan.hoursFrom); hour < Number(plan.hoursUntil); hour += hourMs) {
        if (split.has(hour)) continue
        pieces.push([hour, hour + hourMs])
        assert.equal(hour % hourMs, 0)
        if (grain !== 'day' && grain !== 'hour') continue
        const labels = [hour, hour + hourMs - 1].map((at) => localOf(timeZone, at).slice(0, grain === 'day' ? 10 : 13))
        assert.equal(labels[0], labels[1])
      }
      const inOrder = pieces.toSorted(([a], [b]) => a - b)
      assert.equal(inOrder[0]![0], Number(from))
      assert.equal(inOrder.at(-1)![1], Number(until))
      for (const [place, [begin]] of inOrder.entries()) if (place > 0) assert.equal(begin, inOrder[place - 1]![1])
      assert.ok(plan.daysFrom >= plan.hoursFrom && plan.daysUntil <= plan.hoursUntil)
      if (plan.daysFrom < plan.daysUntil) {
        assert.equal((Number(plan.daysFrom) % (24 * hourMs)) + (Number(plan.daysUntil) % (24 * hourMs)), 0)
        assert.ok(days && (grain === 'none' || timeZone === 'UTC') && split.size === 0)
      }
    }),
    { numRuns: 100 },
  )
})

test('a day of 25 hours, one of 23, and a night in which half an hour comes twice', () => {
  const hours = (timeZone: string, from: string, to: string) => {
    const period = { from: new Date(from), to: new Date(to) }
    return bucketsOf('hour', period, zoneOffsets(timeZone, period.from, period.to))
  }
  const long = hours('Europe/Berlin', '2026-10-25T00:00+02:00', '2026-10-26T00:00+01:00')
  assert.equal(long.length, 25)
  assert.deepEqual(long.slice(1, 5), [
    ...['2026-10-25T01:00+02:00', '2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00', '2026-10-25T03:00+01:00'],
  ])
  const short = hours('Europe/Berlin', '2026-03-29T00:00+01:00', '2026-03-30T00:00+02:00')
  assert.equal(short.length, 23)
  assert.ok(!short.some((hour) => String(hour).includes('T02:00')))
  assert.deepEqual(hours('Asia/Kolkata', '2026-10-25T03:40Z', '2026-10-25T05:00Z'), [
    ...['2026-10-25T09:00+05:30', '2026-10-25T10:00+05:30'],
  ])
  const half = hours('Australia/Lord_Howe', '2026-04-05T00:00+11:00', '2026-04-05T03:00+10:30')
  assert.deepEqual(half, [
    ...['2026-04-05T00:00+11:00', '2026-04-05T01:00+11:00', '2026-04-05T01:00+10:30', '2026-04-05T02:00+10:30'],
  ])
})

test('days of a period, the first and last in part; weekdays and hours of the day are always all', () => {
  const period = { from: new Date('2026-10-24T22:30Z'), to: new Date('2026-10-26T23:00Z') }
  const offsets = zoneOffsets('Europe/Berlin', period.from, period.to)
  assert.deepEqual(bucketsOf('day', period, offsets), ['2026-10-25', '2026-10-26'])
  assert.equal(bucketsOf('weekday', period, offsets).length, 7)
  assert.equal(bucketsOf('hourOfDay', period, offsets).length, 24)
  const minutes = { from: new Date('2026-10-25T00:58:30Z'), to: new Date('2026-10-25T01:01Z') }
  assert.deepEqual(bucketsOf('minute', minutes, zoneOffsets('Europe/Berlin', minutes.from, minutes.to)), [
    ...['2026-10-25T02:58+02:00', '2026-10-25T02:59+02:00', '2026-10-25T02:00+01:00'],
  ])
})
