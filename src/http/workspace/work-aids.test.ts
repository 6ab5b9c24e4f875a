import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { applyEvents, applyMessages } from '../../../test/apply-events.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../../test/test-conversation.ts'
import { testListener } from '../../../test/test-listener.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { lastEvent } from '../../store/events.ts'

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

const of = (conversationId: string, path = '') => `/api/workspace/conversations/${conversationId}${path}`

test('a note stands among the messages, once, for colleagues alone', async () => {
  const { conversationId } = await testConversation(server, brand)
  const body = { text: '  Has called twice.  ', clientId: 'n1' }
  const first = await agent.ask('POST', of(conversationId, '/notes'), body)
  const again = await agent.ask('POST', of(conversationId, '/notes'), body)
  assert.equal(first.status, 201)
  assert.equal(first.body.noteId, again.body.noteId)
  const { messages } = (await agent.ask('GET', of(conversationId))).body
  const notes = messages.filter(({ kind }: { kind: string }) => kind === 'note')
  assert.equal(notes.length, 1)
  assert.equal(notes[0].text, 'Has called twice.')
  assert.equal(notes[0].author.userId, agent.userId)
  assert.equal(messages.at(-1).kind, 'note')
  const [sent] = await server.deps.db`
    select count(*)::int from messages where conversation_id = ${conversationId} and direction = 'out'`
  assert.equal(sent!.count, 0)
  assert.equal(connector.sent.length, 0)
  assert.equal(
    (await agent.ask('POST', of(conversationId, '/notes'), { ...body, text: 'other' })).body.code,
    'conflict',
  )
  assert.equal((await agent.ask('POST', of(conversationId, '/notes'), { text: ' ', clientId: 'n2' })).status, 400)
})

test('what is not theirs to read takes no note and no tag of theirs', async () => {
  const { conversationId } = await testConversation(server, brand, { skillId: brand.skills.sales })
  assert.equal((await agent.ask('POST', of(conversationId, '/notes'), { text: 'x', clientId: 'c' })).status, 404)
  assert.equal((await agent.ask('PUT', of(conversationId, '/tags'), { tags: ['x'] })).status, 404)
  assert.equal((await manager.ask('POST', of(conversationId, '/notes'), { text: 'x', clientId: 'c' })).status, 201)
})

test('tags replace each other, and the same again change nothing', async () => {
  const { conversationId } = await testConversation(server, brand)
  const put = (tags: string[]) => agent.ask('PUT', of(conversationId, '/tags'), { tags })
  assert.deepEqual((await put([' VIP', 'vip', 'late  delivery'])).body, { tags: ['VIP', 'late delivery'] })
  const before = (await agent.ask('GET', of(conversationId))).body.conversation
  assert.deepEqual(before.tags, ['VIP', 'late delivery'])
  await put(['VIP', 'late delivery'])
  assert.equal((await agent.ask('GET', of(conversationId))).body.conversation.version, before.version)
  assert.deepEqual((await put([])).body, { tags: [] })
  assert.equal((await put(['x'.repeat(41)])).status, 400)
})

const find = async (user: TestUser, search: string, more: Record<string, unknown> = {}) => {
  const { status, body } = await user.ask('POST', '/api/workspace/conversations/search', { search, ...more })
  assert.equal(status, 200)
  return body as { conversations: { conversationId: string; consumer: { address: string } }[]; next: string | null }
}
const idsFound = async (...args: Parameters<typeof find>) =>
  (await find(...args)).conversations.map(({ conversationId }) => conversationId)

test('a conversation is found by number, name, tag and words, in its list', async () => {
  const { conversationId, phone } = await testConversation(server, brand, {
    text: 'My parcel 50%_off is GONE',
    sdes: { personal: { firstname: 'Zoë', lastname: 'Quinn' } },
  })
  await agent.ask('PUT', of(conversationId, '/tags'), { tags: ['Refund'] })
  const typed = `${phone.slice(0, 2)} (${phone.slice(2, 5)}) ${phone.slice(5, 8)} ${phone.slice(8)}`
  for (const search of [typed, 'zoë quinn', 'refund', 'parcel 50%_off']) {
    assert.deepEqual(await idsFound(agent, search), [conversationId], search)
    assert.deepEqual(await idsFound(agent, search, { list: 'queue' }), [conversationId], search)
    assert.deepEqual(await idsFound(agent, search, { list: 'mine' }), [], search)
  }
  assert.deepEqual(await idsFound(agent, 'parcel 50x'), [])
  const other = await testBrand(server, { smsConnector: connector.name })
  const stranger = await testUser(server, other.accountId, 'administrator')
  assert.deepEqual(await idsFound(stranger, phone), [])
})

test('who sees only the end of a number finds it by the whole of it', async () => {
  const { conversationId, phone } = await testConversation(server, brand)
  assert.deepEqual(await idsFound(agent, phone.slice(0, -1)), [])
  const { conversations } = await find(agent, phone)
  assert.equal(conversations[0]!.consumer.address, `••••${phone.slice(-4)}`)
  assert.deepEqual(await idsFound(manager, phone.slice(0, -1)), [conversationId])
  await agent.ask('POST', of(conversationId, '/take'))
  assert.deepEqual(await idsFound(agent, phone.slice(0, -1), { list: 'mine' }), [conversationId])
})

test('what cannot be stored is found nowhere', async () => {
  for (const search of ['a\u0000b', '\ud800', '\u0000'])
    assert.equal((await agent.ask('POST', '/api/workspace/conversations/search', { search })).status, 400)
})

test('a search goes on page by page', async () => {
  const made: string[] = []
  for (const minutesAgo of [30, 20, 10])
    made.unshift((await testConversation(server, brand, { text: 'pagewise', minutesAgo })).conversationId)
  const seen: string[] = []
  let cursor: string | null = null
  do {
    const page = await find(manager, 'PAGEWISE', { limit: 2, cursor })
    seen.push(...page.conversations.map(({ conversationId }) => conversationId))
    cursor = page.next
  } while (cursor !== null)
  assert.deepEqual(seen, made)
})

test('canned replies: kept by a manager, used by those who hold the skill', async () => {
  const admin = `/api/admin/accounts/${brand.accountId}/canned-replies`
  const hello = { title: 'Hello', shortcut: 'hello', text: 'Hello {{firstName}}, I am {{agentName}}.' }
  const made = await manager.ask('POST', admin, hello)
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const sales = { ...hello, title: 'Sales', skillId: brand.skills.sales, language: 'pt-BR' }
  assert.equal((await manager.ask('POST', admin, sales)).status, 201)
  assert.equal(
    (await manager.ask('POST', admin, hello)).body.details[0],
    'A canned reply with this shortcut exists already for this skill and language.',
  )

  const usable = async (user: TestUser) => (await user.ask('GET', '/api/workspace/canned-replies')).body.cannedReplies
  assert.deepEqual(await usable(agent), [
    {
      ...hello,
      cannedReplyId: made.body.cannedReplyId,
      variables: ['firstName', 'agentName'],
      skillId: null,
      language: null,
    },
  ])
  assert.equal((await usable(manager)).length, 2)

  const changed = await manager.ask('PATCH', `${admin}/${made.body.cannedReplyId}`, { text: 'Hi.' })
  assert.deepEqual(changed.body, { ...made.body, text: 'Hi.' })
  for (const [change, sentence] of [
    [{ text: '{{password}}' }, /no variable \{\{password\}\}/],
    [{ shortcut: 'Two Words' }, /shortcut/],
    [{ skillId: '00000000-0000-4000-8000-000000000000' }, /no such skill/],
    [{ language: 'de_DE' }, /language/],
  ] as const) {
    const answer = await manager.ask('PATCH', `${admin}/${made.body.cannedReplyId}`, change)
    assert.equal(answer.status, 400)
    assert.match(answer.body.details.join(' '), sentence)
  }
  assert.equal((await agent.ask('POST', admin, hello)).status, 403)
  assert.equal((await manager.ask('DELETE', `${admin}/${made.body.cannedReplyId}`)).status, 204)
  assert.equal((await manager.ask('DELETE', `${admin}/${made.body.cannedReplyId}`)).status, 404)
  assert.deepEqual(await usable(agent), [])
})

test('a page that hears of notes, tags and opt-outs stands as one that begins anew', async () => {
  const { conversationId, phone } = await testConversation(server, brand)
  const snapshot = (await manager.ask('GET', '/api/workspace/snapshot')).body
  const messagesNow = async () => (await manager.ask('GET', of(conversationId, '/messages'))).body.messages
  const messages = await messagesNow()
  const listener = await testListener(server, manager, snapshot.number)
  const { conversations: before } = applyEvents(snapshot, [])
  await agent.ask('POST', of(conversationId, '/notes'), { text: 'Careful.', clientId: 'live' })
  await agent.ask('PUT', of(conversationId, '/tags'), { tags: ['VIP'] })
  const optOuts = `/api/admin/accounts/${brand.accountId}/opt-outs`
  await manager.ask('POST', optOuts, { address: phone, channel: 'sms', evidence: 'said so' })
  const found = await manager.ask('POST', `${optOuts}/search`, { search: phone, channel: 'sms' })
  const lift = `${optOuts}/${found.body.optOuts[0].optOutId}/lift`
  assert.equal((await manager.ask('POST', lift, { reason: 'said otherwise' })).status, 204)

  const events = await listener.until(await lastEvent(server.deps.db, brand.accountId))
  listener.close()
  const told = events.filter(
    ({ conversationId: of, conversation }) => (of ?? conversation?.conversationId) === conversationId,
  )
  assert.ok(told.some(({ conversation }) => conversation?.consumer.optedOut === true))
  const after = applyEvents(snapshot, events)
  assert.notDeepEqual(after.conversations, before)
  assert.deepEqual(after, applyEvents((await manager.ask('GET', '/api/workspace/snapshot')).body, []))
  const known = applyMessages(messages, conversationId, events)
  assert.equal(known.length, messages.length + 1)
  assert.deepEqual(known, applyMessages(await messagesNow(), conversationId, []))
})
