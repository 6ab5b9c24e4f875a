import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testConversation } from '../../../test/test-conversation.ts'
import { testListener } from '../../../test/test-listener.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { testUser } from '../../../test/test-user.ts'

let server: TestServer
let brand: TestBrand
before(async () => {
  server = await testServer()
  brand = await testBrand(server)
})
after(() => server.close())

test('a page follows what happens from its snapshot on', async () => {
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const { conversationId } = await testConversation(server, brand)
  const { body: snapshot } = await agent.ask('GET', '/api/workspace/snapshot')
  assert.deepEqual(
    snapshot.conversations.map((one: { conversationId: string }) => one.conversationId),
    [conversationId],
  )
  const listener = await testListener(server, agent, snapshot.number)
  assert.equal((await agent.ask('POST', `/api/workspace/conversations/${conversationId}/take`)).status, 204)
  const events = await listener.until(snapshot.number + 1)
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ['conversation', 'agent', 'skill'],
  )
  assert.equal(events[0]!.conversation.owner.userId, agent.userId)
  assert.equal(events[1]!.agent.load, 1)
  assert.equal(events[2]!.skill.waiting, 0)
  listener.close()
})
