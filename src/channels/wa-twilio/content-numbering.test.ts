import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Template } from '../../domain/template.ts'
import { numberContent, valuesByNumber } from './content-numbering.ts'

type Buttons = Template['buttons']
const url = (value: string, label = value): Buttons[number] => ({ kind: 'url', label, value })
const numbered = (body: string, header: string | null = null, buttons: Buttons = []) =>
  numberContent({ body, header: header === null ? null : { kind: 'text', content: header }, buttons })
const keys = (given: ReturnType<typeof numbered>) =>
  given.variables.map(({ number, part, key }) => `${number}=${part}.${key}`)

test('the body’s numbers stay; header and buttons follow', () => {
  const given = numbered('Hi {{1}}, order {{2}} is ready', 'For {{1}}', [
    { kind: 'quick-reply', label: 'Stop', value: 'STOP' },
    url('https://example.com/{{1}}'),
  ])
  assert.deepEqual(keys(given), ['1=body.1', '2=body.2', '3=header.1', '4=buttons.1'])
  assert.equal(given.body, 'Hi {{1}}, order {{2}} is ready')
  assert.equal(given.header, 'For {{3}}')
  assert.deepEqual(given.buttons, ['STOP', 'https://example.com/{{4}}'])
})

test('numbers out of order stay themselves, names take the order of the text, and the original’s spelling is read', () => {
  assert.deepEqual(keys(numbered('Order {{2}} of {{1}} and {{2}}')), ['1=body.1', '2=body.2'])
  const named = numbered('Hi {{first_name}}, {{code}} is for {{first_name}}', '{{brand}}!')
  assert.deepEqual(keys(named), ['1=body.first_name', '2=body.code', '3=header.brand'])
  assert.equal(named.body, 'Hi {{1}}, {{2}} is for {{1}}')
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the original's configuration API writes variables so.
  assert.equal(numbered('Hi ${{1}}, welcome').body, 'Hi {{1}}, welcome')
  // Renumbering is one pass: a 2 that becomes 1 is not taken for the other 1.
  assert.equal(numbered('a {{b}} c {{a}} d').body, 'a {{1}} c {{2}} d')
})

test('buttons that each call theirs {{1}} take the values in turn; different names stand for themselves', () => {
  const same = numbered('Hello', null, [url('https://a.test/{{1}}'), url('https://b.test/{{1}}')])
  assert.deepEqual(keys(same), ['1=buttons.1', '2=buttons.2'])
  assert.deepEqual(same.buttons, ['https://a.test/{{1}}', 'https://b.test/{{2}}'])
  const different = numbered('Hello', null, [url('https://a.test/{{code}}'), url('https://b.test/{{1}}')])
  assert.deepEqual(keys(different), ['1=buttons.code', '2=buttons.1'])
})

test('values go under their numbers, and what is missing is named', () => {
  const { variables } = numbered('Hi {{1}} and {{2}} there', 'For {{1}}', [url('https://a.test/{{1}}')])
  const given = { body: { 1: 'Ann', 2: 'Bob', 7: 'unused' }, header: { 1: 'you' }, buttons: {} }
  assert.deepEqual(valuesByNumber(variables, given), {
    values: { 1: 'Ann', 2: 'Bob', 3: 'you' },
    missing: ['buttons.1'],
  })
  assert.deepEqual(valuesByNumber([], given), { values: {}, missing: [] })
})
