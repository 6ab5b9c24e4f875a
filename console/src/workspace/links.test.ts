import assert from 'node:assert/strict'
import test from 'node:test'
import { piecesOf } from './links.ts'

const linksIn = (text: string) => piecesOf(text).flatMap((piece) => ('href' in piece ? [piece.href] : []))

const rows: readonly (readonly [string, readonly string[]])[] = [
  ['no address', []],
  ['see https://brand.example/a?b=c.', ['https://brand.example/a?b=c']],
  ['(http://a.example) and https://b.example!', ['http://a.example', 'https://b.example']],
  ['javascript:alert(1) data:text/html,x file:///etc/passwd', []],
  ['https://bank.example@evil.example/', []],
  ['https://аррle.example/', []],
  ['https://brand.example/\u202egnp.exe', []],
  ['https://localhost/x', []],
  ['https://', []],
]

for (const [text, expected] of rows) {
  test(`links: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(linksIn(text), expected)
    assert.equal(
      piecesOf(text)
        .map((piece) => piece.text)
        .join(''),
      text,
    )
  })
}

test('links: an address of 64 kB is text, and marks without end cost nothing', () => {
  assert.deepEqual(linksIn(`https://a.example/${'a'.repeat(64_000)}`), [])
  // With a regular expression: hours.
  assert.deepEqual(linksIn(`https://a.example/${'.'.repeat(1_000_000)}a`), [])
  assert.deepEqual(linksIn(`https://a.example/${'.'.repeat(1_000_000)}`), ['https://a.example/'])
})
