import assert from 'node:assert/strict'
import test from 'node:test'
import { firstIdAt, idsOfMonth, uuidV7 } from './uuid-v7.ts'

const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('an id holds its millisecond, as RFC 9562 wants it', () => {
  // The RFC's own example (A.6): 2022-02-22T19:22:22.000Z is 017F22E2-79B0-7…
  const id = uuidV7(new Date('2022-02-22T19:22:22Z'))
  assert.match(id, shape)
  assert.equal(id.slice(0, 13), '017f22e2-79b0')
})

test('ids of one millisecond are in their order and all different; a clock that goes back does no harm', () => {
  const at = new Date()
  const made = Array.from({ length: 2_048 }, () => uuidV7(at))
  assert.deepEqual(made.toSorted(), made)
  for (let n = 0; n < 6_000; n += 1) made.push(uuidV7(at))
  assert.equal(new Set(made).size, 8_048)
  const before = uuidV7(new Date(at.getTime() - 1))
  assert.ok(before < made[0]!)
  assert.ok(made.every((id) => shape.test(id)))
})

test('what is not time and order is chance', () => {
  const tails = new Set(Array.from({ length: 1_000 }, () => uuidV7(new Date(0)).slice(19)))
  assert.equal(tails.size, 1_000)
})

test('a month’s bounds hold its first and last millisecond, and no other month’s', () => {
  const { from, until } = idsOfMonth(uuidV7(new Date('2026-02-28T23:59:59.999Z')))
  assert.equal(from, firstIdAt(new Date('2026-02-01T00:00:00Z')))
  assert.equal(until, firstIdAt(new Date('2026-03-01T00:00:00Z')))
  for (const [at, inside] of [
    ['2026-01-31T23:59:59.999Z', false],
    ['2026-02-01T00:00:00.000Z', true],
    ['2026-02-28T23:59:59.999Z', true],
    ['2026-03-01T00:00:00.000Z', false],
  ] as const) {
    const id = uuidV7(new Date(at))
    assert.equal(id >= from && id < until, inside, at)
  }
  const december = idsOfMonth(uuidV7(new Date('2026-12-31T23:59:59.999Z')))
  assert.equal(december.until, firstIdAt(new Date('2027-01-01T00:00:00Z')))
})

test('a random id may lie anywhere', () => {
  const { from, until } = idsOfMonth('a3bb189e-8bf9-4f5e-9f4f-0d3c1f2b7a11')
  assert.deepEqual([from[0], until[0]], ['0', 'f'])
})
