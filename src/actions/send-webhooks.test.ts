import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callIvr } from '../../test/ivr-client.ts'
import { type LiveStage, liveStage } from '../../test/stories/live-stage.ts'
import { testBrand } from '../../test/test-brand.ts'
import { testConversation } from '../../test/test-conversation.ts'
import { testUser } from '../../test/test-user.ts'
import { verify, type WebhookReceiver, webhookReceiver } from '../../test/webhook-receiver.ts'
import { doctor } from '../reports/doctor.ts'
import { cleanUp } from './clean-up.ts'
import { repeatEvents } from './repeat-events.ts'
import { sendWebhooks } from './send-webhooks.ts'

/* The real thing: a server, its database, its guarded way out, and receivers that check with the scheme's own library. */
let stage: LiveStage
let path: string
const receivers: WebhookReceiver[] = []
before(async () => {
  stage = await liveStage()
  path = `/api/admin/accounts/${stage.brand.accountId}/webhooks`
})
after(async () => {
  await stage?.close()
  await Promise.all(receivers.map((receiver) => receiver.close()))
})

const administrator = (method: string, route: string, body?: unknown) =>
  stage.expect(stage.administrator, method, `${path}${route}`, body)

async function receiving(): Promise<WebhookReceiver> {
  const receiver = await webhookReceiver()
  receivers.push(receiver)
  return receiver
}

/** A receiver with an endpoint of its own, which goes with the test. */
async function endpoint(t: { after(fn: () => unknown): void }, more: Record<string, unknown> = {}) {
  const receiver = await receiving()
  const { endpointId, secret } = await administrator('POST', '', { title: 'Systems', url: receiver.url, ...more })
  t.after(() => stage.administrator.ask('DELETE', `${path}/${endpointId}`))
  const list = async (query = '') => (await administrator('GET', `/${endpointId}/deliveries${query}`)).deliveries
  const shown = async () => {
    const { webhooks } = await administrator('GET', '')
    return webhooks.find((one: { endpointId: string }) => one.endpointId === endpointId)
  }
  return { receiver, endpointId: endpointId as string, secret: secret as string, list, shown }
}

/** Sends what is due until nothing is, as a worker does from second to second. */
async function send(): Promise<void> {
  for (let rest = 0; rest === 0; ) {
    rest = await sendWebhooks(stage.deps, new Map())
    await Promise.allSettled(stage.deps.background)
  }
}

/** As if the time until every next try had passed. */
const timePasses = () => stage.db`update webhook_deliveries set next_try_at = now() where state = 'waiting'`

/** An event that is no more than one. */
const opened = async () => (await testConversation(stage.server, stage.brand)).conversationId

test('a journey is told step by step, signed, numbered, and to each endpoint what it wants', async (t) => {
  const { brand, deps, db } = stage
  const all = await endpoint(t)
  const open = await endpoint(t, {
    tellsAddress: true,
    events: ['invite.replied', 'conversation.opened', 'opt-out.added'],
  })
  const stranger = await testBrand(stage.server)
  const theirs = await testUser(stage.server, stranger.accountId, 'administrator')
  const other = await receiving()
  const made = await theirs.ask('POST', `/api/admin/accounts/${stranger.accountId}/webhooks`, {
    title: 'Theirs',
    url: other.url,
  })
  assert.equal(made.status, 201)

  const phone = stage.newPhone()
  const question = { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support', ivrNumber: '1800' }
  const { callId } = (await callIvr(stage.server, brand, 'eligibility', { body: question })).body
  const invited = await callIvr(stage.server, brand, 'invite', { body: { callId } })
  assert.equal(invited.status, 200, JSON.stringify(invited.body))
  const [message] = await db`select message_id from messages where call_id = ${String(callId)}`
  for (const status of ['delivered', 'delivered', 'read'] as const)
    await stage.hearStatus(`journal-${message!.message_id}`, status)
  await stage.hear(phone, 'My secret words')
  const [{ conversation_id: conversationId }] = (await db`
    select conversation_id from conversations where call_id = ${String(callId)}`) as unknown as [
    { conversation_id: string },
  ]
  await stage.act(stage.agent, conversationId, 'take')
  await stage.act(stage.agent, conversationId, 'reply', { text: 'Our secret answer', clientId: 'one' })
  await stage.act(stage.agent, conversationId, 'transfer', { userId: stage.colleague.userId })
  await stage.act(stage.colleague, conversationId, 'close')
  await stage.hear(phone, 'STOP')
  await stage.hear(phone, 'STOP')
  await stage.hear(phone, 'START')
  await send()

  const told = all.receiver.received
  assert.deepEqual(
    [...told].sort((a, b) => a.body.sequence - b.body.sequence).map(({ body }) => body.type),
    [
      ...['call.attempted', 'invite.sent', 'invite.delivered', 'invite.read'],
      ...['conversation.opened', 'invite.replied', 'conversation.taken', 'conversation.transferred'],
      ...['conversation.closed', 'opt-out.added', 'opt-out.lifted'],
    ],
  )
  for (const one of told) {
    assert.deepEqual(verify(all.secret, one), one.body)
    assert.throws(() => verify(open.secret, one))
    assert.match(one.id, /^msg_[0-9a-f-]{36}$/)
    assert.equal(one.body.data.accountId, brand.accountId)
    assert.ok(!Number.isNaN(Date.parse(one.body.timestamp)))
    for (const word of [phone.slice(1), 'secret']) assert.ok(!one.raw.includes(word), one.raw)
  }
  assert.deepEqual(
    told.map(({ body }) => body.sequence).sort((a, b) => a - b),
    told.map((_, index) => index + 1),
  )

  const [attempted] = all.receiver.of('call.attempted')
  const { data } = attempted!.body
  assert.deepEqual(
    [data.callId, data.eligible, data.availableChannels, data.skill.name, data.handoff.id, data.ivrNumber, data.status],
    [callId, true, ['sms'], 'support', brand.handoffId, '1800', 'eligible'],
  )
  const replied = all.receiver.of('invite.replied')[0]!.body.data
  assert.deepEqual([replied.status, replied.channel, replied.conversationId], ['replied', 'sms', conversationId])
  for (const time of ['attempted', 'sent', 'delivered', 'read', 'replied']) assert.ok(replied.times[time], time)
  const closed = all.receiver.of('conversation.closed')[0]!.body.data
  assert.deepEqual(
    [closed.status, closed.closedBy, closed.agentId, closed.callId, closed.handoff.id],
    ['closed', 'agent', stage.colleague.userId, callId, brand.handoffId],
  )
  const stop = all.receiver.of('opt-out.added')[0]!.body.data
  assert.deepEqual([stop.channel, stop.scope, stop.source], ['sms', 'all', 'keyword'])

  const chosen = open.receiver.received.map(({ body }) => body)
  assert.deepEqual(chosen.map(({ type }) => type).sort(), ['conversation.opened', 'invite.replied', 'opt-out.added'])
  for (const body of chosen) assert.deepEqual(body.data.consumer, { phone, consumerId: null })
  // The same event has one id, wherever it goes.
  assert.equal(open.receiver.of('invite.replied')[0]!.id, all.receiver.of('invite.replied')[0]!.id)
  assert.deepEqual(other.received, [])
  assert.equal(deps.background.size, 0)
})

test('a call that reaches nobody is told as failed or skipped, and one that is not eligible only as attempted', async (t) => {
  const { brand, db } = stage
  const { receiver } = await endpoint(t)
  const ask = async (phone: string) => {
    const body = { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support' }
    return String((await callIvr(stage.server, brand, 'eligibility', { body })).body.callId)
  }
  const failing = stage.newPhone()
  const failed = await ask(failing)
  await callIvr(stage.server, brand, 'invite', { body: { callId: failed } })
  const [message] = await db`select message_id from messages where call_id = ${failed}`
  await stage.hearStatus(`journal-${message!.message_id}`, 'failed')
  const stopping = stage.newPhone()
  const skipped = await ask(stopping)
  await stage.hear(stopping, 'STOP')
  assert.equal((await callIvr(stage.server, brand, 'invite', { body: { callId: skipped } })).status, 400)
  await ask(stopping)
  await send()
  const ofCalls = receiver.received.filter(({ body }) => body.data.callId !== undefined)
  assert.deepEqual(
    ofCalls.sort((a, b) => a.body.sequence - b.body.sequence).map(({ body }) => [body.type, body.data.status]),
    [
      ['call.attempted', 'eligible'],
      ['invite.sent', 'sent'],
      ['invite.failed', 'failed'],
      ['call.attempted', 'eligible'],
      ['invite.skipped', 'skipped'],
      ['call.attempted', 'not-eligible'],
    ],
  )
  assert.equal(receiver.of('invite.failed')[0]!.body.data.error.source, 'provider')
  assert.deepEqual(receiver.of('call.attempted')[2]!.body.data.reasons, [{ channel: 'sms', code: 'opted_out' }])
})

test('ten tries under one id, each signed anew; then by hand', async (t) => {
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
  const metrics = await stage.deps.metrics.registry.getSingleMetricAsString('c2m_webhook_deliveries_total')
  for (const result of ['delivered', 'failed', 'given-up']) assert.match(metrics, new RegExp(`result="${result}"`))
})

test('the wait after a failure is that of the schedule', async (t) => {
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

test('410 disables at once; what it missed comes when it is wanted again, and the numbers go on', async (t) => {
  const { receiver, endpointId, list, shown } = await endpoint(t, {
    title: 'Gone away',
    events: ['conversation.opened'],
  })
  const began = new Date()
  await opened()
  await send()
  receiver.answer({ status: 410 })
  await opened()
  await send()
  assert.deepEqual([(await shown()).state, (await shown()).disabledFor], ['disabled', 'gone'])
  const health = `/api/admin/accounts/${stage.brand.accountId}/health`
  const { sentences } = await stage.expect(stage.administrator, 'GET', health)
  assert.deepEqual(
    sentences.filter(({ id }: { id: string }) => id === endpointId),
    [
      {
        ...{ level: 'error', about: 'webhook', id: endpointId },
        sentence: 'The webhook endpoint “Gone away” is disabled: it answered 410, that it wants no more.',
      },
    ],
  )
  assert.ok((await doctor(stage.db)).some(({ finding }) => finding === 'webhook-disabled'))
  const missed = await opened()
  await timePasses()
  await send()
  assert.equal(receiver.received.length, 2)
  const span = { since: began.toISOString(), scope: 'missed' as const }
  assert.equal((await stage.administrator.ask('POST', `${path}/${endpointId}/replay`, span)).status, 409)

  receiver.answer({ status: 200 })
  await administrator('PATCH', `/${endpointId}`, { state: 'on' })
  await administrator('POST', `/${endpointId}/replay`, span)
  await repeatEvents(stage.deps, stage.system, { endpointId, ...span, until: new Date().toISOString() })
  await send()
  assert.deepEqual(
    (await list()).map(({ number, state }: { number: string; state: string }) => [number, state]),
    [
      ['3', 'delivered'],
      ['2', 'delivered'],
      ['1', 'delivered'],
    ],
  )
  assert.deepEqual(
    receiver.received.map(({ body }) => body.sequence),
    [1, 2, 2, 3],
  )
  assert.equal(receiver.received.at(-1)!.body.data.conversationId, missed)
  await repeatEvents(stage.deps, stage.system, { endpointId, ...span, scope: 'all', until: new Date().toISOString() })
  await send()
  assert.deepEqual(
    receiver.received
      .map(({ body }) => body.sequence)
      .slice(4)
      .sort(),
    [1, 2, 3],
  )
})

test('days of nothing but failures disable an endpoint; one success in between does not', async (t) => {
  const { receiver, endpointId, shown } = await endpoint(t)
  const age = (days: number) => stage.db`
    update webhook_endpoints set failing_since = now() - make_interval(days => ${days}) where endpoint_id = ${endpointId}`
  receiver.answer({ status: 500 })
  await opened()
  await send()
  assert.equal((await shown()).lastError, 'It answered with another status than 2xx.')
  await age(4)
  await timePasses()
  await send()
  assert.equal((await shown()).state, 'on')
  receiver.answer({ status: 200 })
  await timePasses()
  await send()
  assert.deepEqual([(await shown()).failingSince, (await shown()).lastError], [null, null])
  receiver.answer({ status: 500 })
  await opened()
  await send()
  await age(6)
  await timePasses()
  await send()
  assert.deepEqual([(await shown()).state, (await shown()).disabledFor], ['disabled', 'failing'])
})

test('a paused endpoint is told later, a test event at once and once', async (t) => {
  const { receiver, endpointId, secret, list } = await endpoint(t)
  await administrator('PATCH', `/${endpointId}`, { state: 'paused' })
  await opened()
  receiver.answer({ status: 500 })
  const { number } = await administrator('POST', `/${endpointId}/test`)
  await send()
  assert.deepEqual(
    receiver.received.map(({ body }) => body.type),
    ['webhook.test'],
  )
  verify(secret, receiver.received[0]!)
  const [tested] = (await list()).filter((one: { number: string }) => one.number === number)
  assert.deepEqual([tested.state, tested.isTest, tested.attempts.length], ['failed', true, 1])
  receiver.answer({ status: 200 })
  await administrator('PATCH', `/${endpointId}`, { state: 'on' })
  await send()
  assert.deepEqual(
    receiver.received.map(({ body }) => body.type),
    ['webhook.test', 'conversation.opened'],
  )
})

test('while a secret is exchanged both sign, afterwards only the new one', async (t) => {
  const { receiver, endpointId, secret, shown } = await endpoint(t)
  const { secret: next, previousUntil } = await administrator('POST', `/${endpointId}/secret`)
  assert.equal((await shown()).previousUntil, previousUntil)
  await opened()
  await send()
  verify(secret, receiver.received[0]!)
  verify(next, receiver.received[0]!)
  await stage.db`update webhook_endpoints set previous_until = now() where endpoint_id = ${endpointId}`
  await opened()
  await send()
  verify(next, receiver.received[1]!)
  assert.throws(() => verify(secret, receiver.received[1]!))
  const [row] = await stage.db`select secret::text from webhook_endpoints where endpoint_id = ${endpointId}`
  assert.ok(!Buffer.from(row!.secret.slice(2), 'hex').includes(next))
})

test('a redirect is a failure and is not followed', async (t) => {
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
  while (quick.receiver.received.length < 25) await sendWebhooks(stage.deps, underWay)
  assert.deepEqual([slow.receiver.open, underWay.get(slow.endpointId)], [10, 10])
  release({ status: 200 })
  while (slow.receiver.received.length < 25 || stage.deps.background.size > 0) await sendWebhooks(stage.deps, underWay)
  assert.equal(slow.receiver.mostOpen, 10)
  assert.equal((await slow.list('?state=delivered')).length, 25)
})

test('what is older than thirty days is removed, deliveries before their events', async (t) => {
  const { endpointId, list } = await endpoint(t)
  await opened()
  await opened()
  await send()
  await stage.db`
    update webhook_deliveries set event_at = now() - interval '31 days' where endpoint_id = ${endpointId} and number = 1`
  const [old] = await stage.db`select event_id from webhook_deliveries where endpoint_id = ${endpointId} and number = 1`
  await stage.db`update webhook_events set at = now() - interval '31 days' where event_id = ${old!.event_id}`
  await cleanUp(stage.deps)
  assert.deepEqual(
    (await list()).map(({ number }: { number: string }) => number),
    ['2'],
  )
  assert.equal((await stage.db`select 1 from webhook_events where event_id = ${old!.event_id}`).length, 0)
})

test('an address that is private or no address is refused, and so is what is no event', async () => {
  for (const body of [
    { title: 'T', url: 'ftp://example.com/' },
    { title: 'T', url: 'http://example.com/' },
    { title: '', url: 'https://example.com/' },
    { title: 'T', url: 'https://example.com/', events: [] },
    { title: 'T', url: 'https://example.com/', events: ['invite.lost'] },
    { title: 'T', url: 'https://example.com/', secret: 'mine' },
  ])
    assert.equal((await stage.administrator.ask('POST', path, body)).status, 400, JSON.stringify(body))
  const since = new Date(Date.now() - 40 * 86_400_000).toISOString()
  const { endpointId } = await administrator('POST', '', { title: 'T', url: 'https://example.com/' })
  assert.equal((await stage.administrator.ask('POST', `${path}/${endpointId}/replay`, { since })).status, 400)
  await administrator('DELETE', `/${endpointId}`)
  assert.equal((await stage.administrator.ask('GET', `${path}/${endpointId}/deliveries`)).status, 404)
})
