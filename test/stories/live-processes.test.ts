import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Deps } from '../../src/deps.ts'
import { applyEvents } from '../apply-events.ts'
import { crashStage } from '../crash-stage.ts'
import type { ServerProcess } from '../server-process.ts'
import { testConversation } from '../test-conversation.ts'
import { testListener } from '../test-listener.ts'
import { type TestUser, testUser } from '../test-user.ts'

test('a page follows what other processes do; its process dies, and it goes on at another and misses nothing', {
  timeout: 120_000,
}, async (t) => {
  const stage = await crashStage(t, { env: { PROCESSES: 'several' } })
  const [dying, other] = [await stage.start(), await stage.start({ place: 1 })]
  const { brand, db } = stage
  const person = (server: ServerProcess): Promise<TestUser> =>
    testUser({ url: server.url, deps: { db, publicUrl: server.url } as Deps }, brand.accountId, 'agent', {
      skills: [brand.skills.support],
    })
  const [agent, colleague] = [await person(dying), await person(other)]
  const at = (server: ServerProcess, who: TestUser, method: string, path: string, body?: unknown) =>
    who.ask(method, path, body).then((answer) => {
      assert.ok(answer.status < 300, `${server.url}${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    })
  const { conversationId } = await testConversation({ deps: { db } as Deps }, brand)
  const deed = (name: string) => `/api/workspace/conversations/${conversationId}/${name}`

  const snapshot = await at(dying, agent, 'GET', '/api/workspace/snapshot')
  const page = await testListener(dying, agent, snapshot.number)
  await at(other, colleague, 'POST', deed('take'))
  await page.when(({ events }) => events.some(({ kind }) => kind === 'conversation-gone'))
  await at(other, colleague, 'POST', deed('requeue'))
  await page.when(({ events }) => events.some(({ conversation }) => conversation?.returnedFor === 'requeued'))

  await stage.kill(dying)
  await page.ended
  await at(other, colleague, 'POST', deed('take'))
  await at(other, colleague, 'POST', deed('transfer'), { userId: agent.userId, note: 'Yours' })

  const back = await testListener(other, agent, page.number)
  await back.when(({ events }) => events.some(({ conversation }) => conversation?.owner?.userId === agent.userId))
  await back.when(({ events }) => events.some(({ message }) => message?.text === 'Yours'))
  const again = await fetch(`${other.url}/api/workspace/snapshot`, {
    headers: { cookie: `c2m-session=${agent.sessionToken}`, origin: other.url },
  })
  const now = (await again.json()) as { number: number }
  await back.until(now.number)
  assert.deepEqual(applyEvents(snapshot, [...page.events, ...back.events]), applyEvents(now, []))
  back.close()
})
