import assert from 'node:assert/strict'
import test from 'node:test'
import { within } from './within.ts'

test('what ends, well or badly, is waited for; what never ends is not', { timeout: 5_000 }, async () => {
  assert.equal(await within(4_000, Promise.resolve()), true)
  assert.equal(await within(4_000, Promise.reject(new Error('a failure'))), true)
  assert.equal(await within(5, new Promise(() => {})), false)
})
