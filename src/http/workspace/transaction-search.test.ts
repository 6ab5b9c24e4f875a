import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

const connector = journalConnector()
let server: TestServer
let brand: TestBrand
let manager: TestUser

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
  manager = await testUser(server, brand.accountId, 'agent-manager')
})
after(() => server.close())

const find = (user: TestUser, body: Record<string, unknown>) => user.ask('POST', '/api/transactions/search', body)
const idsOf = (answer: { body: { transactions: { callId: string }[] } }) =>
  answer.body.transactions.map(({ callId }) => callId)
const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

async function callAt(minutesAgo: number, phone = testPhone()): Promise<string> {
  const callId = randomUUID()
  const { db } = server.deps
  await db`insert into calls ${db({
    ...{ account_id: brand.accountId, call_id: callId, attempted_at: new Date(Date.now() - minutesAgo * 60_000) },
    ...{ credential_id: 'key', consumer_phone: phone, handoff_id: brand.handoffId, skill_id: brand.skills.sales },
    available_channels: [],
  })}`
  return callId
}

test('a call is found by its number however it is typed, by its id, and by its time', async () => {
  const { callId, phone, conversationId } = await testConversation(server, brand, { minutesAgo: 90 })
  const typed = `${phone.slice(0, 2)} (${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`
  for (const wanted of [{ phone: typed }, { callId }, { from: ago(91), to: ago(89) }]) {
    const answer = await find(manager, wanted)
    assert.equal(answer.status, 200)
    assert.deepEqual(idsOf(answer), [callId], JSON.stringify(wanted))
    const [one] = answer.body.transactions
    assert.equal(one.outcome, 'in-conversation')
    assert.equal(one.consumerPhone, phone)
    assert.equal(one.conversationId, conversationId)
    assert.deepEqual(one.handoff, { handoffId: brand.handoffId, title: `Handoff ${brand.handoffId}` })
    assert.equal(one.skill, 'support')
  }
  assert.deepEqual(idsOf(await find(manager, { phone, from: ago(80) })), [])
  assert.deepEqual(idsOf(await find(manager, { phone: testPhone() })), [])
})

test('pages come newest first, over long quiet times, each call once', async () => {
  const from = new Date(Date.now() - 40 * 24 * 60 * 60_000).toISOString()
  const to = ago(100)
  const made: string[] = []
  for (const minutes of [101, 101, 200, 60 * 8, 60 * 30, 60 * 24 * 12, 60 * 24 * 35]) made.push(await callAt(minutes))
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const answer = await find(manager, { from, to, cursor, limit: 2 })
    assert.equal(answer.status, 200)
    seen.push(...idsOf(answer))
    cursor = answer.body.next
  } while (cursor !== null)
  assert.deepEqual(new Set(seen.slice(0, 2)), new Set(made.slice(0, 2)))
  assert.deepEqual(seen.slice(2), made.slice(2))
  const [first] = (await find(manager, { callId: made[0]! })).body.transactions
  assert.equal(first.outcome, 'not-eligible')
})

test('who never talks to consumers finds a number but sees its end only', async () => {
  const { callId, phone } = await testConversation(server, brand)
  const campaigner = await testUser(server, brand.accountId, 'campaign-manager')
  const answer = await find(campaigner, { phone })
  assert.deepEqual(idsOf(answer), [callId])
  assert.equal(answer.body.transactions[0].consumerPhone, `••••${phone.slice(-4)}`)
  assert.ok(!JSON.stringify(answer.body).includes(phone))
})

test('nonsense is refused', async () => {
  assert.equal((await find(manager, { phone: 'abc' })).body.code, 'invalid-phone')
  for (const body of [
    { from: ago(1), to: ago(2) },
    { callId: 'x' },
    { from: 'yesterday' },
    { cursor: 'x' },
    { who: 1 },
  ]) {
    const answer = await find(manager, body)
    assert.equal(answer.status, 400, JSON.stringify(body))
    assert.equal(answer.body.code, 'invalid-request')
  }
})
