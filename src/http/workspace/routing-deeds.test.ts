import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { offerConversations } from '../../actions/offer-conversations.ts'
import { beginSession } from '../../store/sessions.ts'

const connector = journalConnector()
let server: TestServer
let brand: TestBrand
let anna: TestUser
let manager: TestUser

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
  anna = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  manager = await testUser(server, brand.accountId, 'agent-manager')
})
after(() => server.close())

const at = (id: string, deed = '') => `/api/workspace/conversations/${id}${deed}`
const seen = async (user: TestUser, id: string) => (await user.ask('GET', at(id))).body
const taken = async () => {
  const { conversationId } = await testConversation(server, brand)
  assert.equal((await anna.ask('POST', at(conversationId, '/take'))).status, 204)
  return conversationId
}
const person = (options: Parameters<typeof testUser>[3] = {}) =>
  testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support], ...options })

test('transfer to a colleague: at once theirs, with a note that only colleagues read', async () => {
  const id = await taken()
  const bert = await person()
  const note = 'Wants a refund; be kind.'
  const sent = connector.sent.length
  assert.equal((await anna.ask('POST', at(id, '/transfer'), { userId: bert.userId, note })).status, 204)
  const whole = await seen(bert, id)
  assert.equal(whole.conversation.owner.userId, bert.userId)
  const last = whole.messages.at(-1)
  assert.deepEqual([last.kind, last.text, last.author.userId], ['note', note, anna.userId])
  assert.equal(connector.sent.length, sent)
  const [attempts] = await server.deps.db`
    select count(*)::integer as n from attempts join messages m using (account_id, message_id) where m.conversation_id = ${id}`
  assert.equal(attempts!.n, 0)
  assert.equal((await anna.ask('POST', at(id, '/transfer'), { userId: anna.userId })).body.code, 'not-yours')
})

test('transfer to a skill: it waits there, and says why', async () => {
  const id = await taken()
  assert.equal((await anna.ask('POST', at(id, '/transfer'), { skillId: brand.skills.sales })).status, 204)
  const { conversation } = await seen(manager, id)
  assert.deepEqual(
    [conversation.state, conversation.skill.name, conversation.returnedFor, conversation.owner],
    ['queued', 'sales', 'transferred', null],
  )
})

test('nobody who is away, full, unknown or of another brand is given anything', async () => {
  const id = await taken()
  const other = await testBrand(server, { smsConnector: connector.name })
  const foreign = await testUser(server, other.accountId, 'agent')
  const rows: [string, string][] = [
    [(await person({ presence: 'away' })).userId, 'agent-offline'],
    [(await person({ presence: 'offline' })).userId, 'agent-offline'],
    [(await person({ capacity: 0 })).userId, 'agent-full'],
    [foreign.userId, 'agent-offline'],
    [randomUUID(), 'agent-offline'],
  ]
  for (const [userId, code] of rows) {
    const transferred = await anna.ask('POST', at(id, '/transfer'), { userId })
    assert.deepEqual([transferred.status, transferred.body.code], [409, code])
    const assigned = await manager.ask('POST', at(id, '/assign'), { userId })
    assert.deepEqual([assigned.status, assigned.body.code], [409, code])
  }
  for (const skillId of [other.skills.support, randomUUID()]) {
    const transferred = await anna.ask('POST', at(id, '/transfer'), { skillId })
    assert.deepEqual([transferred.status, transferred.body.details], [400, ['There is no such skill.']])
  }
  for (const body of [{}, { skillId: brand.skills.sales, userId: manager.userId }])
    assert.equal((await anna.ask('POST', at(id, '/transfer'), body)).status, 400)
  assert.equal((await seen(manager, id)).conversation.owner.userId, anna.userId)
})

test('a manager sees, joins and writes, leaves, assigns and takes over', async () => {
  const id = await taken()
  const bert = await person()
  const write = () => manager.ask('POST', at(id, '/reply'), { text: 'The manager here.', clientId: randomUUID() })
  assert.equal((await write()).body.code, 'not-yours')
  assert.equal((await manager.ask('POST', at(id, '/join'))).status, 204)
  assert.equal((await manager.ask('POST', at(id, '/join'))).status, 204)
  assert.equal((await write()).status, 202)
  const joined = (await seen(anna, id)).conversation
  assert.deepEqual([joined.owner.userId, joined.joined[0].userId], [anna.userId, manager.userId])
  assert.equal((await manager.ask('POST', at(id, '/leave'))).status, 204)
  assert.equal((await write()).body.code, 'not-yours')
  assert.equal((await manager.ask('POST', at(id, '/assign'), { userId: bert.userId })).status, 204)
  assert.equal((await anna.ask('POST', at(id, '/reply'), { text: 'x', clientId: 'x' })).body.code, 'not-yours')
  assert.equal((await manager.ask('POST', at(id, '/take-over'))).status, 204)
  assert.equal((await seen(manager, id)).conversation.owner.userId, manager.userId)
  assert.equal((await manager.ask('POST', at(id, '/requeue'))).status, 204)
  assert.equal((await seen(manager, id)).conversation.returnedFor, 'requeued')
  for (const deed of ['/join', '/take-over', '/leave']) assert.equal((await bert.ask('POST', at(id, deed))).status, 403)
})

test('who signs out is offline, unless signed in elsewhere', async () => {
  const dora = await person()
  const elsewhere = await beginSession(server.deps.db, brand.accountId, dora.userId)
  const status = async () =>
    (await server.deps.db`select status from presences where user_id = ${dora.userId}`)[0]!.status
  assert.equal((await dora.ask('DELETE', '/api/session')).status, 204)
  assert.equal(await status(), 'online')
  const cookie = { cookie: `c2m-session=${elsewhere}` }
  assert.equal((await dora.ask('DELETE', '/api/session', undefined, cookie)).status, 204)
  assert.equal(await status(), 'offline')
})

test('an offer shows with its countdown, and presence decides', async () => {
  const own = await testBrand(server, { smsConnector: connector.name })
  await server.deps.db`update skills set routing = 'offer' where account_id = ${own.accountId}`
  server.deps.accounts.drop(own.accountId)
  const cleo = await testUser(server, own.accountId, 'agent', { skills: [own.skills.support], presence: 'offline' })
  const { conversationId } = await testConversation(server, own)
  const sweep = () => offerConversations(server.deps, { kind: 'system', accountId: own.accountId })
  await sweep()
  assert.equal((await seen(cleo, conversationId)).conversation.offer, null)
  assert.equal((await cleo.ask('PUT', '/api/workspace/presence', { status: 'busy' })).status, 400)
  assert.equal((await cleo.ask('PUT', '/api/workspace/presence', { status: 'online' })).status, 204)
  const jobs = await server.deps.db`select 1 from graphile_worker.jobs where task_identifier = 'route'`
  assert.ok(jobs.length > 0, 'it is looked at at once')
  await sweep()
  const { offer } = (await seen(cleo, conversationId)).conversation
  assert.equal(offer.userId, cleo.userId)
  const seconds = (Date.parse(offer.until) - Date.now()) / 1_000
  assert.ok(seconds > 20 && seconds <= 31, `${seconds}`)
  assert.equal((await cleo.ask('POST', at(conversationId, '/accept'))).status, 204)
  assert.equal((await seen(cleo, conversationId)).conversation.owner.userId, cleo.userId)
})
