import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Presence, presenceAt, vanishSeconds } from './presence.ts'

const now = new Date('2026-03-02T12:00:00Z')
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000)

const rows: readonly [status: Presence | null, seenSecondsAgo: number, counts: Presence][] = [
  ['online', 0, 'online'],
  ['online', vanishSeconds, 'online'],
  ['online', vanishSeconds + 1, 'offline'],
  ['away', 59, 'away'],
  ['away', 61, 'offline'],
  ['offline', 0, 'offline'],
  [null, 0, 'offline'],
]
for (const [status, seconds, counts] of rows)
  test(`${status ?? 'never set'}, seen ${seconds} s ago: ${counts}`, () => {
    assert.equal(presenceAt(status === null ? null : { status, seenAt: ago(seconds) }, now), counts)
  })
