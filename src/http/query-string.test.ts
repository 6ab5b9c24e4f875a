import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefusedQuery, parseQueryString } from './query-string.ts'

test('names and values, decoded; a name that comes twice is a list', () => {
  const rows: Record<string, Record<string, string | string[]>> = {
    '': {},
    'v=2.0': { v: '2.0' },
    'a=1&b=2&a=3&a=4': { a: ['1', '3', '4'], b: '2' },
    'a&b=&=c&&': { a: '', b: '', '': 'c' },
    'a=b=c': { a: 'b=c' },
    'a+b=c+d%2Be': { 'a b': 'c d+e' },
    'a=%C3%BC': { a: 'ü' },
    'constructor=x&toString=y': { constructor: 'x', toString: 'y' },
  }
  for (const [raw, expected] of Object.entries(rows)) {
    const query = parseQueryString(raw)
    assert.deepEqual({ ...query }, expected, raw)
    assert.equal(Object.getPrototypeOf(query), null)
    assert.equal(isRefusedQuery(query), false, raw)
  }
})

test('what cannot be read is refused', () => {
  for (const raw of ['a=%', 'a=%zz', '%c0%af=1', 'a=%00', 'a=\0', '__proto__=1', '%5F_proto__=1', 'a&'.repeat(51)]) {
    assert.equal(isRefusedQuery(parseQueryString(raw)), true, raw.slice(0, 20))
  }
  for (const other of [null, undefined, 'a', {}, []]) assert.equal(isRefusedQuery(other), false)
})
