import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typedPhone } from './typed-phone.ts'

test('a number is taken however it is written, so long as it has its country code', () => {
  for (const typed of [
    '+12065550100',
    ' +1 (206) 555-0100 ',
    '+1.206.555.0100',
    '\u202a+1 206\u00a0555\u20110100\u202c',
  ])
    assert.equal(typedPhone(typed), '+12065550100', typed)
  assert.equal(typedPhone('+44 (0)20 7183 8750'), '+442071838750')
  for (const typed of [
    '',
    '12065550100',
    '206 555 0100',
    '(206) 555-0100',
    '0012065550100',
    '12345',
    '+1234',
    '+',
    'ann',
    '+1 206 555 0100 ext. 5',
  ])
    assert.equal(typedPhone(typed), null, typed)
})
