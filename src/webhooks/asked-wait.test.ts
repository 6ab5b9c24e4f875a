import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedWait } from './asked-wait.ts'

test('429 and 503 may ask for a wait, in seconds or until a date, a day at most; no other answer may', () => {
  const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
  const rows = [
    [429, {}, null],
    [503, { 'retry-after': 'soon' }, null],
    [429, { 'retry-after': '120' }, 120],
    [503, { 'retry-after': '120' }, 120],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 15:00:00 GMT', date }, 5 * 3_600],
    [503, { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT', date }, 0],
    [429, { 'retry-after': '604800' }, 86_400],
    [429, { 'retry-after': 'Sun, 29 Nov 2026 10:00:00 GMT', date }, 86_400],
    [500, { 'retry-after': '120' }, null],
    [301, { 'retry-after': '120' }, null],
    [410, { 'retry-after': '120' }, null],
  ] as const
  for (const [status, headers, seconds] of rows)
    assert.equal(askedWait({ status, headers, text: '' }), seconds, `${status} ${JSON.stringify(headers)}`)
})
