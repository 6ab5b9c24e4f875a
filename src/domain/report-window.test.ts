import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { reportWindow } from './report-window.ts'

const hourMs = 3_600_000
const time = fc.integer({ min: 0, max: 100 * 24 * hourMs })

test('ends, hours and days follow each other without a gap, whole ones from the sums', () => {
  fc.assert(
    fc.property(time, time, fc.boolean(), (a, b, days) => {
      const [from, until] = [new Date(Math.min(a, b)), new Date(Math.max(a, b))]
      const window = reportWindow(from, until, { days })
      const inOrder = [from, window.hoursFrom, window.daysFrom, window.daysUntil, window.hoursUntil, until].map(Number)
      assert.deepEqual(
        inOrder,
        inOrder.toSorted((x, y) => x - y),
      )
      if (window.hoursFrom < window.hoursUntil)
        assert.ok(inOrder[1]! % hourMs === 0 && inOrder[4]! % hourMs === 0 && inOrder[1]! - inOrder[0]! < hourMs)
      if (window.daysFrom < window.daysUntil)
        assert.ok(days && inOrder[2]! % (24 * hourMs) === 0 && inOrder[3]! % (24 * hourMs) === 0)
      const longEnough = until.getTime() - from.getTime() >= 2 * hourMs
      if (longEnough) assert.ok(window.hoursFrom < window.hoursUntil)
    }),
  )
})
