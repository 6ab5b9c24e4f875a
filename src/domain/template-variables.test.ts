import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseTemplateVariables } from './template-variables.ts'

const kept: [string, unknown, unknown][] = [
  ['none', undefined, { body: {}, header: {}, buttons: {} }],
  ['flat', { 1: 'Ada', order: '77' }, { body: { 1: 'Ada', order: '77' }, header: {}, buttons: {} }],
  [
    'nested for the rich parts of a WhatsApp template',
    { 1: 'Ada', headerVariables: { 1: 'https://cdn.example.com/h.png' }, buttonVariables: { 1: '77' } },
    { body: { 1: 'Ada' }, header: { 1: 'https://cdn.example.com/h.png' }, buttons: { 1: '77' } },
  ],
  ['a value that looks like a variable', { 1: '{{2}} {{1}}' }, { body: { 1: '{{2}} {{1}}' }, header: {}, buttons: {} }],
]
for (const [name, raw, variables] of kept) {
  test(`kept: ${name}`, () => assert.deepEqual(parseTemplateVariables(raw), { variables, faults: [] }))
}

const refused: [unknown, string][] = [
  [null, 'templateVariables must be an object'],
  [['a'], 'templateVariables must be an object'],
  [{ 1: 5 }, 'templateVariables.1 must be a string'],
  [{ 1: null }, 'templateVariables.1 must be a string'],
  [{ 1: { a: 'b' } }, 'templateVariables.1 must be a string'],
  [{ 'a b': 'x' }, 'templateVariables has a variable whose name is not made of letters, digits and _'],
  [{ 1: 'x'.repeat(1_601) }, 'templateVariables.1 must be at most 1600 characters long'],
  [{ 1: 'a\r\nb' }, 'templateVariables.1 must be one line of text'],
  [{ 1: 'a\0' }, 'templateVariables.1 must be one line of text'],
  [{ 1: '\udc00' }, 'templateVariables.1 must be one line of text'],
  [{ headerVariables: 'x' }, 'templateVariables.headerVariables must be an object'],
  [{ buttonVariables: { 1: 2 } }, 'templateVariables.buttonVariables.1 must be a string'],
  [
    Object.fromEntries(Array.from({ length: 51 }, (_, index) => [index, 'x'])),
    'templateVariables must have at most 50 variables',
  ],
]
for (const [raw, fault] of refused) {
  test(`refused: ${fault}`, () => assert.deepEqual(parseTemplateVariables(raw).faults, [fault]))
}
