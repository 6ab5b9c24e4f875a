import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addDays, dayAt, dayStart, daysBetween, isDay, isZone } from './zone-days.ts'

const iso = (day: string, zone: string) => new Date(dayStart(day, zone)).toISOString()

test('a day begins when the zone says so, also where clocks change', () => {
  assert.equal(iso('2026-11-23', 'UTC'), '2026-11-23T00:00:00.000Z')
  assert.equal(iso('2026-11-23', 'America/Los_Angeles'), '2026-11-23T08:00:00.000Z')
  assert.equal(iso('2026-11-23', 'Asia/Kolkata'), '2026-11-22T18:30:00.000Z')
  assert.equal(iso('2026-11-23', 'Pacific/Kiritimati'), '2026-11-22T10:00:00.000Z')
  // New York goes back at 02:00 on the 1st of November and forward at 02:00 on the 8th of March.
  assert.equal(iso('2026-11-01', 'America/New_York'), '2026-11-01T04:00:00.000Z')
  assert.equal(iso('2026-11-02', 'America/New_York'), '2026-11-02T05:00:00.000Z')
  assert.equal(iso('2026-03-08', 'America/New_York'), '2026-03-08T05:00:00.000Z')
  assert.equal(iso('2026-03-09', 'America/New_York'), '2026-03-09T04:00:00.000Z')
  // Beirut jumps from midnight to one o'clock, so the day has no midnight; Havana has the hour from midnight twice.
  assert.equal(iso('2026-03-29', 'Asia/Beirut'), '2026-03-28T22:00:00.000Z')
  assert.equal(iso('2026-11-01', 'America/Havana'), '2026-11-01T04:00:00.000Z')
})

test('days are counted, and told by the zone’s clock', () => {
  assert.equal(dayAt(Date.parse('2026-11-23T03:00:00Z'), 'America/New_York'), '2026-11-22')
  assert.equal(dayAt(Date.parse('2026-11-23T03:00:00Z'), 'Europe/London'), '2026-11-23')
  assert.equal(addDays('2026-02-27', 2), '2026-03-01')
  assert.equal(addDays('2026-01-01', -1), '2025-12-31')
  assert.equal(daysBetween('2026-11-23', '2026-11-23'), 1)
  assert.equal(daysBetween('2026-10-24', '2026-11-23'), 31)
})

test('what is no day and no zone is told apart', () => {
  assert.equal(isDay('2026-11-23'), true)
  for (const text of ['', '2026-13-01', '23.11.2026', '2026-11-23T00:00']) assert.equal(isDay(text), false, text)
  assert.equal(isZone('Europe/London'), true)
  for (const zone of ['', 'Mars/Olympus', 'Europe/']) assert.equal(isZone(zone), false, zone)
})
