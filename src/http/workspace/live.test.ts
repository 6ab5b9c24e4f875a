import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { callIvr } from '../../../test/ivr-client.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

const connector = journalConnector()
let server: TestServer
let brand: TestBrand
let agent: TestUser
let manager: TestUser

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  manager = await testUser(server, brand.accountId, 'agent-manager')
})
after(() => server.close())

const eligible = async (skill: string) => {
  const body = { consumerPhoneNumber: testPhone(), handoffId: brand.handoffId, skill }
  return (await callIvr(server, brand, 'eligibility', { body, query: 'v=2.0&explain=true' })).body
}
const stop = (skillId: string | null, channel: string | null, stopped: boolean, user = manager) =>
  user.ask('PUT', '/api/workspace/stops', { skillId, channel, stopped })

test('queues, agents, the last hour and the providers, as they are', async () => {
  await testConversation(server, brand, { minutesAgo: 10 })
  const taken = await testConversation(server, brand, { minutesAgo: 5 })
  await server.deps.db`update users set capacity = 7 where user_id = ${agent.userId}`
  await agent.ask('PUT', '/api/workspace/presence', { status: 'online' })
  await agent.ask('POST', `/api/workspace/conversations/${taken.conversationId}/take`)
  await eligible('sales')
  const { status, body } = await manager.ask('GET', '/api/workspace/live')
  assert.equal(status, 200)
  assert.equal(body.waiting, 1)
  const support = body.skills.find(({ name }: { name: string }) => name === 'support')
  assert.equal(support.waiting, 1)
  assert.equal(body.waitingSince, support.waitingSince)
  assert.deepEqual([support.online, support.load, support.capacity], [1, 1, 7])
  assert.equal(body.agents.find(({ userId }: { userId: string }) => userId === agent.userId).load, 1)
  const { byChannel, ...whole } = body.lastHour
  assert.deepEqual(whole, { calls: 3, eligible: 3, invited: 2, sent: 2, delivered: 0, failed: 0, replied: 2 })
  assert.equal(byChannel.length, 1)
  assert.deepEqual([byChannel[0].channel, byChannel[0].invited], ['sms', 2])
  assert.deepEqual(
    body.providers.map(({ state, channel }: { state: string; channel: string }) => [channel, state]),
    [['sms', 'works']],
  )
  assert.equal((await agent.ask('GET', '/api/workspace/live')).status, 403)
})

test('a stop of one skill is obeyed at once, with a reason, and lifted again', async () => {
  assert.equal((await stop(brand.skills.sales, 'sms', true, agent)).status, 403)
  const set = await stop(brand.skills.sales, 'sms', true)
  assert.equal(set.status, 200)
  assert.deepEqual(
    set.body.stops.map(({ stoppedAt: _at, ...one }: { stoppedAt: string }) => one),
    [
      {
        ...{ skillId: brand.skills.sales, channel: 'sms' },
        ...{ stoppedBy: `user:${manager.userId}`, stoppedByName: 'Test agent-manager' },
      },
    ],
  )
  assert.equal((await stop(brand.skills.sales, 'sms', true)).body.stops.length, 1)
  const refused = await eligible('sales')
  assert.equal(refused.eligible, false)
  assert.deepEqual(
    (refused.reasons as { channel: string; code: string }[]).map(({ channel, code }) => [channel, code]),
    [['sms', 'stopped']],
  )
  assert.equal((await eligible('support')).eligible, true)
  assert.deepEqual((await stop(brand.skills.sales, 'sms', false)).body.stops, [])
  assert.equal((await eligible('sales')).eligible, true)
  const audit = await (await testUser(server, brand.accountId, 'administrator')).ask(
    'GET',
    `/api/admin/accounts/${brand.accountId}/audit`,
  )
  assert.deepEqual(
    audit.body.entries.slice(0, 2).map(({ action }: { action: string }) => action),
    ['stop.lift', 'stop.set'],
  )
})

test('an invite that was promised before the stop does not go out after it', async () => {
  const { callId, eligible: yes } = await eligible('sales')
  assert.equal(yes, true)
  await stop(null, null, true)
  try {
    const sent = connector.sent.length
    const invite = await callIvr(server, brand, 'invite', { body: { callId } })
    assert.equal(invite.status, 400)
    assert.equal(invite.body.errorCode, 1400)
    assert.equal(connector.sent.length, sent)
  } finally {
    await stop(null, null, false)
  }
})

test('a skill of nobody cannot be stopped', async () => {
  const { skills } = await testBrand(server)
  const foreign = await stop(skills.sales, null, true)
  assert.equal(foreign.status, 400)
  assert.match(foreign.body.details[0], /no such skill/)
})
