import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { deliverMessage } from '../../actions/deliver-message.ts'
import { lockConsumer } from '../../store/consumer-lock.ts'
import { atomic } from '../../store/db.ts'
import { advanceMessage } from '../../store/message-status.ts'
import { recordOptOut } from '../../store/opt-outs.ts'
import { endSessionsOf } from '../../store/sessions.ts'
import { updateUser } from '../../store/users.ts'

const connector = journalConnector()
let server: TestServer
let brand: TestBrand
let anna: TestUser
let bert: TestUser
let sales: TestUser
let manager: TestUser

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
  const { accountId, skills } = brand
  anna = await testUser(server, accountId, 'agent', { skills: [skills.support] })
  bert = await testUser(server, accountId, 'agent', { skills: [skills.support] })
  sales = await testUser(server, accountId, 'agent', { skills: [skills.sales] })
  manager = await testUser(server, accountId, 'agent-manager')
})
after(() => server.close())

const at = (id: string, deed = '') => `/api/workspace/conversations/${id}${deed}`
const waiting = (options: Parameters<typeof testConversation>[2] = {}) => testConversation(server, brand, options)
async function taken(by: TestUser) {
  const conversation = await waiting()
  assert.equal((await by.ask('POST', at(conversation.conversationId, '/take'))).status, 204)
  return conversation
}
const stop = (phone: string) =>
  atomic(server.deps.db, async (tx) => {
    await lockConsumer(tx, brand.accountId, phone)
    const word = { address: phone, channel: 'sms', source: 'keyword', evidence: 'STOP', senderId: null } as const
    await recordOptOut(tx, brand.accountId, { ...word, scope: 'all' })
  })

test('the queue shows what waits for the skills one holds, longest first, with counts', async () => {
  const own = await testBrand(server, { smsConnector: connector.name })
  const agent = await testUser(server, own.accountId, 'agent', { skills: [own.skills.support, own.skills.billing] })
  const late = await testConversation(server, own, { minutesAgo: 2 })
  const early = await testConversation(server, own, { minutesAgo: 20 })
  const foreign = await testConversation(server, own, { skillId: own.skills.sales })
  const { status, body } = await agent.ask('GET', '/api/workspace/queue')
  assert.equal(status, 200)
  assert.deepEqual(
    body.conversations.map((one: { conversationId: string }) => one.conversationId),
    [early.conversationId, late.conversationId],
  )
  assert.deepEqual(
    body.skills.map(({ name, waiting: count }: { name: string; waiting: number }) => [name, count]),
    [
      ['billing', 0],
      ['support', 2],
    ],
  )
  assert.equal(body.skills[1].waitingSince, body.conversations[0].queuedAt)
  assert.equal(body.skills[0].waitingSince, null)

  const supervisor = await testUser(server, own.accountId, 'administrator')
  const all = await supervisor.ask('GET', '/api/workspace/queue')
  assert.equal(all.body.conversations.length, 3)
  const one = await supervisor.ask('GET', '/api/workspace/queue?skill=sales')
  assert.equal(one.body.conversations[0].conversationId, foreign.conversationId)
  assert.equal((await supervisor.ask('GET', `/api/workspace/queue?skill=${own.skills.sales}`)).body.skills.length, 1)

  const hidden = await agent.ask('GET', '/api/workspace/queue?skill=sales')
  const absent = await agent.ask('GET', '/api/workspace/queue?skill=no-such')
  assert.equal(hidden.status, 404)
  assert.deepEqual({ ...hidden.body, requestId: '' }, { ...absent.body, requestId: '' })
})

const overseeing = ['assign', 'take-over', 'join', 'leave'].map((act) => ({ act, refusal: 'forbidden' }))

test('the handoff of a call is told in the version that the call met', async () => {
  const { db } = server.deps
  const { accountId, handoffId } = brand
  const { conversationId } = await waiting({ minutesAgo: 30 })
  const version = async () => (await anna.ask('GET', at(conversationId))).body.call.handoffVersion
  assert.equal(await version(), 1, 'whatever was never changed is its first')
  const kept = [1, 2, 3].map((number) => ({
    ...{ account_id: accountId, handoff_id: handoffId, version: number, actor: 'system', handoff: db.json({}) },
    at: new Date(Date.now() - [60, 40, 10][number - 1]! * 60_000),
  }))
  await db`insert into handoff_versions ${db(kept)}`
  assert.equal(await version(), 2)
})

test('a conversation carries everything the call knew', async () => {
  const sdes = { ctmrinfo: { customerId: 'C-17' }, personal: { firstname: 'Ada' } }
  const phone = testPhone()
  const before = await waiting({ phone, minutesAgo: 60 })
  await manager.ask('POST', at(before.conversationId, '/close'))
  const { conversationId, callId, inviteText } = await waiting({ phone, sdes })
  await anna.ask('POST', at(conversationId, '/take'))
  const { status, body } = await anna.ask('GET', at(conversationId))
  assert.equal(status, 200)
  assert.equal(body.conversation.state, 'assigned')
  assert.deepEqual(body.conversation.owner, { userId: anna.userId, name: 'Test agent' })
  assert.deepEqual(body.conversation.skill, { skillId: brand.skills.support, name: 'support' })
  assert.deepEqual(body.conversation.consumer, { address: phone, phone, name: 'Ada', optedOut: false })
  assert.equal(body.conversation.sender.address, brand.smsSender.address)
  assert.ok(body.conversation.takenAt)
  assert.deepEqual(
    body.messages.map((m: { direction: string; text: string }) => [m.direction, m.text]),
    [['in', 'Hello, my bill is wrong.']],
  )
  assert.equal(body.call.callId, callId)
  assert.equal(body.call.ivrNumber, '+18005550123')
  assert.equal(body.call.handoffTitle, `Handoff ${brand.handoffId}`)
  assert.equal(body.call.inviteText, inviteText)
  assert.deepEqual(body.call.sdes, { verified: true, ctmrinfo: { customerId: 'C-17' }, personal: { firstname: 'Ada' } })
  assert.deepEqual(
    body.lastInvites.map((m: { text: string; status: string }) => [m.text, m.status]),
    [
      [inviteText, 'delivered'],
      [inviteText, 'delivered'],
    ],
  )
  assert.deepEqual(
    body.previousConversations.map((one: { conversationId: string; state: string; readable: boolean }) => [
      one.conversationId,
      one.state,
      one.readable,
    ]),
    [[before.conversationId, 'closed', true]],
  )
  assert.deepEqual(body.acts, [
    { act: 'take', refusal: null },
    { act: 'reply', refusal: null },
    { act: 'reply-with-template', refusal: 'cannot-send' },
    { act: 'close', refusal: null },
    { act: 'accept', refusal: null },
    { act: 'decline', refusal: 'not-offered' },
    { act: 'transfer', refusal: null },
    { act: 'requeue', refusal: null },
    ...overseeing,
  ])
})

test('no more than five invites are shown, of the last 30 days', async () => {
  const phone = testPhone()
  for (let i = 0; i < 6; i += 1) {
    const { conversationId } = await waiting({ phone, minutesAgo: 10 + i })
    await manager.ask('POST', at(conversationId, '/close'))
  }
  const { conversationId } = await waiting({ phone, minutesAgo: 31 * 24 * 60 })
  await anna.ask('POST', at(conversationId, '/take'))
  const { body } = await anna.ask('GET', at(conversationId))
  assert.equal(body.lastInvites.length, 5)
  const ages = body.lastInvites.map((m: { createdAt: string }) => Date.parse(m.createdAt))
  assert.deepEqual(
    ages,
    [...ages].sort((a, b) => b - a),
  )
  assert.equal(body.previousConversations.length, 6)
})

test("the consumer's number is cut for those who do not talk to them", async () => {
  const { conversationId, phone } = await taken(anna)
  const seenBy = async (user: TestUser) => (await user.ask('GET', at(conversationId))).body.conversation.consumer
  assert.equal((await seenBy(anna)).address, phone)
  assert.equal((await seenBy(manager)).phone, phone)
  assert.deepEqual(await seenBy(bert), {
    address: `••••${phone.slice(-4)}`,
    phone: `••••${phone.slice(-4)}`,
    name: null,
    optedOut: false,
  })
})

test('to an agent without the skill a conversation does not exist, unless it was theirs', async () => {
  const { conversationId } = await waiting()
  const absent = await sales.ask('GET', at(randomUUID()))
  for (const [method, deed, body] of [
    ['GET', '', undefined],
    ['GET', '/messages', undefined],
    ['POST', '/take', undefined],
    ['POST', '/close', undefined],
    ['POST', '/reply', { text: 'x', clientId: 'x' }],
  ] as const) {
    const answer = await sales.ask(method, at(conversationId, deed), body)
    assert.equal(answer.status, 404, deed)
    assert.deepEqual({ ...answer.body, requestId: '' }, { ...absent.body, requestId: '' }, deed)
  }
  assert.equal((await sales.ask('GET', at('not-an-id'))).status, 404)
})

test('one agent takes it; the other hears so; taking it again is no fault', async () => {
  const { conversationId, callId } = await taken(anna)
  const second = await bert.ask('POST', at(conversationId, '/take'))
  assert.equal(second.status, 409)
  assert.equal(second.body.code, 'already-taken')
  assert.equal((await anna.ask('POST', at(conversationId, '/take'))).status, 204)
  const steps = await server.deps.db<{ step: string }[]>`
    select step from transaction_steps where call_id = ${callId} order by step_number`
  assert.deepEqual(
    steps.map((row) => row.step),
    ['conversation-taken'],
  )
  const [call] = await server.deps.db<{ conversation_taken_at: Date | null }[]>`
    select conversation_taken_at from calls where call_id = ${callId}`
  assert.ok(call!.conversation_taken_at instanceof Date)
  const { body } = await bert.ask('GET', at(conversationId))
  assert.deepEqual(body.acts, [
    { act: 'take', refusal: 'already-taken' },
    { act: 'reply', refusal: 'not-yours' },
    { act: 'reply-with-template', refusal: 'not-yours' },
    { act: 'close', refusal: 'not-yours' },
    { act: 'accept', refusal: 'already-taken' },
    { act: 'decline', refusal: 'not-offered' },
    { act: 'transfer', refusal: 'not-yours' },
    { act: 'requeue', refusal: 'not-yours' },
    ...overseeing,
  ])
})

test("a reply goes out on the conversation's own number, once for a double click, and shows how far it came", async () => {
  const { conversationId, phone, callId } = await taken(anna)
  const clientId = randomUUID()
  const [first, second] = await Promise.all([
    anna.ask('POST', at(conversationId, '/reply'), { text: 'I am looking at it.', clientId }),
    anna.ask('POST', at(conversationId, '/reply'), { text: 'I am looking at it.', clientId }),
  ])
  assert.equal(first.status, 202)
  assert.deepEqual(first.body, second.body)
  const other = await anna.ask('POST', at(conversationId, '/reply'), { text: 'Something else.', clientId })
  assert.equal(other.status, 409)
  assert.equal(other.body.code, 'conflict')
  const latest = async () => (await anna.ask('GET', at(conversationId))).body.messages.at(-1)
  assert.equal((await latest()).status, 'accepted')

  const { messageId } = first.body
  const attempts = await server.deps.db<{ attempt_id: string }[]>`
    select attempt_id from attempts where message_id = ${messageId}`
  assert.equal(attempts.length, 1)
  await deliverMessage(
    server.deps,
    { kind: 'system', accountId: brand.accountId },
    { attemptId: attempts[0]!.attempt_id },
  )
  assert.deepEqual(
    connector.sent.filter((out) => out.to === phone).map((out) => [out.messageId, out.text]),
    [[messageId, 'I am looking at it.']],
  )
  assert.equal((await latest()).status, 'sent')
  await atomic(server.deps.db, (tx) =>
    advanceMessage(tx, brand.accountId, messageId, { status: 'delivered', at: new Date() }),
  )
  const delivered = await latest()
  assert.equal(delivered.status, 'delivered')
  assert.ok(delivered.deliveredAt)
  assert.deepEqual(delivered.author, { userId: anna.userId, name: 'Test agent' })
  assert.equal(delivered.clientId, clientId)
  const steps = await server.deps.db<{ step: string }[]>`select step from transaction_steps where call_id = ${callId}`
  assert.equal(steps.filter((row) => row.step === 'agent-replied').length, 1)
})

test('a reply is refused when it is empty, too long or unstorable, or not from the owner', async () => {
  const { conversationId } = await taken(anna)
  const reply = (user: TestUser, text: unknown) =>
    user.ask('POST', at(conversationId, '/reply'), { text, clientId: randomUUID() })
  for (const text of ['', ' \n ', 'x'.repeat(201), 'nul \0', 'half \ud83d', 7, null]) {
    const answer = await reply(anna, text)
    assert.equal(answer.status, 400, JSON.stringify(text))
    assert.equal(answer.body.code, 'invalid-request')
  }
  assert.deepEqual((await reply(anna, 'x'.repeat(201))).body.details, ['The text has 201 characters; 200 fit.'])
  assert.equal((await anna.ask('POST', at(conversationId, '/reply'), { text: 'x' })).status, 400)
  for (const user of [bert, manager]) {
    const answer = await reply(user, 'It is mine')
    assert.equal(answer.status, 409)
    assert.equal(answer.body.code, 'not-yours')
  }
})

test('after a STOP a reply is refused with a clear reason, and one accepted before does not leave', async () => {
  const { conversationId, phone } = await taken(anna)
  const early = await anna.ask('POST', at(conversationId, '/reply'), { text: 'One moment', clientId: '1' })
  await stop(phone)
  const late = await anna.ask('POST', at(conversationId, '/reply'), { text: 'Still there?', clientId: '2' })
  assert.equal(late.status, 409)
  assert.equal(late.body.code, 'consumer-opted-out')
  assert.match(late.body.title, /opted out/)
  const [attempt] = await server.deps.db<{ attempt_id: string }[]>`
    select attempt_id from attempts where message_id = ${early.body.messageId}`
  await deliverMessage(server.deps, { kind: 'system', accountId: brand.accountId }, { attemptId: attempt!.attempt_id })
  assert.deepEqual(
    connector.sent.filter((out) => out.to === phone),
    [],
  )
  const { body } = await anna.ask('GET', at(conversationId))
  assert.equal(body.conversation.consumer.optedOut, true)
  assert.deepEqual(body.acts[1], { act: 'reply', refusal: 'consumer-opted-out' })
  const unsent = body.messages.at(-1)
  assert.equal(unsent.status, 'failed')
  assert.deepEqual(unsent.failure, { kind: 'opted-out', sentence: 'The consumer has opted out.' })
})

test('a reply on a number that was switched off is refused with the reason', async () => {
  const own = await testBrand(server, { smsConnector: connector.name })
  const agent = await testUser(server, own.accountId, 'agent', { skills: [own.skills.support] })
  const { conversationId } = await testConversation(server, own)
  await agent.ask('POST', at(conversationId, '/take'))
  await server.deps.db`update senders set enabled = false where account_id = ${own.accountId}`
  server.deps.accounts.drop(own.accountId)
  const answer = await agent.ask('POST', at(conversationId, '/reply'), { text: 'x', clientId: 'x' })
  assert.equal(answer.status, 400)
  assert.equal(answer.body.code, 'cannot-send')
})

test('closing ends the ownership, is told to the transaction, and may be repeated', async () => {
  const { conversationId, callId } = await taken(anna)
  assert.equal((await bert.ask('POST', at(conversationId, '/close'))).body.code, 'not-yours')
  assert.equal((await anna.ask('POST', at(conversationId, '/close'))).status, 204)
  assert.equal((await anna.ask('POST', at(conversationId, '/close'))).status, 204)
  const { body } = await anna.ask('GET', at(conversationId))
  assert.equal(body.conversation.state, 'closed')
  assert.equal(body.conversation.owner, null)
  assert.equal(body.conversation.closedBy, 'agent')
  const steps = await server.deps.db<{ step: string }[]>`
    select step from transaction_steps where call_id = ${callId} order by step_number`
  assert.deepEqual(
    steps.map((row) => row.step),
    ['conversation-taken', 'conversation-closed'],
  )
  const [call] = await server.deps.db<{ conversation_closed_at: Date | null }[]>`
    select conversation_closed_at from calls where call_id = ${callId}`
  assert.equal(call!.conversation_closed_at?.toISOString(), body.conversation.closedAt)
  for (const [deed, input] of [['/take'], ['/reply', { text: 'x', clientId: 'x' }]] as const) {
    const answer = await anna.ask('POST', at(conversationId, deed), input)
    assert.equal(answer.status, 409)
    assert.equal(answer.body.code, 'conversation-closed')
  }
})

test('a reply that was accepted before the close keeps its answer after it', async () => {
  const { conversationId } = await taken(anna)
  const input = { text: 'Goodbye', clientId: 'last' }
  const first = await anna.ask('POST', at(conversationId, '/reply'), input)
  await anna.ask('POST', at(conversationId, '/close'))
  const again = await anna.ask('POST', at(conversationId, '/reply'), input)
  assert.equal(again.status, 202)
  assert.deepEqual(again.body, first.body)
})

test('a campaign manager has no business here, and nobody without a session', async () => {
  const campaigner = await testUser(server, brand.accountId, 'campaign-manager', { skills: [brand.skills.support] })
  const { conversationId } = await waiting()
  for (const path of ['/api/workspace/queue', '/api/workspace/conversations', at(conversationId)]) {
    assert.equal((await campaigner.ask('GET', path)).status, 403)
    assert.equal((await campaigner.ask('GET', path, undefined, { cookie: '' })).status, 401)
  }
  assert.equal((await campaigner.ask('POST', at(conversationId, '/take'))).status, 403)
  const crossSite = await anna.ask('POST', at(conversationId, '/take'), undefined, { origin: 'https://evil.example' })
  assert.equal(crossSite.body.code, 'cross-site')
})

test('an agent who loses the skill, the role or the session loses the queue at once', async () => {
  const { db } = server.deps
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.billing] })
  const { conversationId } = await waiting({ skillId: brand.skills.billing })
  assert.equal((await agent.ask('GET', at(conversationId))).status, 200)
  await db`delete from user_skills where user_id = ${agent.userId}`
  assert.equal((await agent.ask('GET', at(conversationId))).status, 404)
  assert.equal((await agent.ask('POST', at(conversationId, '/take'))).status, 404)
  await atomic(db, (tx) => updateUser(tx, brand.accountId, agent.userId, { role: 'campaign-manager' }))
  assert.equal((await agent.ask('GET', '/api/workspace/queue')).status, 403)
  await atomic(db, (tx) => endSessionsOf(tx, brand.accountId, agent.userId))
  assert.equal((await agent.ask('GET', '/api/workspace/queue')).status, 401)
})

test('no text, number or token stands in the log', async () => {
  const lines = server.logged.join('\n')
  assert.ok(server.logged.length > 50)
  for (const word of [
    'my bill is wrong',
    'I am looking at it',
    '+1206555',
    '1206555',
    'brand.example',
    anna.sessionToken,
  ]) {
    assert.ok(!lines.includes(word), `${word} stands in the log`)
  }
})
