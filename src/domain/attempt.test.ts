import assert from 'node:assert/strict'
import test from 'node:test'
import { askAtSeconds, backoffMs, mayStillCall, nextAskSeconds } from './attempt.ts'

test('waits double from a second to half a minute, spread over their upper half', () => {
  const table: [tries: number, least: number, most: number][] = [
    [1, 500, 1_000],
    [2, 1_000, 2_000],
    [5, 8_000, 16_000],
    [6, 15_000, 30_000],
    [400, 15_000, 30_000],
  ]
  for (const [tries, least, most] of table)
    assert.deepEqual([backoffMs(tries, null, 0), backoffMs(tries, null, 1)], [least, most])
})

test('what the provider asked for is never shortened, save by the cap of a minute', () => {
  assert.equal(backoffMs(1, 7_000, 0.5), 7_000)
  assert.equal(backoffMs(6, 7_000, 1), 30_000)
  assert.equal(backoffMs(1, 1e9, 0), 60_000)
  assert.equal(backoffMs(1, -5, 0), 500)
})

test('questions come at their seconds after the outcome became unknown, and end', () => {
  for (const reason of ['unclear-answer', 'lease-expired'] as const) {
    const at: number[] = []
    let sum = 0
    for (let asked = 0, wait = nextAskSeconds(reason, 0); wait !== null; wait = nextAskSeconds(reason, asked)) {
      sum += wait
      at.push(sum)
      asked += 1
    }
    assert.deepEqual(at, askAtSeconds[reason])
  }
})

test('a call begins only when even the longest one ends within the lease', () => {
  assert.equal(mayStillCall(0, 15_000), true)
  assert.equal(mayStillCall(4_999, 15_000), true)
  assert.equal(mayStillCall(5_000, 15_000), false)
  assert.equal(mayStillCall(60_000, 500), false)
})
