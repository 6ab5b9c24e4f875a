import assert from 'node:assert/strict'
import { test } from 'node:test'
import { moneyText, moved, shareText } from './figures.ts'

test('what moved is said in the unit that makes sense', () => {
  const rows = [
    ['count', 112, 100, { way: 'up', by: '12 %' }],
    ['count', 99, 100, { way: 'down', by: '1 %' }],
    ['count', 5, 0, { way: 'up', by: '5' }],
    ['count', 0, 0, { way: 'same', by: '' }],
    ['share', 0.255, 0.25, { way: 'up', by: '0.5 points' }],
    ['score', 4.1, 4.3, { way: 'down', by: '0.2' }],
    ['score', 4.11, 4.1, { way: 'same', by: '' }],
    ['seconds', 30, 60, { way: 'down', by: '50 %' }],
    ['score', null, 4.3, null],
    ['count', 3, null, null],
  ] as const
  for (const [unit, now, before, told] of rows) assert.deepEqual(moved(unit, now, before), told, `${unit} ${now}`)
})

test('money has the digits that its size needs, and an unknown currency still has its amount', () => {
  assert.match(moneyText(12_500_000, 'USD'), /12\.50/)
  assert.match(moneyText(7_900, 'USD'), /0\.0079/)
  assert.equal(moneyText(3_000_000, 'XY'), '3 XY')
  assert.equal(shareText(null), '–')
})
