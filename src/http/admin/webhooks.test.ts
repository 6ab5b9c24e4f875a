import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { describedWebhook } from '../../../test/described-webhook.ts'
import { verify } from '../../../test/webhook-receiver.ts'
import { type WebhookStage, webhookStage } from '../../../test/webhook-stage.ts'
import { repeatEvents } from '../../actions/repeat-events.ts'
import { doctor } from '../../reports/doctor.ts'

let stage: WebhookStage
before(async () => {
  stage = await webhookStage()
})
after(() => stage?.close())

test('410 disables at once; what it missed comes when it is wanted again, and the numbers go on', async (t) => {
  const { endpoint, administrator, send, timePasses, opened, path, live } = stage
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
  const health = `/api/admin/accounts/${live.brand.accountId}/health`
  const { sentences } = await live.expect(live.administrator, 'GET', health)
  assert.deepEqual(
    sentences.filter(({ id }: { id: string }) => id === endpointId),
    [
      {
        ...{ level: 'error', about: 'webhook', id: endpointId },
        sentence: 'The webhook endpoint “Gone away” is disabled: it answered 410, that it wants no more.',
      },
    ],
  )
  assert.ok((await doctor(live.db)).some(({ finding }) => finding === 'webhook-disabled'))
  const missed = await opened()
  await timePasses()
  await send()
  assert.equal(receiver.received.length, 2)
  const span = { since: began.toISOString(), scope: 'missed' as const }
  assert.equal((await live.administrator.ask('POST', `${path}/${endpointId}/replay`, span)).status, 409)

  receiver.answer({ status: 200 })
  await administrator('PATCH', `/${endpointId}`, { state: 'on' })
  await administrator('POST', `/${endpointId}/replay`, span)
  await repeatEvents(live.deps, live.system, { endpointId, ...span, until: new Date().toISOString() })
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
  await repeatEvents(live.deps, live.system, { endpointId, ...span, scope: 'all', until: new Date().toISOString() })
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
  const { endpoint, send, timePasses, opened, live } = stage
  const { receiver, endpointId, shown } = await endpoint(t)
  const age = (days: number) => live.db`
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
  const { endpoint, administrator, send, opened } = stage
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
  describedWebhook(await (await fetch(`${stage.live.server.url}/openapi.json`)).json())(receiver.received[0]!.body)
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
  const { endpoint, administrator, send, opened, live } = stage
  const { receiver, endpointId, secret, shown } = await endpoint(t)
  const { secret: next, previousUntil } = await administrator('POST', `/${endpointId}/secret`)
  assert.equal((await shown()).previousUntil, previousUntil)
  await opened()
  await send()
  verify(secret, receiver.received[0]!)
  verify(next, receiver.received[0]!)
  await live.db`update webhook_endpoints set previous_until = now() where endpoint_id = ${endpointId}`
  await opened()
  await send()
  verify(next, receiver.received[1]!)
  assert.throws(() => verify(secret, receiver.received[1]!))
  const [row] = await live.db`select secret::text from webhook_endpoints where endpoint_id = ${endpointId}`
  assert.ok(!Buffer.from(row!.secret.slice(2), 'hex').includes(next))
})

test('an address that is private or no address is refused, and so is what is no event', async () => {
  const { administrator, path, live } = stage
  for (const body of [
    { title: 'T', url: 'ftp://example.com/' },
    { title: 'T', url: 'http://example.com/' },
    { title: '', url: 'https://example.com/' },
    { title: 'T', url: 'https://example.com/', events: [] },
    { title: 'T', url: 'https://example.com/', events: ['invite.lost'] },
    { title: 'T', url: 'https://example.com/', secret: 'mine' },
  ])
    assert.equal((await live.administrator.ask('POST', path, body)).status, 400, JSON.stringify(body))
  const since = new Date(Date.now() - 40 * 86_400_000).toISOString()
  const { endpointId } = await administrator('POST', '', { title: 'T', url: 'https://example.com/' })
  assert.equal((await live.administrator.ask('POST', `${path}/${endpointId}/replay`, { since })).status, 400)
  await administrator('DELETE', `/${endpointId}`)
  assert.equal((await live.administrator.ask('GET', `${path}/${endpointId}/deliveries`)).status, 404)
})
