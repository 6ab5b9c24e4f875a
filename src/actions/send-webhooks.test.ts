import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { verify } from '../../test/webhook-receiver.ts'
import { type WebhookStage, webhookStage } from '../../test/webhook-stage.ts'
import { cleanUp } from './clean-up.ts'
import { sendWebhooks } from './send-webhooks.ts'

let stage: WebhookStage
before(async () => {
  stage = await webhookStage()
})
after(() => stage?.close())

test('ten tries under one id, each signed anew; then by hand', async (t) => {
  const { endpoint, administrator, send, timePasses, opened, live } = stage
  const { receiver, endpointId, secret, list } = await endpoint(t)
  receiver.answer({ status: 503, body: `Sorry, +12065550143. ${'x'.repeat(5_000)}` })
  await opened()
  for (let tries = 0; tries < 12; tries += 1) {
    await send()
    await timePasses()
  }
  assert.equal(receiver.received.length, 10)
  assert.equal(new Set(receiver.received.map(({ id }) => id)).size, 1)
  assert.equal(new Set(receiver.received.map(({ raw }) => raw)).size, 1)
  for (const one of receiver.received) verify(secret, one)
  const [failed] = await list('?state=failed')
  assert.deepEqual([failed.state, failed.tries, failed.nextTryAt, failed.attempts.length], ['failed', 10, null, 10])
  const [attempt] = failed.attempts
  assert.deepEqual([attempt.status, attempt.error], [503, 'status'])
  assert.match(attempt.answer, /^Sorry, \+1206•••0143\. x/)
  assert.ok(attempt.answer.length <= 1_000)

  receiver.answer({ status: 204 })
  await administrator('POST', `/${endpointId}/deliveries/${failed.number}/replay`)
  await send()
  assert.equal(receiver.received.at(-1)!.id, failed.webhookId)
  const [delivered] = await list()
  assert.deepEqual([delivered.state, delivered.tries, delivered.attempts.length], ['delivered', 1, 11])
  const metrics = await live.deps.metrics.registry.getSingleMetricAsString('c2m_webhook_deliveries_total')
  for (const result of ['delivered', 'failed', 'given-up']) assert.match(metrics, new RegExp(`result="${result}"`))
})

test('the wait after a failure is that of the schedule', async (t) => {
  const { endpoint, send, opened } = stage
  const { receiver, list } = await endpoint(t)
  receiver.answer({ status: 500 })
  await opened()
  await send()
  const [waiting] = await list()
  const waitMs = Date.parse(waiting.nextTryAt) - Date.parse(waiting.attempts[0].at) - waiting.attempts[0].ms
  assert.ok(waitMs >= 5_000 - 5, `${waitMs}`)
  await send()
  assert.equal(receiver.received.length, 1, 'not before its time')
})

test('who asks to be left alone is left alone, whatever else happens meanwhile', async (t) => {
  const { endpoint, administrator, send, timePasses, opened, live } = stage
  const { receiver, endpointId, list, shown } = await endpoint(t)
  const waitOf = async (number: string) => {
    const { attempts, nextTryAt } = (await list()).find((one: { number: string }) => one.number === number)
    const last = attempts.at(-1)
    return { error: last.error, seconds: (Date.parse(nextTryAt) - Date.parse(last.at) - last.ms) / 1_000 }
  }
  receiver.answer({ status: 429, headers: { 'retry-after': '7200' } })
  await opened()
  await opened()
  await send()
  // Both were under way at once, as long as nothing had failed.
  assert.equal(receiver.received.length, 2)
  const waits = [await waitOf('1'), await waitOf('2')]
  for (const { error, seconds } of waits) {
    assert.equal(error, 'asked-to-wait')
    assert.ok(seconds > 7_199, `${seconds}`)
  }
  assert.equal((await shown()).lastError, 'It asked to be told later (429 or 503 with Retry-After).')
  await opened()
  await send()
  assert.equal(receiver.received.length, 2, 'what is new waits as well')

  // What it asks never makes a try earlier than the schedule does, and a day is the most it can ask.
  const end = () => live.db`update webhook_endpoints set wait_until = now() where endpoint_id = ${endpointId}`
  receiver.answer(
    { status: 503, headers: { 'retry-after': '1' } },
    { status: 503, headers: { 'retry-after': '9999999' } },
  )
  await end()
  await send()
  assert.equal(receiver.received.length, 3)
  assert.ok((await waitOf('3')).seconds > 4.9)
  await timePasses()
  await end()
  await send()
  assert.equal(receiver.received.length, 4, 'one at a time while it fails')
  const longest = Math.max(...(await Promise.all(['1', '2', '3'].map(waitOf))).map(({ seconds }) => seconds))
  assert.ok(longest > 86_399 && longest < 86_401, `${longest}`)

  // Whoever tries it out is not made to wait, and what arrives opens the way.
  receiver.answer({ status: 200 })
  await administrator('POST', `/${endpointId}/test`)
  await send()
  assert.equal(receiver.of('webhook.test').length, 1)
  await timePasses()
  await send()
  assert.deepEqual((await list('?state=waiting')).length, 0)
})

test('a redirect is a failure and is not followed', async (t) => {
  const { endpoint, receiving, send, opened } = stage
  const { receiver, list } = await endpoint(t)
  const elsewhere = await receiving()
  receiver.answer({ status: 302, headers: { location: elsewhere.url } })
  await opened()
  await send()
  const [waiting] = await list()
  assert.deepEqual([waiting.attempts[0].status, waiting.attempts[0].error], [302, 'redirect'])
  assert.deepEqual(elsewhere.received, [])
})

test('an endpoint that hangs holds up itself alone, and is cut off', { timeout: 60_000 }, async (t) => {
  const { endpoint, opened, live } = stage
  const slow = await endpoint(t, { events: ['conversation.opened'] })
  const quick = await endpoint(t, { events: ['conversation.opened'] })
  let release: (reply: { status: number }) => void = () => {}
  slow.receiver.answer(
    new Promise((resolve) => {
      release = resolve
    }),
  )
  for (let count = 0; count < 25; count += 1) await opened()
  const underWay = new Map<string, number>()
  while (quick.receiver.received.length < 25) await sendWebhooks(live.deps, underWay)
  assert.deepEqual([slow.receiver.open, underWay.get(slow.endpointId)], [10, 10])
  release({ status: 200 })
  while (slow.receiver.received.length < 25 || live.deps.background.size > 0) await sendWebhooks(live.deps, underWay)
  assert.equal(slow.receiver.mostOpen, 10)
  assert.equal((await slow.list('?state=delivered')).length, 25)
})

test('what is older than thirty days is removed, deliveries before their events', async (t) => {
  const { endpoint, send, opened, live } = stage
  const { endpointId, list } = await endpoint(t)
  await opened()
  await opened()
  await send()
  await live.db`
    update webhook_deliveries set event_at = now() - interval '31 days' where endpoint_id = ${endpointId} and number = 1`
  const [old] = await live.db`select event_id from webhook_deliveries where endpoint_id = ${endpointId} and number = 1`
  await live.db`update webhook_events set at = now() - interval '31 days' where event_id = ${old!.event_id}`
  await cleanUp(live.deps)
  assert.deepEqual(
    (await list()).map(({ number }: { number: string }) => number),
    ['2'],
  )
  assert.equal((await live.db`select 1 from webhook_events where event_id = ${old!.event_id}`).length, 0)
})
