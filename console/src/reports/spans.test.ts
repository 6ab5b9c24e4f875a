import assert from 'node:assert/strict'
import { test } from 'node:test'
import { comparedSpanOf, type DaySpan, daysOf, type SpanName, spanOf } from './spans.ts'

const zone = 'Europe/London'
const now = Date.parse('2026-11-23T10:30:20Z')
const typed = { first: '', last: '' }
const iso = (span: { from: number; to: number } | null) =>
  span === null ? null : [span.from, span.to].map((at) => new Date(at).toISOString().slice(0, 16))

test('each name means days of the zone', () => {
  const rows: readonly (readonly [SpanName, DaySpan])[] = [
    ['today', { first: '2026-11-23', last: '2026-11-23' }],
    ['yesterday', { first: '2026-11-22', last: '2026-11-22' }],
    ['7d', { first: '2026-11-17', last: '2026-11-23' }],
    ['28d', { first: '2026-10-27', last: '2026-11-23' }],
    ['90d', { first: '2026-08-26', last: '2026-11-23' }],
    ['month', { first: '2026-11-01', last: '2026-11-23' }],
    ['last-month', { first: '2026-10-01', last: '2026-10-31' }],
  ]
  for (const [name, days] of rows) assert.deepEqual(daysOf(name, typed, now, zone), days, name)
  assert.equal(daysOf('today', typed, now, 'Pacific/Auckland')?.first, '2026-11-23')
  assert.equal(daysOf('today', typed, Date.parse('2026-11-23T12:00:00Z'), 'Pacific/Auckland')?.first, '2026-11-24')
  const days = { first: '2026-03-01', last: '2026-03-02' }
  assert.deepEqual(daysOf('days', days, now, zone), days)
  for (const wrong of [typed, { first: '2026-03-02', last: '2026-03-01' }, { first: 'x', last: '2026-03-01' }]) {
    assert.equal(daysOf('days', wrong, now, zone)?.first, '2026-11-17')
  }
})

test('a span is whole days; live, it is the last sixty minutes with the one that has begun', () => {
  assert.deepEqual(iso(spanOf({ first: '2026-10-25', last: '2026-10-25' }, now, zone)), [
    '2026-10-24T23:00',
    '2026-10-26T00:00',
  ])
  assert.deepEqual(iso(spanOf(null, now, zone)), ['2026-11-23T09:31', '2026-11-23T10:31'])
})

test('what is over is compared whole, what is not only as far as it has come', () => {
  const days = { first: '2026-11-17', last: '2026-11-23' }
  assert.equal(comparedSpanOf('none', '', days, now, zone), null)
  assert.deepEqual(iso(comparedSpanOf('before', '', days, now, zone)), ['2026-11-10T00:00', '2026-11-16T10:31'])
  const over = { first: '2026-11-09', last: '2026-11-15' }
  assert.deepEqual(iso(comparedSpanOf('before', '', over, now, zone)), ['2026-11-02T00:00', '2026-11-09T00:00'])
  assert.deepEqual(iso(comparedSpanOf('year', '', over, now, zone)), ['2025-11-10T00:00', '2025-11-17T00:00'])
  assert.deepEqual(iso(comparedSpanOf('days', '2026-01-05', over, now, zone)), ['2026-01-05T00:00', '2026-01-12T00:00'])
  assert.equal(comparedSpanOf('days', '', over, now, zone), null)
  assert.deepEqual(iso(comparedSpanOf('before', '', null, now, zone)), ['2026-11-23T08:31', '2026-11-23T09:31'])
})
