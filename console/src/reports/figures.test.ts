import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisText, costFigures, figureText, moneyText, moved, shareText } from './figures.ts'
import type { Figures } from './shapes.ts'

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
    ['money:USD', 3_000_000, 2_000_000, { way: 'up', by: '50 %' }],
  ] as const
  for (const [unit, now, before, told] of rows) assert.deepEqual(moved(unit, now, before), told, `${unit} ${now}`)
})

test('money has the digits that its size needs, and an unknown currency still has its amount', () => {
  assert.match(moneyText(12_500_000, 'USD'), /12\.50/)
  assert.match(moneyText(7_900, 'USD'), /0\.0079/)
  assert.equal(moneyText(3_000_000, 'XY'), '3 XY')
  assert.equal(shareText(null), '–')
  assert.equal(figureText('money:XY', 3_000_000), '3 XY')
  const ticks = [0, 50_000, 7_900, 500_000, 12_500_000, 1_200_000_000].map((micros) => axisText('money:USD', micros))
  assert.deepEqual(ticks, ['$0', '$0.05', '$0.0079', '$0.50', '$12.50', '$1.2K'])
  assert.equal(axisText('money:not one', 1_500_000), '1.50')
})

test('cost is a figure for each currency, nothing where there was none', () => {
  const figures = { cost: [{ currency: 'EUR', amount: 7 }] } as unknown as Figures
  assert.deepEqual(
    costFigures(['EUR', 'USD']).map(({ label, of }) => [label, of(figures)]),
    [
      ['Cost in EUR', 7],
      ['Cost in USD', 0],
    ],
  )
  assert.deepEqual(
    costFigures(['EUR']).map(({ label }) => label),
    ['Cost of messages'],
  )
})
