import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'

const connector = journalConnector()
let server: TestServer

before(async () => {
  server = await testServer({ connectors: [connector] })
})
after(() => server.close())

const at = (id: string, deed = '') => `/api/workspace/conversations/${id}${deed}`

test('lists are paged by a cursor that gives each conversation once', async () => {
  const own = await testBrand(server, { smsConnector: connector.name })
  const agent = await testUser(server, own.accountId, 'agent', { skills: [own.skills.support] })
  const boss = await testUser(server, own.accountId, 'agent-manager')
  const ids: string[] = []
  for (let i = 0; i < 5; i += 1) {
    const { conversationId } = await testConversation(server, own, { minutesAgo: 10 - i })
    await agent.ask('POST', at(conversationId, '/take'))
    ids.unshift(conversationId)
  }
  const walk = async (user: TestUser, list: string) => {
    const seen: string[] = []
    let cursor = ''
    for (let pages = 0; pages < 9; pages += 1) {
      const path = `/api/workspace/conversations?list=${list}&limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`
      const { status, body } = await user.ask('GET', path)
      assert.equal(status, 200)
      seen.push(...body.conversations.map((one: { conversationId: string }) => one.conversationId))
      if (body.next === null) return seen
      cursor = body.next
    }
    assert.fail('the pages do not end')
  }
  assert.deepEqual(await walk(agent, 'mine'), ids)
  assert.deepEqual(await walk(boss, 'open'), ids)
  assert.deepEqual(await walk(boss, 'mine'), [])
  for (const id of ids) await agent.ask('POST', at(id, '/close'))
  assert.deepEqual(await walk(agent, 'mine'), [])
  assert.deepEqual(await walk(agent, 'closed'), [...ids].reverse())
  assert.deepEqual(await walk(boss, 'closed'), [...ids].reverse())
  assert.equal((await agent.ask('GET', '/api/workspace/conversations?list=open')).status, 403)
  const other = await testBrand(server, { smsConnector: connector.name })
  const theirs = await testUser(server, other.accountId, 'administrator')
  for (let i = 0; i < 2; i += 1) {
    const { conversationId } = await testConversation(server, other)
    await theirs.ask('POST', at(conversationId, '/close'))
  }
  const foreign = (await theirs.ask('GET', '/api/workspace/conversations?list=closed&limit=1')).body.next
  assert.ok(foreign)
  const lured = await agent.ask('GET', `/api/workspace/conversations?list=closed&cursor=${foreign}`)
  for (const one of lured.body.conversations) assert.ok(ids.includes(one.conversationId))
  const id = randomUUID()
  const made = ["2026-01-01 00:00:00+00 ' or 1=1", `2026-02-30 00:00:00+00 ${id}`, `2026-01-01 24:00:00+00 ${id}`]
  for (const bad of ['x', foreign.slice(3), ...made.map((text) => Buffer.from(text).toString('base64url'))]) {
    assert.equal((await agent.ask('GET', `/api/workspace/conversations?cursor=${bad}`)).status, 400, bad)
  }
})

test('older messages come page by page', async () => {
  const own = await testBrand(server, { smsConnector: connector.name })
  const anna = await testUser(server, own.accountId, 'agent', { skills: [own.skills.support] })
  const { conversationId } = await testConversation(server, own)
  await anna.ask('POST', at(conversationId, '/take'))
  for (let i = 0; i < 4; i += 1) {
    await anna.ask('POST', at(conversationId, '/reply'), { text: `reply ${i}`, clientId: `${i}` })
  }
  const newest = await anna.ask('GET', at(conversationId, '/messages?limit=2'))
  const texts = (answer: typeof newest) => answer.body.messages.map((m: { text: string }) => m.text)
  assert.deepEqual(texts(newest), ['reply 2', 'reply 3'])
  const before = await anna.ask('GET', at(conversationId, `/messages?limit=9&before=${newest.body.earlier}`))
  assert.deepEqual(texts(before), ['Hello, my bill is wrong.', 'reply 0', 'reply 1'])
  assert.equal(before.body.earlier, null)
})

test('of an earlier conversation that one may not read nothing of what was said is told', async () => {
  const brand = await testBrand(server, { smsConnector: connector.name })
  const { accountId, skills } = brand
  const anna = await testUser(server, accountId, 'agent', { skills: [skills.support] })
  const manager = await testUser(server, accountId, 'agent-manager')
  const waiting = (options: Parameters<typeof testConversation>[2]) => testConversation(server, brand, options)
  const phone = testPhone()
  const salesman = await testUser(server, accountId, 'agent', { skills: [skills.sales] })
  const before = await waiting({ phone, minutesAgo: 60, skillId: skills.sales, text: 'My card number is 4111' })
  await salesman.ask('POST', at(before.conversationId, '/take'))
  await salesman.ask('PUT', at(before.conversationId, '/tags'), { tags: ['Fraud'] })
  await salesman.ask('POST', at(before.conversationId, '/close'))
  const { conversationId } = await waiting({ phone })
  await anna.ask('POST', at(conversationId, '/take'))
  const previousFor = async (user: TestUser) =>
    (await user.ask('GET', at(conversationId))).body.previousConversations[0]
  const shown = await previousFor(anna)
  assert.deepEqual([shown.readable, shown.skill.name, shown.state], [false, 'sales', 'closed'])
  assert.deepEqual([shown.lastText, shown.lastDirection, shown.tags], ['', null, []])
  assert.deepEqual([shown.owner, shown.joined, shown.survey, shown.callId], [null, [], null, null])
  const whole = await previousFor(manager)
  assert.deepEqual([whole.readable, whole.lastText, whole.tags], [true, 'My card number is 4111', ['Fraud']])
})
