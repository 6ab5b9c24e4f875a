import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isStopped, type Stop } from './stop.ts'

const rows: [string, readonly Stop[], boolean][] = [
  ['no stop', [], false],
  ['everything', [{ skillId: null, channel: null }], true],
  ['the skill', [{ skillId: 'sales', channel: null }], true],
  ['another skill', [{ skillId: 'support', channel: null }], false],
  ['the channel', [{ skillId: null, channel: 'sms' }], true],
  ['another channel', [{ skillId: null, channel: 'wa' }], false],
  ['skill and channel', [{ skillId: 'sales', channel: 'sms' }], true],
  ['the channel of another skill', [{ skillId: 'support', channel: 'sms' }], false],
  [
    'one of several',
    [
      { skillId: 'support', channel: 'sms' },
      { skillId: null, channel: 'sms' },
    ],
    true,
  ],
]
for (const [name, stops, expected] of rows)
  test(`stopped by ${name}`, () => assert.equal(isStopped(stops, 'sales', 'sms'), expected))
