import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { testUser } from '../../../test/test-user.ts'
import { recordExchange } from '../../store/provider-exchanges.ts'
import { recordStep } from '../../store/transactions.ts'

const connector = journalConnector()
let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
})
after(() => server.close())

test('the journey shows each step with its time, and what was said to the provider', async () => {
  const { db } = server.deps
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  const { conversationId, callId, phone, inviteText } = await testConversation(server, brand)
  await recordStep(db, brand.accountId, callId, 'sending', { channel: 'sms' })
  await recordStep(db, brand.accountId, callId, 'sent', { channel: 'sms', round: 1 })
  const reasons = [{ channel: 'wa', code: 'template_not_approved' }]
  await db`
    update calls set reasons = ${db.json(reasons)}, sdes = '{}', variant = 'A', cost_micros = 7900, cost_currency = 'USD',
      other_costs = '{"EUR": 12000}'
    where call_id = ${callId}`
  await recordExchange(
    db,
    brand.accountId,
    { callId, messageId: null, senderId: brand.smsSender.senderId, direction: 'out' },
    {
      startedAt: new Date(),
      method: 'POST',
      url: 'https://provider.example/Messages.json',
      requestBody: 'To=[number]&Body=[text]',
      status: 201,
      answerBody: '{"sid":"SM1"}',
      failure: null,
      durationMs: 12.4,
    },
  )
  await agent.ask('POST', `/api/workspace/conversations/${conversationId}/take`)
  await agent.ask('POST', `/api/workspace/conversations/${conversationId}/reply`, { text: 'Hi', clientId: '1' })
  await agent.ask('POST', `/api/workspace/conversations/${conversationId}/close`)
  const { status, body } = await manager.ask('GET', `/api/transactions/${callId}`)
  assert.equal(status, 200)
  assert.deepEqual(
    body.steps.map((step: { step: string }) => step.step),
    ['sending', 'sent', 'conversation-taken', 'agent-replied', 'conversation-closed'],
  )
  assert.deepEqual(body.steps[1].details, { round: 1 })
  assert.equal(body.consumerPhone, phone)
  assert.deepEqual(body.handoff, { handoffId: brand.handoffId, title: `Handoff ${brand.handoffId}` })
  assert.equal(body.skill, 'support')
  assert.equal(body.firstMessage, inviteText)
  assert.equal(body.conversationId, conversationId)
  assert.equal(body.error, null)
  assert.deepEqual([body.askedChannel, body.triedChannels, body.channel], ['sms', ['sms'], 'sms'])
  assert.deepEqual([body.template, body.variant, body.hasSdes], [null, 'A', true])
  assert.deepEqual(body.cost, [
    { currency: 'USD', amount: 7_900 },
    { currency: 'EUR', amount: 12_000 },
  ])
  const sentence = 'The WhatsApp template of the handoff is not approved.'
  assert.deepEqual(body.reasons, [{ ...reasons[0], sentence }])
  for (const name of ['attemptedAt', 'sentAt', 'repliedAt', 'conversationTakenAt', 'conversationClosedAt']) {
    assert.ok(body.times[name], name)
  }
  assert.equal(body.times.failedAt, null)
  assert.equal(body.exchanges.length, 1)
  assert.equal(body.exchanges[0].requestBody, 'To=[number]&Body=[text]')
  assert.equal(body.exchanges[0].durationMs, 12)
})

test('agents may not read it, campaign managers see the end of the number, and an unknown one is not found', async () => {
  const { callId, phone } = await testConversation(server, brand)
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const campaigner = await testUser(server, brand.accountId, 'campaign-manager')
  for (const id of [callId, randomUUID(), 'x']) {
    const answer = await agent.ask('GET', `/api/transactions/${id}`)
    assert.equal(answer.status, id === 'x' ? 404 : 403)
  }
  assert.equal(
    (await campaigner.ask('GET', `/api/transactions/${callId}`)).body.consumerPhone,
    `••••${phone.slice(-4)}`,
  )
  const other = await testConversation(server, await testBrand(server, { smsConnector: connector.name }))
  const [foreign, unknown, malformed] = await Promise.all(
    [other.callId, randomUUID(), 'x'].map((id) => campaigner.ask('GET', `/api/transactions/${id}`)),
  )
  assert.equal(foreign!.status, 404)
  assert.deepEqual({ ...foreign!.body, requestId: '' }, { ...unknown!.body, requestId: '' })
  assert.deepEqual({ ...malformed!.body, requestId: '' }, { ...unknown!.body, requestId: '' })
  assert.equal((await campaigner.ask('GET', `/api/transactions/${callId}`, undefined, { cookie: '' })).status, 401)
})
