import assert from 'node:assert/strict'
import test from 'node:test'
import { callIdOf } from './call-id.ts'
import { firstIdAt } from './uuid-v7.ts'

test('a call’s id is a version 4 to whoever checks, and lies in its time’s partition', () => {
  const at = new Date('2026-02-28T23:59:59.999Z')
  const id = callIdOf(at)
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  assert.ok(id >= firstIdAt(at) && id < firstIdAt(new Date(at.getTime() + 1)))
})

test('ids of one millisecond are in their order and all different', () => {
  const at = new Date()
  const made = Array.from({ length: 2_048 }, () => callIdOf(at))
  assert.deepEqual(made.toSorted(), made)
  assert.equal(new Set(made).size, made.length)
})
