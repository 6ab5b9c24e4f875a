import assert from 'node:assert/strict'
import { test } from 'node:test'
import { places } from './places.ts'

const taken = (shared: ReturnType<typeof places>, accountId: string | null) => {
  let count = 0
  while (count < 20 && shared.take(accountId) !== null) count += 1
  return count
}

test('one brand has half of the places at most, and each further one finds some', () => {
  const shared = places(10)
  assert.equal(taken(shared, '1'), 5)
  assert.deepEqual(shared.full(), ['1'])
  assert.equal(taken(shared, '2'), 3)
  assert.equal(taken(shared, '3'), 1)
  assert.equal(taken(shared, '4'), 1)
  assert.deepEqual(shared.full(), ['1', '2', '3', '4'])
})

test('a brand that has none is never turned away, and what is nobody’s neither', () => {
  const shared = places(1)
  assert.equal(taken(shared, '1'), 1)
  assert.notEqual(shared.take('2'), null)
  assert.notEqual(shared.take(null), null)
  assert.notEqual(shared.take(null), null)
  assert.deepEqual(shared.full(), ['1', '2'])
})

test('what is given back can be had again', () => {
  const shared = places(4)
  const [give] = [shared.take('1')!, shared.take('1')!]
  assert.equal(shared.take('1'), null)
  give()
  assert.deepEqual(shared.full(), [])
  assert.notEqual(shared.take('1'), null)
})
