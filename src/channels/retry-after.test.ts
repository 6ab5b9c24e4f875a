import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retryAfterMs } from './retry-after.ts'

const answer = (headers: Readonly<Record<string, string>>) => ({ status: 429, headers, text: '' })

test('Retry-After in seconds or as a date, by the provider’s own clock, an hour at most (PO-01)', () => {
  const date = 'Sun, 22 Nov 2026 10:00:00 GMT'
  const rows = [
    [{}, null],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': '-1' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': 'Someday' }, null],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': ' 7 ' }, 7_000],
    [{ 'retry-after': '1000000000' }, 3_600_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 10:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT', date }, 0],
    [{ 'retry-after': 'Sun, 22 Nov 2026 20:00:00 GMT', date }, 3_600_000],
  ] as const
  for (const [headers, ms] of rows) assert.equal(retryAfterMs(answer(headers)), ms, JSON.stringify(headers))
})
