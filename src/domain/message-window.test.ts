import assert from 'node:assert/strict'
import { test } from 'node:test'
import { windowClosed, windowEnd } from './message-window.ts'

const noon = new Date('2026-05-01T12:00:00Z')
const later = (hours: number, ms = 0) => new Date(noon.getTime() + hours * 3_600_000 + ms)

test('24 hours after the last message, the last moment included', () => {
  const end = windowEnd(noon, 24)
  assert.deepEqual(end, later(24))
  assert.deepEqual(
    [later(0), later(24), later(24, 1)].map((now) => windowClosed(end, now)),
    [false, false, true],
  )
})

test('a channel without a window is never closed; a consumer who never wrote has none', () => {
  assert.equal(windowClosed(windowEnd(null, null), noon), false)
  assert.equal(windowClosed(windowEnd(noon, null), later(1_000)), false)
  assert.equal(windowClosed(windowEnd(null, 24), noon), true)
})
