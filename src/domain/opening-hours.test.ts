import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkOpeningHours, isOpen, type OpeningHours, openingState, weekdays } from './opening-hours.ts'

const office = [{ from: '09:00', to: '17:30' }]
const london: OpeningHours = {
  timeZone: 'Europe/London',
  weekly: { mon: office, tue: office, wed: office, thu: office, fri: office, sat: [{ from: '10:00', to: '12:00' }] },
  holidays: [
    { date: '2026-12-25', name: 'Christmas', open: [] },
    { date: '2026-12-24', open: [{ from: '09:00', to: '12:00' }] },
    { date: '2026-12-27', name: 'Sale', open: [{ from: '10:00', to: '16:00' }] },
  ],
}
const nights: OpeningHours = {
  timeZone: 'America/New_York',
  weekly: { fri: [{ from: '20:00', to: '24:00' }], sat: [{ from: '00:00', to: '04:00' }] },
  holidays: [],
}

/** The hour from 2 to 3 of its Sunday is not there on 2026-03-08. */
const early: OpeningHours = { ...nights, weekly: { sun: [{ from: '02:15', to: '05:00' }] } }

const moments: readonly [name: string, hours: OpeningHours | null, at: string, open: boolean][] = [
  ['no hours are always open', null, '2026-01-01T03:00:00Z', true],
  ['the first minute', london, '2026-01-12T09:00:00Z', true],
  ['the minute before', london, '2026-01-12T08:59:59Z', false],
  ['the last second', london, '2026-01-12T17:29:59Z', true],
  ['the end is closed', london, '2026-01-12T17:30:00Z', false],
  ['a day without spans', london, '2026-01-11T12:00:00Z', false],
  ['summer time: nine in London is eight in UTC', london, '2026-07-13T08:00:00Z', true],
  ['summer time: half past five is over', london, '2026-07-13T16:30:00Z', false],
  ['a holiday is closed', london, '2026-12-25T12:00:00Z', false],
  ['a short day is open', london, '2026-12-24T11:00:00Z', true],
  ['a short day ends earlier', london, '2026-12-24T13:00:00Z', false],
  ['a special Sunday is open', london, '2026-12-27T12:00:00Z', true],
  ['before midnight', nights, '2026-01-10T04:59:00Z', true],
  ['after midnight', nights, '2026-01-10T05:00:00Z', true],
  ['after the night', nights, '2026-01-10T09:00:00Z', false],
  ['before the hour that is left out', early, '2026-03-08T06:59:00Z', false],
  ['when the clock was put forward over the beginning', early, '2026-03-08T07:00:00Z', true],
]
for (const [name, hours, at, open] of moments)
  test(name, () => {
    assert.equal(isOpen(hours, new Date(at)), open)
    assert.equal(openingState(hours, new Date(at)).open, open)
  })

const states: readonly [name: string, hours: OpeningHours, at: string, since: string | null, until: string | null][] = [
  ['open since the morning', london, '2026-01-12T12:00:00Z', '2026-01-12T09:00:00Z', '2026-01-12T17:30:00Z'],
  ['closed over the weekend', london, '2026-01-11T12:00:00Z', '2026-01-10T12:00:00Z', '2026-01-12T09:00:00Z'],
  ['closed over Christmas', london, '2026-12-25T12:00:00Z', '2026-12-24T12:00:00Z', '2026-12-26T10:00:00Z'],
  ['one night over midnight', nights, '2026-01-10T05:00:00Z', '2026-01-10T01:00:00Z', '2026-01-10T09:00:00Z'],
  // On 2026-03-08 New York loses the hour from 2 to 3: the Friday before is still on winter time.
  ['a beginning left out', early, '2026-03-08T08:00:00Z', '2026-03-08T07:00:00Z', '2026-03-08T09:00:00Z'],
  ['into summer time', nights, '2026-03-09T00:00:00Z', '2026-03-07T09:00:00Z', '2026-03-14T00:00:00Z'],
]
for (const [name, hours, at, since, until] of states)
  test(name, () => {
    const state = openingState(hours, new Date(at))
    assert.deepEqual(
      [state.since?.toISOString() ?? null, state.until?.toISOString() ?? null],
      [since && new Date(since).toISOString(), until && new Date(until).toISOString()],
    )
  })

test('always open, and never open, know no change', () => {
  const whole = [{ from: '00:00', to: '24:00' }]
  const always = { timeZone: 'UTC', weekly: Object.fromEntries(weekdays.map((day) => [day, whole])), holidays: [] }
  const never = { timeZone: 'UTC', weekly: {}, holidays: [] }
  const now = new Date('2026-01-11T12:00:00Z')
  assert.deepEqual(openingState(never, now), { open: false, since: null, until: null })
  assert.deepEqual([openingState(always, now).open, openingState(always, now).until], [true, null])
})

test('both ways of asking agree at any time, and a state holds until it ends', () => {
  const minute = (n: number) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`
  const span = fc
    .tuple(fc.integer({ min: 0, max: 1_439 }), fc.integer({ min: 1, max: 1_440 }))
    .filter(([from, to]) => from < to)
    .map(([from, to]) => [{ from: minute(from), to: minute(to) }])
  const hours = fc.record({
    timeZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/Phoenix'),
    weekly: fc.record(Object.fromEntries(weekdays.map((day) => [day, span])), { requiredKeys: [] }),
    holidays: fc.constant([{ date: '2026-06-10', open: [] }]),
  })
  const at = fc.date({
    min: new Date('2026-06-01T00:00:00Z'),
    max: new Date('2026-06-20T00:00:00Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(hours, at, (some, now) => {
      const state = openingState(some, now)
      assert.equal(state.open, isOpen(some, now))
      if (state.until !== null) {
        assert.ok(state.until > now)
        assert.equal(isOpen(some, new Date(state.until.getTime() - 1)), state.open)
        assert.equal(isOpen(some, state.until), !state.open)
      }
      if (state.since !== null) assert.ok(state.since <= now)
    }),
    { numRuns: 60 },
  )
})

const faulty: readonly [name: string, hours: OpeningHours, fault: RegExp | null][] = [
  ['right', london, null],
  ['an offset', { ...london, timeZone: '+01:00' }, /time zone/],
  ['an unknown zone', { ...london, timeZone: 'Europe/Atlantis' }, /time zone/],
  ['over midnight in one', { ...london, weekly: { mon: [{ from: '22:00', to: '02:00' }] } }, /later one/],
  ['no time', { ...london, weekly: { mon: [{ from: '9', to: '17:00' }] } }, /09:00/],
  ['overlap', { ...london, weekly: { mon: [...office, { from: '17:00', to: '18:00' }] } }, /overlap/],
  ['no such day', { ...london, holidays: [{ date: '2026-02-30', open: [] }] }, /date/],
  ['the same day twice', { ...london, holidays: [...london.holidays, london.holidays[0]!] }, /once/],
]
for (const [name, hours, fault] of faulty)
  test(`hours are checked: ${name}`, () => {
    const faults = checkOpeningHours(hours)
    if (fault === null) assert.deepEqual(faults, [])
    else assert.match(faults.join(' '), fault)
  })
