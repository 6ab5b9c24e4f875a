import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewTemplate } from '../connector.ts'
import { checkTemplate } from './check-template.ts'

const good: NewTemplate = {
  name: 'continue_in_chat',
  language: 'en_US',
  category: 'UTILITY',
  body: 'Hi {{1}}, thank you for your call. Shall we go on here?',
  header: { kind: 'text', content: 'News for {{1}}' },
  footer: 'Example Inc.',
  buttons: [
    { kind: 'quick-reply', label: 'Yes', value: 'YES' },
    { kind: 'quick-reply', label: 'Stop', value: 'STOP' },
    { kind: 'url', label: 'Open', value: 'https://example.com/c/{{1}}' },
    { kind: 'phone', label: 'Call', value: '+12065550100' },
  ],
  samples: { body: { 1: 'Ann' }, header: { 1: 'you' }, buttons: { 1: '77' } },
}
const button = (kind: 'quick-reply' | 'url' | 'phone', value: string, label = 'Label') => ({ kind, label, value })

test('a good template has no problem, with a file as header too', () => {
  assert.deepEqual(checkTemplate(good), [])
  const plain = { ...good, header: null, footer: null, buttons: [], language: 'en', category: 'MARKETING' } as const
  assert.deepEqual(checkTemplate(plain), [])
  const content = 'https://cdn.example.com/pictures/{{1}}'
  const samples = { ...good.samples, header: { 1: 'logo.png' } }
  assert.deepEqual(checkTemplate({ ...good, header: { kind: 'image', content }, samples }), [])
})

test('each mistake is a sentence that names it', () => {
  const rows: readonly (readonly [Partial<NewTemplate>, RegExp])[] = [
    [{ name: 'Continue in chat' }, /name may have small letters/],
    [{ language: 'English' }, /language must be a code/],
    [{ category: 'AUTHENTICATION' }, /AUTHENTICATION/],
    [{ body: '  ' }, /body is missing/],
    [{ body: `${'x'.repeat(1020)} {{1}} end` }, /at most 1024/],
    [{ body: '{{1}} is the name to begin with' }, /begin or end with a variable/],
    [{ body: 'The name to end with is {{1}}.' }, /begin or end with a variable/],
    [{ body: 'Hi {{1}}{{2}} there', samples: { ...good.samples, body: { 1: 'a', 2: 'b' } } }, /side by side/],
    [{ body: 'Hi {{1}} and {{3}} there', samples: { ...good.samples, body: { 1: 'a', 3: 'b' } } }, /without a gap/],
    [
      { body: 'Hi {{1}} and {{x}} there', samples: { ...good.samples, body: { 1: 'a', x: 'b' } } },
      /all numbers or all/,
    ],
    [{ body: 'Hi {{1}} and {{first name}} there' }, /double braces that are no variable/],
    [{ body: 'Hi {{1}},\n\n\n\nthere' }, /empty lines/],
    [{ samples: { ...good.samples, body: {} } }, /\{\{1\}\} of the body needs a sample/],
    [{ samples: { ...good.samples, header: { 1: ' ' } } }, /\{\{1\}\} of the header needs a sample/],
    [{ samples: { ...good.samples, buttons: {} } }, /variable 1 of the buttons needs a sample/],
    [{ header: { kind: 'text', content: '' } }, /header is empty/],
    [{ header: { kind: 'text', content: `{{1}}${'x'.repeat(60)}` } }, /header may have at most 60/],
    [{ header: { kind: 'text', content: 'Hello 👋' } }, /without emoji/],
    [{ header: { kind: 'image', content: '{{1}}' } }, /public https address/],
    [{ header: { kind: 'image', content: 'https://{{1}}/logo.png' } }, /public https address/],
    [{ footer: 'x'.repeat(61) }, /footer may have at most 60/],
    [{ footer: 'For {{1}}' }, /footer must not have variables/],
    [{ buttons: Array.from({ length: 11 }, (_, n) => button('quick-reply', `${n}`, `B${n}`)) }, /at most 10 buttons/],
    [{ buttons: [1, 2, 3].map((n) => button('url', 'https://example.com/', `B${n}`)) }, /at most 2 buttons/],
    [{ buttons: [1, 2].map((n) => button('phone', '+12065550100', `B${n}`)) }, /at most 1 button with a phone/],
    [{ buttons: [button('quick-reply', 'a'), button('quick-reply', 'b')] }, /the same label/],
    [{ buttons: [button('quick-reply', 'a', 'x'.repeat(21))] }, /1 to 20 characters/],
    [{ buttons: [button('url', 'https://example.com/', 'x'.repeat(26))] }, /1 to 25 characters/],
    [{ buttons: [button('quick-reply', 'say-{{1}}')] }, /must not have variables/],
    [{ buttons: [button('phone', '206 555 0100')] }, /must begin with \+/],
    [{ buttons: [button('url', 'example.com')] }, /must be a web address/],
    [{ buttons: [button('url', 'https://example.com/{{1}}/end')] }, /one variable, at its end/],
    [{ buttons: [button('url', 'https://example.com/{{first name}}')] }, /double braces/],
  ]
  for (const [change, expected] of rows) {
    const problems = checkTemplate({ ...good, ...change })
    assert.equal(problems.length, 1, `${expected} ${problems.join(' ')}`)
    assert.match(problems[0]!, expected)
  }
})
