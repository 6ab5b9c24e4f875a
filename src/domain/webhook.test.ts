import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webhookFaults } from './check-webhook.ts'
import { nextWebhookDelay, type WebhookHealth, webhookErrorOf, webhookSentences } from './webhook.ts'

test('ten tries, by the schedule of the scheme, each up to a fifth later', () => {
  const least = Array.from({ length: 10 }, (_, index) => nextWebhookDelay(index + 1, 0))
  const hours = 3_600
  assert.deepEqual(least, [
    ...[5, 300, 1_800, 2 * hours, 5 * hours, 10 * hours, 14 * hours, 20 * hours, 24 * hours],
    null,
  ])
  assert.equal(nextWebhookDelay(1, 1), 6)
  assert.equal(nextWebhookDelay(9, 0.5), 24 * hours * 1.1)
  assert.deepEqual(
    [nextWebhookDelay(1, 0, 60), nextWebhookDelay(2, 0, 60), nextWebhookDelay(10, 0, 60)],
    [60, 300, null],
  )
})

test('2xx is success and nothing else is', () => {
  for (const status of [200, 201, 204, 299]) assert.equal(webhookErrorOf(status), null)
  assert.equal(webhookErrorOf(410), 'gone')
  for (const status of [301, 302, 307, 308]) assert.equal(webhookErrorOf(status), 'redirect')
  for (const status of [199, 400, 404, 429, 500, 503]) assert.equal(webhookErrorOf(status), 'status')
})

test('a draft needs a title and events that there are', () => {
  assert.deepEqual(webhookFaults({ title: 'Data warehouse', events: ['invite.sent'] }), [])
  assert.deepEqual(webhookFaults({ title: 'Data warehouse', events: null }), [])
  assert.deepEqual(webhookFaults({ title: ' ', events: [] }), [
    'The title must not be empty.',
    'Choose at least one event.',
  ])
  assert.deepEqual(webhookFaults({ title: 'T', events: ['invite.lost'] }), ['There is no event “invite.lost”.'])
})

test('the health of an endpoint is a sentence only when something is wrong by itself', () => {
  const fine: WebhookHealth = {
    ...({ endpointId: 'e', title: 'CRM', state: 'on' } as const),
    ...{ disabledFor: null, failingSince: null, lastError: null },
  }
  const sentences = (more: Partial<WebhookHealth>) =>
    webhookSentences([{ ...fine, ...more }]).map(({ level, sentence }) => [level, sentence])
  assert.deepEqual(sentences({}), [])
  assert.deepEqual(sentences({ state: 'paused', failingSince: new Date(0) }), [])
  assert.deepEqual(sentences({ state: 'disabled', disabledFor: 'hand' }), [])
  assert.deepEqual(sentences({ failingSince: new Date(0), lastError: 'timeout' }), [
    ['warning', 'The webhook endpoint “CRM” fails. It did not answer in time.'],
  ])
  assert.deepEqual(sentences({ state: 'disabled', disabledFor: 'gone' }), [
    ['error', 'The webhook endpoint “CRM” is disabled: it answered 410, that it wants no more.'],
  ])
  assert.deepEqual(sentences({ state: 'disabled', disabledFor: 'failing' }), [
    ['error', 'The webhook endpoint “CRM” is disabled: for 5 days nothing could be delivered to it.'],
  ])
})
