import assert from 'node:assert/strict'
import { test } from 'node:test'
import { journeyOf } from './journey.ts'
import { stepWords } from './step-words.ts'

const step = (name: string, at: string, details = {}) => ({ at, step: name, channel: 'sms', details })

test('steps and exchanges stand in the order in which they happened, whatever zone their times are told in', () => {
  const said = {
    direction: 'out',
    method: 'POST',
    url: 'https://provider.example',
    requestBody: null,
    status: 201,
    answerBody: null,
    failure: null,
    durationMs: 3,
  } as const
  const rows = journeyOf(
    [step('sent', '2026-01-01T10:00:02.000Z'), step('delivered', '2026-01-01T11:00:02.000+01:00')],
    [{ ...said, at: '2026-01-01T10:00:01.000Z' }],
  )
  assert.deepEqual(
    rows.map((row) => (row.kind === 'step' ? row.step.step : row.exchange.direction)),
    ['out', 'sent', 'delivered'],
  )
})

test('a step is said in words, with its channel and why, and without ids', () => {
  const at = '2026-01-01T10:00:00.000Z'
  const refused = stepWords(step('refused', at, { kind: 'content-rejected', providerCode: '400', userId: 'x' }))
  assert.deepEqual(refused, {
    words: 'The provider refused the message',
    more: 'SMS · because: content-rejected · provider’s code 400',
    tone: 'bad',
  })
  const accepted = { ...step('invite-accepted', at, { round: 1, channels: ['wa', 'sms'] }), channel: null }
  assert.equal(stepWords(accepted).more, 'WhatsApp, else SMS')
})

test('a step of a newer server is shown by its own name', () => {
  assert.equal(stepWords(step('moved-to-another-house', '2026-01-01T10:00:00.000Z')).words, 'moved to another house')
})
