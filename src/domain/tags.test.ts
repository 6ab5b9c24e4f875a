import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readTags } from './tags.ts'

const rows: [string, readonly string[], readonly string[] | null][] = [
  ['none', [], []],
  ['trimmed, with single spaces', ['  late   delivery '], ['late delivery']],
  ['each once whatever its case, the first way', ['VIP', 'vip', 'Refund'], ['VIP', 'Refund']],
  ['forty characters', ['x'.repeat(40)], ['x'.repeat(40)]],
  ['forty-one', ['x'.repeat(41)], null],
  ['empty', [' '], null],
  ['an invisible character', ['a\u202Eb'], null],
  ['NUL', ['a\0b'], null],
  ['twenty', Array.from({ length: 20 }, (_, n) => `t${n}`), Array.from({ length: 20 }, (_, n) => `t${n}`)],
  ['twenty-one', Array.from({ length: 21 }, (_, n) => `t${n}`), null],
]
for (const [name, given, expected] of rows)
  test(`tags: ${name}`, () => {
    const read = readTags(given)
    assert.deepEqual('tags' in read ? read.tags : null, expected)
  })
