import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallsOf, callsIn, callsText } from './calls-of.ts'

test('which calls are open is in the address, and comes back from it', () => {
  const all: readonly CallsOf[] = [
    { step: 'scored' },
    { reached: 'closed' },
    { lostAt: 'delivered', reason: 'twilio_30006' },
    { step: 'sent', group: { skill: '0b0f4d0e-2d4c-4b43-9d3a-7f1f1c9d7a11', hour: '2026-10-25T02:00+02:00' } },
    { group: { variant: 'A & B, new=1' } },
  ]
  for (const of of all) assert.deepEqual(callsIn(callsText(of)), of)
})

test('what cannot be is no calls', () => {
  for (const text of ['', 'step=flown', 'reached=scored', 'lostAt=nowhere']) assert.equal(callsIn(text), null, text)
})
