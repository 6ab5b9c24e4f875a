import assert from 'node:assert/strict'
import test from 'node:test'
import { cannedFor, fillCanned, firstGap, slashAt } from './canned.ts'

test('a slash counts at the start of a word only, up to the caret', () => {
  assert.deepEqual(slashAt('/hel', 4), { start: 0, word: 'hel' })
  assert.deepEqual(slashAt('Thanks /bye now', 11), { start: 7, word: 'bye' })
  assert.deepEqual(slashAt('/', 1), { start: 0, word: '' })
  for (const text of ['1/2', 'https://a', 'and/or', '/hel lo']) assert.equal(slashAt(text, text.length), null, text)
})

const reply = (shortcut: string, title: string, skillId: string | null = null) => ({
  cannedReplyId: shortcut,
  title,
  shortcut,
  text: '',
  variables: [],
  skillId,
  language: null,
})

test('canned replies of the skill and of all skills, the shortcut first', () => {
  const all = [reply('bye', 'Goodbye'), reply('good', 'All good'), reply('other', 'Good grief', 'sales')]
  assert.deepEqual(
    cannedFor(all, 'support', 'good').map((one) => one.shortcut),
    ['good', 'bye'],
  )
  assert.equal(cannedFor(all, 'sales', '').length, 3)
  assert.equal(cannedFor(all, 'support', 'zzz').length, 0)
})

test('variables are filled, and what is not known is kept and found', () => {
  const filled = fillCanned('Hello {{firstName}}, order {{ order }}', { firstName: 'Maria', order: null })
  assert.equal(filled, 'Hello Maria, order {{ order }}')
  assert.deepEqual(firstGap(filled), { start: 19, end: 30 })
  assert.equal(firstGap('none'), null)
})
