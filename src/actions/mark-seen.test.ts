import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, beforeEach, test } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type TestUser, testUser } from '../../test/test-user.ts'
import type { Connector } from '../channels/connector.ts'
import { SendFailure } from '../channels/failures.ts'
import { uuidV7 } from '../store/uuid-v7.ts'
import { markRead } from './mark-read.ts'

/* What an agent's page says of its person, passed on to a provider that can show it to the consumer. */
const told: [string, boolean][] = []
let refusal: SendFailure | null = null
const whatsapp: Connector = {
  ...journalConnector(),
  channel: 'wa',
  limits: { text: 200, templateToBegin: true, windowHours: 24, media: {} },
  async markRead(providerId, { typing }, sender, http) {
    if (refusal !== null) {
      await http({ method: 'POST', url: 'http://127.0.0.1:9/', headers: {} }).catch(() => {})
      throw refusal
    }
    assert.equal(sender.channel, 'wa')
    told.push([providerId, typing])
  },
}
let server: TestServer
let brand: TestBrand
let agent: TestUser

before(async () => {
  server = await testServer({ connectors: [whatsapp] })
  brand = await testBrand(server, { smsConnector: 'sms-journal' })
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  await server.deps.db`update senders set channel = 'wa' where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
})
after(() => server.close())
beforeEach(async () => {
  refusal = null
  told.length = 0
  await server.deps.db`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`
})

/** A conversation of the agent's with one message of the consumer's. */
async function talking() {
  const conversation = await testConversation(server, brand)
  const { conversationId } = conversation
  await server.deps.db`
    update conversations set channel = 'wa', state = 'assigned', owner_id = ${agent.userId}
    where conversation_id = ${conversationId}`
  const at = `/api/workspace/conversations/${conversationId}`
  return { ...conversation, at, first: `in-${conversationId}` }
}

/** The consumer writes again. @returns the message's id, and the provider's of it. */
async function writes({ conversationId }: { conversationId: string }) {
  const [messageId, providerId] = [uuidV7(new Date()), `again-${randomUUID()}`]
  await server.deps.db`
    insert into messages (account_id, message_id, conversation_id, sender_id, channel, address, direction, kind, body, provider_id)
    select account_id, ${messageId}, conversation_id, sender_id, channel, address, 'in', 'text', 'And?', ${providerId}
    from conversations where conversation_id = ${conversationId}`
  return { messageId, providerId }
}

/** Does what waits in the queue, each once, as the worker would. */
async function work() {
  const { db } = server.deps
  const jobs = await db<{ payload: { messageId: string; shows: 'read' | 'typing' } }[]>`
    select payload from graphile_worker._private_jobs where task_id =
      (select id from graphile_worker._private_tasks where identifier = 'mark-read') order by id`
  await db`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`
  const system = { kind: 'system', accountId: brand.accountId } as const
  for (const { payload } of jobs) await markRead(server.deps, system, payload)
  return told.splice(0)
}
const unread = async (conversationId: string) => {
  const [row] = await server.deps.db<{ unread: number }[]>`
    select count(*)::integer as unread from conversations c join messages m using (account_id, conversation_id)
      left join seen_marks s on s.conversation_id = c.conversation_id and s.user_id = c.owner_id
    where c.conversation_id = ${conversationId} and m.direction = 'in'
      and m.message_number > coalesce(s.message_number, 0)`
  return row!.unread
}

test('the owner has seen it: nothing is unread, and the newest message is marked, once', async () => {
  const talk = await talking()
  const { providerId } = await writes(talk)
  assert.equal(await unread(talk.conversationId), 2)
  assert.equal((await agent.ask('POST', `${talk.at}/seen`)).status, 204)
  assert.equal(await unread(talk.conversationId), 0)
  assert.deepEqual(await work(), [[providerId, false]])
  assert.equal((await agent.ask('POST', `${talk.at}/seen`, {})).status, 204)
  assert.deepEqual(await work(), [], 'seen again, told once')
})

test('what came after the page was drawn stays unread; seeing never goes back', async () => {
  const talk = await talking()
  const second = await writes(talk)
  const third = await writes(talk)
  await agent.ask('POST', `${talk.at}/seen`, { messageId: second.messageId })
  assert.equal(await unread(talk.conversationId), 1)
  assert.deepEqual(await work(), [[second.providerId, false]])
  await agent.ask('POST', `${talk.at}/seen`, { messageId: third.messageId })
  assert.deepEqual(await work(), [[third.providerId, false]])
  await agent.ask('POST', `${talk.at}/seen`, { messageId: second.messageId })
  assert.equal(await unread(talk.conversationId), 0)
  await writes(talk)
  for (const messageId of [randomUUID(), (await writes(await talking())).messageId])
    assert.equal((await agent.ask('POST', `${talk.at}/seen`, { messageId })).status, 204)
  assert.equal(await unread(talk.conversationId), 1, 'a message of no or another conversation marks nothing')
  assert.deepEqual(await work(), [])
})

test('somebody else’s look is not the owner’s; who may not read it finds nothing', async () => {
  const talk = await talking()
  const boss = await testUser(server, brand.accountId, 'agent-manager')
  const colleague = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const stranger = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.sales] })
  assert.equal((await boss.ask('POST', `${talk.at}/seen`)).status, 204)
  assert.equal((await colleague.ask('POST', `${talk.at}/seen`)).status, 204)
  assert.equal((await stranger.ask('POST', `${talk.at}/seen`)).status, 404)
  assert.equal(await unread(talk.conversationId), 1)
  assert.deepEqual(await work(), [])
})

test('typing is told every 20 seconds at most, anew after each reply, and only while a reply could go', async () => {
  const talk = await talking()
  const { db } = server.deps
  const types = async () => (await agent.ask('POST', `${talk.at}/typing`)).status
  assert.equal(await types(), 204)
  assert.equal(await types(), 204)
  assert.deepEqual(await work(), [[talk.first, true]])
  await agent.ask('POST', `${talk.at}/reply`, { text: 'Yes.', clientId: randomUUID() })
  await types()
  assert.deepEqual(await work(), [[talk.first, true]], 'the reply has ended what was shown')
  await db`
    update conversations set typing_shown_at = now() - interval '21 seconds' where conversation_id = ${talk.conversationId}`
  await types()
  assert.deepEqual(await work(), [[talk.first, true]])

  await db`
    update conversations set typing_shown_at = null, last_inbound_at = now() - interval '25 hours'
    where conversation_id = ${talk.conversationId}`
  assert.equal(await types(), 409)
  assert.deepEqual(await work(), [])
})

test('a consumer who said STOP is told nothing any more', async () => {
  const talk = await talking()
  await server.deps.db`
    insert into opt_outs (account_id, address, channel, opted_out_at, source)
    values (${brand.accountId}, ${talk.phone}, '*', now(), 'keyword')`
  assert.equal((await agent.ask('POST', `${talk.at}/seen`)).status, 204)
  assert.equal(await unread(talk.conversationId), 0)
  assert.equal((await agent.ask('POST', `${talk.at}/typing`)).status, 409)
  assert.deepEqual(await work(), [])
})

test('a mark that the provider refuses is kept with its exchange, and harms nothing', async () => {
  const talk = await talking()
  refusal = new SendFailure('throttled')
  await agent.ask('POST', `${talk.at}/seen`)
  assert.deepEqual(await work(), [])
  const exchanges = await server.deps.db`
    select x.failure from provider_exchanges x join messages m using (account_id, message_id)
    where m.conversation_id = ${talk.conversationId}`
  assert.equal(exchanges.length, 1)
})
