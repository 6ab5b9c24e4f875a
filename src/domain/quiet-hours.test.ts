import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isQuiet } from './quiet-hours.ts'

const rows: [string, string, string, string, boolean][] = [
  // from, to, zone, UTC time, quiet
  ['09:00', '17:00', 'UTC', '2026-03-01T08:59:59Z', false],
  ['09:00', '17:00', 'UTC', '2026-03-01T09:00:00Z', true],
  ['09:00', '17:00', 'UTC', '2026-03-01T16:59:59Z', true],
  ['09:00', '17:00', 'UTC', '2026-03-01T17:00:00Z', false],
  ['21:00', '08:00', 'UTC', '2026-03-01T20:59:00Z', false],
  ['21:00', '08:00', 'UTC', '2026-03-01T21:00:00Z', true],
  ['21:00', '08:00', 'UTC', '2026-03-01T00:00:00Z', true],
  ['21:00', '08:00', 'UTC', '2026-03-01T07:59:00Z', true],
  ['21:00', '08:00', 'UTC', '2026-03-01T08:00:00Z', false],
  ['08:00', '08:00', 'UTC', '2026-03-01T08:00:00Z', false],
  ['00:00', '24:00', 'UTC', '2026-03-01T23:59:00Z', true],
  // New York is five hours behind in winter and four in summer.
  ['21:00', '08:00', 'America/New_York', '2026-01-15T12:59:00Z', true],
  ['21:00', '08:00', 'America/New_York', '2026-01-15T13:00:00Z', false],
  ['21:00', '08:00', 'America/New_York', '2026-07-15T12:00:00Z', false],
  ['21:00', '08:00', 'Asia/Kolkata', '2026-07-15T15:30:00Z', true],
  ['21:00', '08:00', 'Asia/Kolkata', '2026-07-15T15:29:00Z', false],
]
for (const [from, to, timeZone, now, quiet] of rows) {
  test(`${now} is ${quiet ? '' : 'not '}quiet from ${from} to ${to} in ${timeZone}`, () =>
    assert.equal(isQuiet({ from, to, timeZone }, new Date(now)), quiet))
}

test('without quiet hours it is never quiet', () => assert.equal(isQuiet(null, new Date()), false))
