import assert from 'node:assert/strict'
import test from 'node:test'
import { commands } from './commands.ts'
import { refusedOptions } from './refused-options.ts'

const asked = (name: string, given: Record<string, string> = {}) => ({
  command: commands.find((command) => command.name === name)!,
  given,
})

test('what the validator says of a field is said of the option that it came from', () => {
  for (const [name, given, detail, sentence] of [
    ['settings change', {}, 'body.rateLimit must be >= 1', '--rate-limit must be 1 or more.'],
    ['onboard', {}, 'body.skills.1 must NOT have fewer than 1 characters', '--skill must not be empty.'],
    ['template add', {}, "body must have required property 'language'", '--language is missing.'],
    ['handoff add', {}, 'body.channels.1 (wa) must have the field "template"', '--wa-template is missing.'],
    ['handoff add', {}, 'body.channels.0 (inapp) must have the field "title"', '--inapp-title is missing.'],
    [
      'handoff change',
      { 'inapp-text': 'x', title: 'x' },
      'body.channels.0.text must NOT have more than 1600 characters',
      '--inapp-text must be at most 1600 characters long.',
    ],
    ['skill add', {}, 'body.name must match pattern "^x$"', 'NAME is wrong. See: c2m skill add --help'],
  ] as const)
    assert.deepEqual(refusedOptions([detail], asked(name, given)), [sentence])
})

test('several ways in which one value is wrong are one sentence; other sentences stay', () => {
  const from = ['must match format "date-time"', 'must be null', 'must match a schema in anyOf']
  assert.deepEqual(
    refusedOptions(['Skills are named once.', ...from.map((fault) => `body.from ${fault}`)], asked('export run')),
    [
      'Skills are named once.',
      '--from is wrong. Since when: 2026-11-01T00:00:00Z. Since there is anything unless said.',
    ],
  )
  assert.deepEqual(refusedOptions(['body.other is wrong'], asked('export run')), ['body.other is wrong'])
})
