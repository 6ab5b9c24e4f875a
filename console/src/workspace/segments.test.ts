import assert from 'node:assert/strict'
import test from 'node:test'
import { segmentsOf } from './segments.ts'

const rows: readonly (readonly [string, string, number, number, string])[] = [
  ['nothing', '', 1, 160, 'GSM-7'],
  ['one full message', 'a'.repeat(160), 1, 0, 'GSM-7'],
  ['one more makes two of 153', 'a'.repeat(161), 2, 2 * 153 - 161, 'GSM-7'],
  ['the euro takes two places', '€'.repeat(80), 1, 0, 'GSM-7'],
  ['a pair is not torn apart at the end of a part', `${'a'.repeat(152)}€${'a'.repeat(100)}`, 2, 153 - 102, 'GSM-7'],
  ['one foreign letter makes all of it wide', `${'a'.repeat(69)}č`, 1, 0, 'UCS-2'],
  ['and then 71 are two', `${'a'.repeat(70)}č`, 2, 2 * 67 - 71, 'UCS-2'],
  ['a smiley is two places', '🙂'.repeat(35), 1, 0, 'UCS-2'],
  ['a smiley is not torn apart', `${'č'.repeat(66)}🙂${'č'.repeat(10)}`, 2, 67 - 12, 'UCS-2'],
  ['line breaks and umlauts are plain', 'Grüße\nÄÖÜ', 1, 151, 'GSM-7'],
]

for (const [name, text, count, left, alphabet] of rows) {
  test(`segments: ${name}`, () => {
    const found = segmentsOf(text)
    assert.deepEqual([found.count, found.left, found.alphabet], [count, left, alphabet])
  })
}

test('segments: names what makes it expensive', () => {
  assert.deepEqual(segmentsOf('“Hello” – č').costly, ['“', '”', '–'])
})
