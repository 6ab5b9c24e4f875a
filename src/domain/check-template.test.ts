import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AccountConfig } from './account.ts'
import { checkTemplate, mayChangeTemplate, type TemplateDraft } from './check-template.ts'
import { noVariables } from './template.ts'

const config = {
  senders: new Map([
    ['w1', { channel: 'wa' }],
    ['s1', { channel: 'sms' }],
  ]),
} as unknown as AccountConfig

const good: TemplateDraft = {
  name: 'continue_in_chat',
  language: 'en_US',
  category: 'UTILITY',
  body: 'Hello {{1}}, reply here about {{2}} to go on.',
  header: null,
  footer: null,
  buttons: [],
  samples: { ...noVariables, body: { '1': 'Ann', '2': 'your bill' } },
  senderId: 'w1',
}

const cases: readonly (readonly [string, Partial<TemplateDraft>, RegExp | null])[] = [
  ['a good one', {}, null],
  ['a name with capitals', { name: 'Hello' }, /small letters/],
  ['a name with spaces', { name: 'hello there' }, /small letters/],
  ['an empty name', { name: '' }, /small letters/],
  ['a language that is a word', { language: 'english' }, /code such as/],
  ['a language with a script', { language: 'zh_HK' }, null],
  ['an unknown category', { category: 'NEWS' as never }, /UTILITY, MARKETING/],
  ['no sender', { senderId: null }, /WhatsApp sender/],
  ['a sender of another channel', { senderId: 's1' }, /WhatsApp sender/],
  ['an empty body', { body: ' ', samples: noVariables }, /body must not be empty/],
  ['a long body', { body: 'a'.repeat(1025), samples: noVariables }, /must not exceed 1024/],
  ['a body counted in characters', { body: '🙂'.repeat(1024), samples: noVariables }, null],
  ['a gap in the numbers', { body: 'Hello {{1}} and {{3}}.' }, /without a gap/],
  ['a number from 0', { body: 'Hello {{0}}, you.', samples: { ...noVariables, body: { '0': 'x' } } }, /from 1/],
  ['numbers and names', { body: 'Hello {{1}}, {{name}}.' }, /all numbers or all names/],
  ['names', { body: 'Hello {{name}}.', samples: { ...noVariables, body: { name: 'Ann' } } }, null],
  ['no sample', { samples: noVariables }, /\{\{1\}\} of the body needs a sample/],
  ['an empty sample', { samples: { ...noVariables, body: { '1': ' ', '2': 'x' } } }, /\{\{1\}\} of the body/],
  ['a sample of two lines', { samples: { ...noVariables, body: { '1': 'a\nb', '2': 'x' } } }, /one line/],
  ['a long header', { header: { kind: 'text', content: 'a'.repeat(61) } }, /header must not exceed 60/],
  ['two variables in the header', { header: { kind: 'text', content: '{{1}} {{2}}' } }, /one variable/],
  ['a picture with an address', { header: { kind: 'image', content: 'https://example.com/a.png' } }, null],
  ['a picture by variable, without a sample', { header: { kind: 'image', content: '{{1}}' } }, /of the header needs/],
  ['a footer with a variable', { footer: 'Hi {{1}}' }, /footer cannot/],
  ['a long label', { buttons: [{ kind: 'quick-reply', label: 'a'.repeat(26), value: 'STOP' }] }, /label of a button/],
  [
    'an address by variable',
    { buttons: [{ kind: 'url', label: 'Go', value: 'https://a.example/{{1}}' }] },
    /of the buttons/,
  ],
  ['eleven buttons', { buttons: Array(11).fill({ kind: 'quick-reply', label: 'a', value: 'a' }) }, /at most 10/],
]

for (const [what, change, expected] of cases) {
  test(`a template with ${what}: ${expected === null ? 'passes' : 'is refused'}`, () => {
    const faults = checkTemplate({ ...good, ...change }, config)
    if (expected === null) assert.deepEqual(faults, [])
    else assert.match(faults.join(' '), expected)
    for (const sentence of faults) assert.match(sentence, /^[A-Z].*\.$/)
  })
}

test('only drafts and rejected ones may be changed', () => {
  const states = ['draft', 'pending', 'approved', 'rejected', 'paused', 'disabled'] as const
  assert.deepEqual(states.filter(mayChangeTemplate), ['draft', 'rejected'])
})
