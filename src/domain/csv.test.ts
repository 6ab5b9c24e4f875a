import assert from 'node:assert/strict'
import { test } from 'node:test'
import { csvLine } from './csv.ts'

const rows: [string, string | null, string][] = [
  ['plain text', 'said so on the phone', '"said so on the phone"'],
  ['nothing', null, '""'],
  ['quotes, commas and lines', 'a "b", c\nd', '"a ""b"", c\nd"'],
  ['a phone number', '+12065550100', '"+12065550100"'],
  ['a formula', '=HYPERLINK("http://evil.example")', '"\'=HYPERLINK(""http://evil.example"")"'],
  ['a formula after a plus', '+1+cmd', '"\'+1+cmd"'],
  ['a formula after a minus', '-2+3', '"\'-2+3"'],
  ['a formula after an at', '@SUM(A1)', '"\'@SUM(A1)"'],
  ['a formula behind a space', ' =1', '"\' =1"'],
  ['a formula behind a tab', '\t=1', '"\'\t=1"'],
  ['a formula behind a line break', '\r\n=1', '"\'\r\n=1"'],
  ['a pipe', '|cmd', '"\'|cmd"'],
]
for (const [name, cell, expected] of rows)
  test(`a cell with ${name}`, () => assert.equal(csvLine([cell]), `${expected}\r\n`))

test('cells stand beside each other', () => assert.equal(csvLine(['a', null, 'b']), '"a","","b"\r\n'))
