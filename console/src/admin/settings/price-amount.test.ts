import assert from 'node:assert/strict'
import { test } from 'node:test'
import { microsOf, priceInWords } from './price-amount.ts'

test('a price is read as it is typed, with point or comma', () => {
  for (const [text, micros] of [
    ['0.0079', 7_900],
    [' 0,0079 ', 7_900],
    ['1', 1_000_000],
    ['0.000001', 1],
    ['1000', 1_000_000_000],
  ] as const)
    assert.equal(microsOf(text), micros)
  for (const text of ['', '-1', '.5', '1.', '0.0000001', 'free', '1e3', '12345'])
    assert.equal(microsOf(text), null, text)
})

test('a price keeps all its digits', () => {
  assert.match(priceInWords({ micros: 7_900, currency: 'USD' }), /0[.,]0079/)
  assert.match(priceInWords({ micros: 1_500_000, currency: 'EUR' }), /1[.,]50/)
  assert.match(priceInWords({ micros: 1, currency: 'ZZZ' }), /0[.,]000001/)
})
