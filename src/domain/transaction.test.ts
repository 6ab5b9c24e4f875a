import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outcomeOf, type TransactionOutcome, type TransactionTimes } from './transaction.ts'

const at = new Date(0)
const nothing: TransactionTimes = {
  invitedAt: null,
  sentAt: null,
  deliveredAt: null,
  readAt: null,
  failedAt: null,
  skippedAt: null,
  repliedAt: null,
  optedOutAt: null,
  conversationCreatedAt: null,
  conversationClosedAt: null,
}

const rows: [string, (keyof TransactionTimes)[], boolean, TransactionOutcome][] = [
  ['asked, and no', [], false, 'not-eligible'],
  ['asked, and yes', [], true, 'eligible'],
  ['invited', ['invitedAt'], true, 'invited'],
  ['sent', ['invitedAt', 'sentAt'], true, 'sent'],
  ['failed after it was sent', ['invitedAt', 'sentAt', 'failedAt'], true, 'failed'],
  ['delivered after another channel failed', ['invitedAt', 'sentAt', 'failedAt', 'deliveredAt'], true, 'delivered'],
  ['read', ['invitedAt', 'sentAt', 'deliveredAt', 'readAt'], true, 'read'],
  ['left out after the invite', ['invitedAt', 'skippedAt'], true, 'skipped'],
  ['answered by STOP', ['invitedAt', 'sentAt', 'repliedAt', 'optedOutAt'], true, 'opted-out'],
  ['answered without a conversation', ['invitedAt', 'sentAt', 'repliedAt'], true, 'replied'],
  [
    'answered though it failed',
    ['invitedAt', 'failedAt', 'repliedAt', 'conversationCreatedAt'],
    true,
    'in-conversation',
  ],
  ['closed', ['invitedAt', 'repliedAt', 'conversationCreatedAt', 'conversationClosedAt'], true, 'closed'],
]
for (const [name, steps, eligible, outcome] of rows)
  test(name, () => {
    const times = { ...nothing, ...Object.fromEntries(steps.map((step) => [step, at])) }
    assert.equal(outcomeOf(times, eligible), outcome)
  })
