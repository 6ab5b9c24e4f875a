import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { describedWebhook } from '../../test/described-webhook.ts'
import { callIvr } from '../../test/ivr-client.ts'
import { testBrand } from '../../test/test-brand.ts'
import { testUser } from '../../test/test-user.ts'
import { verify } from '../../test/webhook-receiver.ts'
import { type WebhookStage, webhookStage } from '../../test/webhook-stage.ts'

let stage: WebhookStage
let asDescribed: ReturnType<typeof describedWebhook>
before(async () => {
  stage = await webhookStage()
  asDescribed = describedWebhook(await (await fetch(`${stage.live.server.url}/openapi.json`)).json())
})
after(() => stage?.close())

test('a journey is told step by step, signed, numbered, and to each endpoint what it wants', async (t) => {
  const { endpoint, receiving, send, live } = stage
  const { brand, deps, db } = live
  const all = await endpoint(t)
  const open = await endpoint(t, {
    tellsAddress: true,
    events: ['invite.replied', 'conversation.opened', 'opt-out.added'],
  })
  const stranger = await testBrand(live.server)
  const theirs = await testUser(live.server, stranger.accountId, 'administrator')
  const other = await receiving()
  const made = await theirs.ask('POST', `/api/admin/accounts/${stranger.accountId}/webhooks`, {
    title: 'Theirs',
    url: other.url,
  })
  assert.equal(made.status, 201)

  const phone = live.newPhone()
  const question = { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support', ivrNumber: '1800' }
  const { callId } = (await callIvr(live.server, brand, 'eligibility', { body: question })).body
  const invited = await callIvr(live.server, brand, 'invite', { body: { callId } })
  assert.equal(invited.status, 200, JSON.stringify(invited.body))
  const [message] = await db`select message_id from messages where call_id = ${String(callId)}`
  for (const status of ['delivered', 'delivered', 'read'] as const)
    await live.hearStatus(`journal-${message!.message_id}`, status)
  await live.hear(phone, 'My secret words')
  const [{ conversation_id: conversationId }] = (await db`
    select conversation_id from conversations where call_id = ${String(callId)}`) as unknown as [
    { conversation_id: string },
  ]
  await live.act(live.agent, conversationId, 'take')
  await live.act(live.agent, conversationId, 'reply', { text: 'Our secret answer', clientId: 'one' })
  await live.act(live.agent, conversationId, 'transfer', { userId: live.colleague.userId })
  await live.act(live.colleague, conversationId, 'close')
  await live.hear(phone, 'STOP')
  await live.hear(phone, 'STOP')
  await live.hear(phone, 'START')
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
    asDescribed(one.body)
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
    ['closed', 'agent', live.colleague.userId, callId, brand.handoffId],
  )
  const stop = all.receiver.of('opt-out.added')[0]!.body.data
  assert.deepEqual([stop.channel, stop.scope, stop.source], ['sms', 'all', 'keyword'])

  const chosen = open.receiver.received.map(({ body }) => body)
  assert.deepEqual(chosen.map(({ type }) => type).sort(), ['conversation.opened', 'invite.replied', 'opt-out.added'])
  for (const body of chosen) {
    assert.deepEqual(body.data.consumer, { phone, consumerId: null })
    asDescribed(body)
  }
  // The same event has one id, wherever it goes.
  assert.equal(open.receiver.of('invite.replied')[0]!.id, all.receiver.of('invite.replied')[0]!.id)
  assert.deepEqual(other.received, [])
  assert.equal(deps.background.size, 0)
})

test('a call that reaches nobody is told as failed or skipped, and one that is not eligible only as attempted', async (t) => {
  const { endpoint, send, live } = stage
  const { brand, db } = live
  const { receiver } = await endpoint(t)
  const ask = async (phone: string) => {
    const body = { consumerPhoneNumber: phone, handoffId: brand.handoffId, skill: 'support' }
    return String((await callIvr(live.server, brand, 'eligibility', { body })).body.callId)
  }
  const failing = live.newPhone()
  const failed = await ask(failing)
  await callIvr(live.server, brand, 'invite', { body: { callId: failed } })
  const [message] = await db`select message_id from messages where call_id = ${failed}`
  await live.hearStatus(`journal-${message!.message_id}`, 'failed')
  const stopping = live.newPhone()
  const skipped = await ask(stopping)
  await live.hear(stopping, 'STOP')
  assert.equal((await callIvr(live.server, brand, 'invite', { body: { callId: skipped } })).status, 400)
  await ask(stopping)
  await send()
  for (const { body } of receiver.received) asDescribed(body)
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
