import assert from 'node:assert/strict'
import test from 'node:test'
import { withoutTrailing } from './without-trailing.ts'

test('only the run at the end goes', () => {
  for (const [text, left] of [
    ['https://a.example//', 'https://a.example'],
    ['a//b/', 'a//b'],
    ['a', 'a'],
    ['//', ''],
    ['', ''],
  ] as const)
    assert.equal(withoutTrailing(text, '/'), left)
})

test('a million of them in the middle cost nothing (with a regular expression: hours)', () => {
  const text = `${'/'.repeat(1_000_000)}a`
  assert.equal(withoutTrailing(`${text}/`, '/'), text)
})
