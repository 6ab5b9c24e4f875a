import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decimalOf, microsOf, moneySaid } from './money.ts'

test('decimals become micro-units exactly, and come back as they were', () => {
  assert.equal(microsOf('0.0075'), 7_500)
  assert.equal(microsOf('0.00750'), 7_500)
  assert.equal(microsOf('12'), 12_000_000)
  assert.equal(microsOf('0.1') !== null && microsOf('0.1')! + microsOf('0.2')!, microsOf('0.3'))
  assert.equal(decimalOf(7_500), '0.0075')
  assert.equal(decimalOf(0), '0')
  assert.equal(decimalOf(12_000_000), '12')
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999_999_999 * 1_000_000 }), (micros) => {
      assert.equal(microsOf(decimalOf(micros)), micros)
    }),
  )
})

test('what lies below a micro-unit is rounded, and what is no decimal is nothing', () => {
  assert.equal(microsOf('0.0000005'), 1)
  assert.equal(microsOf('0.00000049999'), 0)
  assert.equal(microsOf('0.9999995'), 1_000_000)
  for (const text of ['', '.5', '1.', '-1', '+1', '1e3', '0x1', '1,5', ' 1', '1 ', '1234567890', '١'])
    assert.equal(microsOf(text), null, text)
})

test('a provider’s price is read without its sign', () => {
  assert.deepEqual(moneySaid('-0.00750', 'USD'), { micros: 7_500, currency: 'USD' })
  assert.deepEqual(moneySaid('0.00000', 'usd'), { micros: 0, currency: 'USD' })
  for (const [amount, unit] of [
    [null, 'USD'],
    ['-0.0075', null],
    [0.0075, 'USD'],
    ['free', 'USD'],
    ['--1', 'USD'],
    ['1', 'dollars'],
  ])
    assert.equal(moneySaid(amount, unit), null)
})
