import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  admit,
  type Circuit,
  circuitAfter,
  circuitState,
  closedCircuit,
  openMs,
  probeMs,
  verdictOf,
} from './circuit.ts'

const start = Date.parse('2026-05-01T12:00:00Z')
const at = (seconds: number) => new Date(start + seconds * 1_000)

/** Plays `<seconds><+ works | - fails>` words and tells the state at the end. */
function play(words: string, circuit: Circuit = closedCircuit): Circuit {
  return words.split(' ').reduce((now, word) => {
    const seconds = Number(word.slice(0, -1))
    return circuitAfter(now, word.endsWith('+') ? 'works' : 'fails', at(seconds))
  }, circuit)
}

const table: readonly (readonly [string, string, number, string])[] = [
  ['four failures', '0- 1- 2- 3-', 3, 'closed'],
  ['five failures in a row', '0- 1- 2- 3- 4-', 4, 'open'],
  ['a good answer between', '0- 1- 2- 3- 4+ 5- 6-', 6, 'closed'],
  ['five in a row, too slowly', '0- 20- 40- 60- 61-', 61, 'closed'],
  ['five within the minute', '0- 15- 30- 45- 60-', 60, 'open'],
  ['its time is over', '0- 1- 2- 3- 4-', 34, 'half-open'],
  ['a late failure does not prolong it', '0- 1- 2- 3- 4- 20-', 34, 'half-open'],
  ['a late success closes it', '0- 1- 2- 3- 4- 20+', 20, 'closed'],
  ['the probe fails: open again', '0- 1- 2- 3- 4- 40-', 69, 'open'],
  ['the probe fails: and half-open after it', '0- 1- 2- 3- 4- 40-', 70, 'half-open'],
  ['the probe works', '0- 1- 2- 3- 4- 40+', 40, 'closed'],
  ['after the probe worked, it takes five again', '0- 1- 2- 3- 4- 40+ 41- 42- 43- 44-', 44, 'closed'],
]
for (const [what, words, seconds, expected] of table)
  test(`circuit: ${what}: ${expected}`, () => assert.equal(circuitState(play(words), at(seconds)), expected))

test('a closed circuit lets everybody through, an open one nobody, a half-open one the first', () => {
  assert.deepEqual(admit(closedCircuit, at(0)), { circuit: closedCircuit })
  const open = play('0- 1- 2- 3- 4-')
  assert.deepEqual(admit(open, at(10)), { againAt: at(4 + openMs / 1_000) })
  const first = admit(open, at(40))
  assert.ok('circuit' in first)
  assert.deepEqual(admit(first.circuit, at(41)), { againAt: at(40 + probeMs / 1_000) })
  assert.ok('circuit' in admit(first.circuit, at(61)), 'whoever probed is gone')
  assert.equal(circuitState(circuitAfter(first.circuit, 'works', at(42)), at(42)), 'closed')
})

test('which failures count', () => {
  const kinds = ['unreachable', 'unknown-outcome', 'misconfigured', 'throttled', 'blocked', 'opted-out', null]
  assert.deepEqual(kinds.map(verdictOf), ['fails', 'fails', 'fails', 'nothing', 'works', 'works', 'works'])
})
