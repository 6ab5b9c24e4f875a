import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type SimulatedProvider, simulatedProvider, simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testInvite } from '../../test/test-invite.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { receive } from './receive.ts'

let server: TestServer
let brand: TestBrand
let provider: SimulatedProvider
/** A brand with a default skill: billing. */
let withDefault: TestBrand
let providerOfDefault: SimulatedProvider

before(async () => {
  server = await testServer()
  brand = await testBrand(server, simulatedSms)
  provider = simulatedProvider(server, brand)
  withDefault = await testBrand(server, simulatedSms)
  await server.deps.db`
    update settings set default_skill_id = ${withDefault.skills.billing} where account_id = ${withDefault.accountId}`
  server.deps.accounts.drop(withDefault.accountId)
  providerOfDefault = simulatedProvider(server, withDefault)
})
after(() => server.close())

interface ConversationRow {
  conversation_id: string
  state: string
  skill_id: string
  call_id: string | null
  consumer_phone: string
  version: string
}

const conversationsOf = (phone: string) =>
  server.deps.db<ConversationRow[]>`
    select conversation_id, state, skill_id, call_id, consumer_phone, version
    from conversations where address = ${phone} order by opened_at`

const messagesOf = (phone: string) =>
  server.deps.db<{ body: string; conversation_id: string | null; call_id: string | null }[]>`
    select body, conversation_id, call_id from messages where address = ${phone} and direction = 'in' order by message_number`

async function callOf(of: TestBrand, callId: string) {
  const [row] = await server.deps.db`
    select replied_at, conversation_id, conversation_created_at,
      (select i.conversation_id from invites i where i.account_id = c.account_id and i.call_id = c.call_id) as invite_conversation,
      array(select step from transaction_steps s where s.account_id = c.account_id and s.call_id = c.call_id order by step_number) as steps
    from calls c where account_id = ${of.accountId} and call_id = ${callId}`
  return row!
}

const close = (conversationId: string) =>
  server.deps.db`
    update conversations set state = 'closed', owner_id = null, closed_at = now(), closed_by = 'agent'
    where conversation_id = ${conversationId}`

test('the answer to an invite opens its conversation, queued for the invite’s skill, and tells the call', async () => {
  const phone = testPhone()
  const { callId } = await testInvite(server, brand, phone, { skillId: brand.skills.sales })
  assert.equal((await provider.text(phone, 'Yes, I am here')).status, 200)
  const [conversation, ...others] = await conversationsOf(phone)
  assert.equal(others.length, 0)
  assert.deepEqual(
    [conversation!.state, conversation!.skill_id, conversation!.call_id, conversation!.consumer_phone],
    ['queued', brand.skills.sales, callId, phone],
  )
  const call = await callOf(brand, callId)
  assert.equal(call.conversation_id, conversation!.conversation_id)
  assert.equal(call.invite_conversation, conversation!.conversation_id)
  assert.ok(call.replied_at instanceof Date && call.conversation_created_at instanceof Date)
  assert.deepEqual(call.steps, ['replied', 'conversation-created'])
  assert.deepEqual(
    [...(await messagesOf(phone))],
    [{ body: 'Yes, I am here', conversation_id: conversation!.conversation_id, call_id: callId }],
  )
})

test('what follows goes into the open conversation', async () => {
  const phone = testPhone()
  const { callId } = await testInvite(server, brand, phone)
  for (const text of ['one', 'two', 'three']) await provider.text(phone, text)
  const [conversation, ...others] = await conversationsOf(phone)
  assert.equal(others.length, 0)
  assert.equal(conversation!.version, '3')
  assert.deepEqual(
    (await messagesOf(phone)).map(({ body }) => body),
    ['one', 'two', 'three'],
  )
  assert.deepEqual((await callOf(brand, callId)).steps, ['replied', 'conversation-created'])
})

test('several first answers at once open one conversation and lose no text', async () => {
  const phone = testPhone()
  await testInvite(server, brand, phone)
  const texts = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(texts.map((text) => provider.text(phone, text)))
  const conversations = await conversationsOf(phone)
  assert.equal(conversations.length, 1)
  const stored = await messagesOf(phone)
  assert.deepEqual(stored.map(({ body }) => body).sort(), texts)
  for (const { conversation_id } of stored) assert.equal(conversation_id, conversations[0]!.conversation_id)
})

test('an answer that comes before the send’s answer is stored joins the invite, and claims no delivery (WI-03)', async () => {
  for (const attempt of ['claimed', 'unknown'] as const) {
    const phone = testPhone()
    const { callId } = await testInvite(server, brand, phone, { sentMinutesAgo: null, attempt })
    await provider.text(phone, 'Quick answer')
    assert.equal((await conversationsOf(phone))[0]?.call_id, callId, attempt)
    const [invite] = await server.deps.db`select state, sent_at from invites where call_id = ${callId}`
    assert.deepEqual([invite!.state, invite!.sent_at], ['sending', null])
  }
})

test('a text that comes before the invite has left is no answer to it', async () => {
  for (const attempt of ['accepted', 'rejected'] as const) {
    const phone = testPhone()
    const { callId } = await testInvite(server, brand, phone, { sentMinutesAgo: null, attempt })
    await provider.text(phone, 'Hello?')
    assert.equal((await conversationsOf(phone)).length, 0)
    assert.equal((await callOf(brand, callId)).replied_at, null)
  }
})

test('late and no default skill: kept and counted, no conversation', async () => {
  const phone = testPhone()
  const { callId } = await testInvite(server, brand, phone, { sentMinutesAgo: 61 })
  const counted = async () => /kind="unrouted"\} (\d+)/.exec(await server.deps.metrics.registry.metrics())?.[1] ?? '0'
  const before = Number(await counted())
  await provider.text(phone, 'Still there?')
  assert.equal(Number(await counted()), before + 1)
  assert.equal((await conversationsOf(phone)).length, 0)
  assert.deepEqual([...(await messagesOf(phone))], [{ body: 'Still there?', conversation_id: null, call_id: null }])
  assert.equal((await callOf(brand, callId)).replied_at, null)
})

test('late, or never invited, with a default skill: an ordinary conversation there', async () => {
  const [late, stranger] = [testPhone(), testPhone()]
  await testInvite(server, withDefault, late, { sentMinutesAgo: 61 })
  for (const phone of [late, stranger]) {
    await providerOfDefault.text(phone, 'Hello')
    const [conversation] = await conversationsOf(phone)
    assert.deepEqual([conversation!.skill_id, conversation!.call_id], [withDefault.skills.billing, null])
  }
})

test('a default skill that was switched off is none', async () => {
  const off = await testBrand(server, simulatedSms)
  await server.deps.db`update settings set default_skill_id = ${off.skills.billing} where account_id = ${off.accountId}`
  await server.deps.db`update skills set enabled = false where account_id = ${off.accountId} and name = 'billing'`
  server.deps.accounts.drop(off.accountId)
  const phone = testPhone()
  await simulatedProvider(server, off).text(phone, 'Hello')
  assert.equal((await conversationsOf(phone)).length, 0)
})

test('after closing, within the window: the same skill as an ordinary conversation, or the default skill, as the handoff says', async () => {
  const cases = [
    { of: brand, says: provider, routeAll: false, skill: brand.skills.sales },
    { of: withDefault, says: providerOfDefault, routeAll: false, skill: withDefault.skills.billing },
    { of: withDefault, says: providerOfDefault, routeAll: true, skill: withDefault.skills.sales },
  ]
  for (const { of, says, routeAll, skill } of cases) {
    const phone = testPhone()
    const { callId } = await testInvite(server, of, phone, { skillId: of.skills.sales, routeAll })
    await says.text(phone, 'first')
    await close((await conversationsOf(phone))[0]!.conversation_id)
    await says.text(phone, 'again')
    const [first, second, ...others] = await conversationsOf(phone)
    assert.equal(others.length, 0)
    assert.deepEqual([second!.state, second!.skill_id, second!.call_id], ['queued', skill, null])
    assert.equal((await callOf(of, callId)).conversation_id, first!.conversation_id)
  }
})

test('of two invites the newest is answered', async () => {
  const phone = testPhone()
  const older = await testInvite(server, brand, phone, { sentMinutesAgo: 30, skillId: brand.skills.sales })
  const newer = await testInvite(server, brand, phone, { sentMinutesAgo: 5, skillId: brand.skills.billing })
  await provider.text(phone, 'Hi')
  assert.equal((await conversationsOf(phone))[0]!.call_id, newer.callId)
  assert.equal((await callOf(brand, older.callId)).replied_at, null)
})

test('an invite that went into an open conversation is answered there', async () => {
  const phone = testPhone()
  await testInvite(server, brand, phone)
  await provider.text(phone, 'first')
  const [open] = await conversationsOf(phone)
  const second = await testInvite(server, brand, phone)
  await provider.text(phone, 'to the second')
  assert.equal((await conversationsOf(phone)).length, 1)
  const call = await callOf(brand, second.callId)
  assert.equal(call.conversation_id, open!.conversation_id)
  assert.equal(call.conversation_created_at, null)
  assert.deepEqual(call.steps, ['replied'])
  const takenAt = async (callId: string) =>
    (await server.deps.db`select conversation_taken_at as at from calls where call_id = ${callId}`)[0]!.at
  assert.equal(await takenAt(second.callId), null)
  await server.deps.db`
    update conversations set state = 'assigned', owner_id = ${randomUUID()} where conversation_id = ${open!.conversation_id}`
  const third = await testInvite(server, brand, phone)
  await provider.text(phone, 'to the third')
  const answered = await callOf(brand, third.callId)
  assert.equal(answered.conversation_id, open!.conversation_id)
  // An agent has it already: no report may count it as abandoned once it is closed.
  assert.deepEqual(await takenAt(third.callId), answered.replied_at)
})

test('a text that races with the closing of its conversation is in an open one, or in that one before it closed', async () => {
  for (let round = 0; round < 12; round++) {
    const phone = testPhone()
    await testInvite(server, brand, phone)
    await provider.text(phone, 'first')
    const [open] = await conversationsOf(phone)
    await Promise.all([provider.text(phone, 'racing'), close(open!.conversation_id)])
    const racing = (await messagesOf(phone)).find(({ body }) => body === 'racing')!
    const conversations = await conversationsOf(phone)
    if (racing.conversation_id === open!.conversation_id) assert.equal(conversations[0]!.version, '2')
    else assert.equal(conversations.find((c) => c.state === 'queued')?.conversation_id, racing.conversation_id)
  }
})

test('the same number at two brands stays apart (CC-04)', async () => {
  const phone = testPhone()
  await testInvite(server, brand, phone)
  await providerOfDefault.text(phone, 'to the other brand')
  const [conversation] = await conversationsOf(phone)
  assert.deepEqual([conversation!.skill_id, conversation!.call_id], [withDefault.skills.billing, null])
})

test('in-app: the consumer’s id is the address, and the conversation knows the caller’s number', async () => {
  const { db } = server.deps
  const app = randomUUID()
  await db`insert into senders ${db({
    account_id: brand.accountId,
    sender_id: app,
    connector: 'inapp-simulator',
    channel: 'inapp',
    address: `app ${app}`,
    title: 'The app',
    settings: '{}',
    secrets: null,
  })}`
  server.deps.accounts.drop(brand.accountId)
  const phone = testPhone()
  const consumerId = `consumer ${app}`
  const { callId } = await testInvite(server, brand, phone)
  await db`update invites set channel = 'inapp', sender_id = ${app}, address = ${consumerId} where call_id = ${callId}`
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(app)!
  const heard = { kind: 'message', providerId: 'app-1', from: consumerId, text: 'Hi', media: [] } as const
  await receive(
    server.deps,
    { kind: 'system', accountId: brand.accountId },
    {
      sender,
      heard: [{ ...heard, at: null, keyword: null, providerAnswersKeywords: false }],
      receivedAt: new Date(),
      exchange: null,
    },
  )
  const [conversation] = await conversationsOf(consumerId)
  assert.deepEqual([conversation!.call_id, conversation!.consumer_phone], [callId, phone])
})
