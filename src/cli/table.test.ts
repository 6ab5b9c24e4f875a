import assert from 'node:assert/strict'
import test from 'node:test'
import { list } from './table.ts'

test('things within a thing are shown under it, one block each', () => {
  const sms = { channel: 'sms', text: 'Hello', variants: [{ name: 'short', weight: 3 }], senderByIvrNumber: { 0: 'x' } }
  const shown = list([
    ['title', 'Orders'],
    ['channels', [sms, { channel: 'wa', template: null }]],
    ['skills', ['support', 'sales']],
  ])
  assert.equal(
    shown,
    [
      'title   Orders',
      'skills  support, sales',
      '',
      'channels',
      '  channel            sms',
      '  text               Hello',
      '  senderByIvrNumber  {"0":"x"}',
      '',
      '  variants',
      '    name    short',
      '    weight  3',
      '',
      '  channel   wa',
      '  template  -',
    ].join('\n'),
  )
})
