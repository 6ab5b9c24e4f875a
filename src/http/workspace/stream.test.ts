import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testConversation } from '../../../test/test-conversation.ts'
import { testListener } from '../../../test/test-listener.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { ask, type TestUser, testUser } from '../../../test/test-user.ts'
import { atomic } from '../../store/db.ts'
import { lastEvent } from '../../store/events.ts'
import { beginSession, endSession } from '../../store/sessions.ts'
import { touchSkill } from '../../store/touched.ts'
import { updateUser } from '../../store/users.ts'

let server: TestServer
let another: TestServer
let brand: TestBrand
let agent: TestUser
before(async () => {
  const env = { C2M_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') }
  server = await testServer({ env })
  another = await testServer({ env, database: server.database })
})
after(async () => {
  await another.close()
  await server.close()
})
beforeEach(async () => {
  brand = await testBrand(server)
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
})

const act = async (who: TestUser, conversationId: string, deed: string, body?: unknown) => {
  const answer = await who.ask('POST', `/api/workspace/conversations/${conversationId}/${deed}`, body)
  assert.ok(answer.status < 300, `${deed}: ${answer.status} ${JSON.stringify(answer.body)}`)
}
const numberNow = () => lastEvent(server.deps.db, brand.accountId)
/** Something that everybody sees: whoever has heard it has heard all before it. */
const mark = async (): Promise<number> => {
  await atomic(server.deps.db, async (tx) => touchSkill(tx, brand.accountId, brand.skills.billing))
  return numberNow()
}
const kinds = (events: readonly { kind: string }[]) => events.map(({ kind }) => kind)

test('a page follows what happens from its snapshot on', async () => {
  const { conversationId } = await testConversation(server, brand)
  const { body: snapshot } = await agent.ask('GET', '/api/workspace/snapshot')
  assert.deepEqual(
    snapshot.conversations.map((one: { conversationId: string }) => one.conversationId),
    [conversationId],
  )
  assert.equal(snapshot.me.userId, agent.userId)
  const listener = await testListener(server, agent, snapshot.number)
  await act(agent, conversationId, 'take')
  const events = await listener.until(snapshot.number + 1)
  assert.deepEqual(kinds(events), ['conversation', 'agent', 'skill'])
  assert.equal(events[0].conversation.owner.userId, agent.userId)
  assert.equal(events[1].agent.load, 1)
  assert.equal(events[2].skill.waiting, 0)
  listener.close()
})

test('a page that was cut off goes on after its number: nothing is missing, nothing comes twice', async () => {
  const { conversationId } = await testConversation(server, brand)
  const all = await testListener(server, agent, null)
  const cut = await testListener(server, agent, null)
  await act(agent, conversationId, 'take')
  const heard = await cut.until(await numberNow())
  cut.close()
  await act(agent, conversationId, 'reply', { text: 'Let me look.', clientId: 'a' })
  await act(agent, conversationId, 'close')
  const back = await testListener(server, agent, cut.number)
  const last = await mark()
  await Promise.all([all.until(last), back.until(last)])
  // What lies between was read at once, so a thing that changed twice is told as it then was.
  const newest = (events: readonly { kind: string }[]) =>
    new Map(events.map((event) => [JSON.stringify(subjectOf(event)), JSON.stringify(event)]))
  assert.deepEqual(newest([...heard, ...back.events]), newest(all.events))
  assert.equal(back.events.filter(({ kind }) => kind === 'message').length, 1)
  all.close()
  back.close()
})

test('a page that is far behind many long texts hears them all', async () => {
  const { conversationId } = await testConversation(server, brand)
  await act(agent, conversationId, 'take')
  const before = await numberNow()
  // At once more than may wait for a page that reads nothing.
  const text = 'é'.repeat(8_000)
  for (let n = 0; n < 80; n += 1) await act(agent, conversationId, 'notes', { text, clientId: String(n) })
  const there = await testListener(server, agent, null)
  const behind = await testListener(server, agent, before)
  const events = await behind.until(await mark())
  assert.equal(events.filter(({ kind }) => kind === 'message').length, 80)
  behind.close()
  there.close()
})

// biome-ignore lint/suspicious/noExplicitAny: events of every shape
const subjectOf = (event: any) =>
  event.conversation?.conversationId ?? event.message?.messageId ?? event.agent?.userId ?? event.skill?.skillId

test('a number that is no longer kept, or of another database, begins the page again', async () => {
  for (let turn = 0; turn < 3; turn += 1) await mark()
  const last = await numberNow()
  await server.deps.db`delete from events where account_id = ${brand.accountId} and number < ${last}`
  for (const number of [1, last + 1]) {
    const listener = await testListener(server, agent, number)
    await listener.ended
    assert.deepEqual(listener.named, ['ready', 'restart'])
    assert.deepEqual(listener.events, [])
  }
  const listener = await testListener(server, agent, last)
  await listener.until(await mark())
  assert.deepEqual(listener.named, ['ready'])
  listener.close()
})

test('a conversation that leaves one’s sight is told as gone; whoever never saw it hears nothing', async () => {
  const colleague = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const elsewhere = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.sales] })
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  const number = await numberNow()
  const listeners = await Promise.all(
    [agent, colleague, elsewhere, manager].map((who) => testListener(server, who, number)),
  )
  const { conversationId, phone } = await testConversation(server, brand)
  await listeners[1]!.until(await mark())
  await act(agent, conversationId, 'take')
  await act(agent, conversationId, 'reply', { text: 'A word for the owner', clientId: 'a' })
  const last = await mark()
  await Promise.all(listeners.map((listener) => listener.until(last)))
  const [own, gone, none, all] = listeners.map((listener) => listener.events)
  assert.ok(own!.some(({ message }) => message?.text === 'A word for the owner'))
  assert.ok(own!.some(({ conversation }) => conversation?.consumer.address === phone))
  assert.deepEqual(
    kinds(gone!).filter((kind) => kind.startsWith('conversation')),
    ['conversation', 'conversation-gone'],
  )
  assert.ok(!JSON.stringify(gone).includes(phone), 'the number is for who talks to them')
  assert.ok(!JSON.stringify(gone).includes('A word for the owner'))
  assert.ok(!JSON.stringify(none).includes(conversationId))
  assert.ok(all!.some(({ message }) => message?.text === 'A word for the owner'))
  for (const listener of listeners) listener.close()
})

test('what another process does is told at once by its word, and without it by looking', async () => {
  const { conversationId } = await testConversation(server, brand)
  const listener = await testListener(another, agent, await numberNow())
  await act(agent, conversationId, 'take')
  await listener.until(await numberNow())
  assert.ok(kinds(listener.events).includes('conversation'))

  // The listening connection dies at the moment of the commit: the word is lost.
  const { db } = server.deps
  const killed = await db`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`
  assert.ok(killed.length > 0, 'somebody listened')
  await db`
    with next as (update event_numbers set last = last + 1 where account_id = ${brand.accountId} returning last)
    insert into events (account_id, number, kind, subject_id)
    select ${brand.accountId}, last, 'skill', ${brand.skills.sales} from next`
  await listener.until(await numberNow())
  assert.equal(listener.events.at(-1).skill.skillId, brand.skills.sales)
  listener.close()
})

test('an event that was told and is another after a breakdown of the database begins the page again', async () => {
  const { conversationId } = await testConversation(server, brand)
  const listener = await testListener(another, agent, await numberNow())
  await act(agent, conversationId, 'take')
  const told = await numberNow()
  await listener.until(told)

  const { db } = server.deps
  // As if the last one had been lost, and its number been given to another.
  await db`
    update events set kind = 'skill', subject_id = ${brand.skills.sales}, conversation_id = null, sight = null,
      at = clock_timestamp() where account_id = ${brand.accountId} and number = ${told}`
  await db`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query ilike 'listen %'`
  await listener.ended
  assert.deepEqual(listener.named, ['ready', 'restart'])
})

test('whose skills change begins again, the others see it', async () => {
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  const number = await numberNow()
  const [own, other] = await Promise.all([agent, manager].map((who) => testListener(server, who, number)))
  const change = await testUser(server, brand.accountId, 'administrator')
  // A new colleague: everybody begins again.
  await Promise.all([own!.ended, other!.ended])
  assert.deepEqual(
    [own!.named, other!.named],
    [
      ['ready', 'restart'],
      ['ready', 'restart'],
    ],
  )
  const [mine, theirs] = await Promise.all([agent, manager].map((who) => testListener(server, who, null)))
  const path = `/api/admin/accounts/${brand.accountId}/users/${agent.userId}`
  assert.equal((await change.ask('PATCH', path, { skills: ['sales'] })).status, 200)
  await mine!.ended
  assert.deepEqual(mine!.named, ['ready', 'restart'])
  await theirs!.when(({ events }) => events.length > 0)
  assert.deepEqual(theirs!.events[0].agent.skillIds, [brand.skills.sales])
  theirs!.close()
})

test('nobody listens without a session or without the right', async () => {
  await atomic(server.deps.db, (tx) => updateUser(tx, brand.accountId, agent.userId, { role: 'campaign-manager' }))
  await assert.rejects(testListener(server, agent, null), /403/)
  await atomic(server.deps.db, (tx) => endSession(tx, agent.sessionToken))
  await assert.rejects(testListener(server, agent, null), /401/)
})

test('a session that ends takes its streams along at once, and what comes after is not told there', async () => {
  const administrator = await testUser(server, brand.accountId, 'administrator')
  const path = `/api/admin/accounts/${brand.accountId}/users/${agent.userId}`
  const ends: readonly (readonly [string, (user: { sessionToken: string }) => Promise<unknown>])[] = [
    [
      'signing out',
      ({ sessionToken }) =>
        ask(`${server.url}/api/session`, 'DELETE', undefined, {
          ...{ cookie: `c2m-session=${sessionToken}`, origin: server.deps.publicUrl },
        }),
    ],
    ['a new password', () => administrator.ask('POST', `${path}/password`)],
  ]
  for (const [name, end] of ends) {
    const user = { sessionToken: await beginSession(server.deps.db, brand.accountId, agent.userId) }
    const listeners = await Promise.all([server, another].map((at) => testListener(at, user, null)))
    const answer = (await end(user)) as { status: number }
    assert.ok(answer.status < 300, name)
    const later = await mark()
    for (const listener of listeners) {
      await listener.ended
      assert.deepEqual(listener.named, ['ready', 'signed-out'], name)
      assert.ok(listener.number < later, `${name}: told up to ${listener.number}, and ${later} came after`)
    }
  }
})

test('an open stream keeps its session from growing idle, and ends when the session does; nobody is there for it', async () => {
  const { db } = server.deps
  const idle = await testUser(server, brand.accountId, 'agent')
  const [own, other] = await Promise.all([agent, idle].map((who) => testListener(server, who, null)))
  await db`update sessions set seen_at = now() - interval '119 minutes' where user_id = ${idle.userId}`
  await db`update presences set seen_at = now() - interval '30 minutes' where user_id = ${idle.userId}`
  await db`update sessions set expires_at = now() where user_id = ${agent.userId}`
  await own!.ended
  assert.deepEqual(own!.named, ['ready', 'signed-out'])
  assert.deepEqual(other!.named, ['ready'])
  const isSeen = async (table: 'sessions' | 'presences') =>
    (
      await db`select seen_at > now() - interval '10 minutes' as seen from ${db(table)} where user_id = ${idle.userId}`
    )[0]?.seen
  assert.equal(await isSeen('sessions'), true)
  // At the next beat, whatever the one before it wrote stands written.
  await db`update sessions set expires_at = now() where user_id = ${idle.userId}`
  await other!.ended
  assert.equal(await isSeen('presences'), false, 'the line of a laptop that sleeps stays open for a quarter of an hour')
})

test('a question about the sessions that fails is logged, and nobody goes on listening unasked', async () => {
  const { db } = server.deps
  const listener = await testListener(server, agent, null)
  await db`alter table sessions rename column seen_at to seen`
  try {
    await listener.ended
  } finally {
    await db`alter table sessions rename column seen to seen_at`
  }
  assert.deepEqual(listener.named, ['ready'])
  assert.ok(server.logged.some((line) => line.includes('who still listens')))
})

test('a colleague sees who types; the one who types does not', async () => {
  const manager = await testUser(server, brand.accountId, 'agent-manager')
  const { conversationId } = await testConversation(server, brand)
  await act(agent, conversationId, 'take')
  const [own, other] = await Promise.all([agent, manager].map((who) => testListener(another, who, null)))
  await act(agent, conversationId, 'typing')
  await other!.when(({ events }) => events.some(({ kind }) => kind === 'typing'))
  const typing = other!.events.find(({ kind }) => kind === 'typing')
  assert.deepEqual(typing.by, { userId: agent.userId, name: 'Test agent' })
  assert.equal(typing.conversationId, conversationId)
  await own!.until(await mark())
  assert.ok(!kinds(own!.events).includes('typing'))
  own!.close()
  other!.close()
})

test('a page that comes is a sign of life, and each time that it says so', async () => {
  assert.equal((await agent.ask('PUT', '/api/workspace/presence', { status: 'online' })).status, 204)
  const { db } = server.deps
  const isSeen = async () => {
    const [row] =
      await db`select seen_at > now() - interval '20 seconds' as seen from presences where user_id = ${agent.userId}`
    return row?.seen
  }
  const grow = () => db`update presences set seen_at = now() - interval '30 seconds' where user_id = ${agent.userId}`
  await grow()
  const listener = await testListener(server, agent, null)
  assert.equal(await isSeen(), true)
  await grow()
  assert.equal((await agent.ask('POST', '/api/workspace/presence/sign-of-life')).status, 204)
  assert.equal(await isSeen(), true)
  listener.close()
})

test('a server that stops ends its streams, and the page goes on at the next', async () => {
  const old = await testServer({
    env: { C2M_SECRET_KEY: Buffer.alloc(32, 7).toString('base64') },
    database: server.database,
  })
  const { conversationId } = await testConversation(server, brand)
  const listener = await testListener(old, agent, await numberNow())
  await listener.until(await mark())
  await old.close()
  await listener.ended
  await act(agent, conversationId, 'take')
  const next = await testListener(another, agent, listener.number)
  await next.until(await numberNow())
  assert.ok(next.events.some(({ conversation }) => conversation?.conversationId === conversationId))
  next.close()
})

test('a double click, a retry at another process and a page that comes back: each word stands once', async () => {
  const { conversationId } = await testConversation(server, brand)
  await act(agent, conversationId, 'take')
  const listener = await testListener(server, agent, null)
  const cookie = { cookie: `c2m-session=${agent.sessionToken}` }
  for (const [deed, text] of [
    ['reply', 'Sent once'],
    ['notes', 'Noted once'],
  ] as const) {
    const path = `/api/workspace/conversations/${conversationId}/${deed}`
    const body = { text, clientId: `${deed}-1` }
    const answers = await Promise.all([
      agent.ask('POST', path, body),
      agent.ask('POST', path, body),
      ask(another.url + path, 'POST', body, { ...cookie, origin: another.deps.publicUrl }),
    ])
    assert.ok(
      answers.every(({ status }) => status === 201 || status === 202),
      JSON.stringify(answers),
    )
    const last = await mark()
    await listener.until(last)
    const back = await testListener(another, agent, listener.number - 4)
    await back.until(last)
    for (const { events } of [listener, back]) {
      const told = events.flatMap(({ message }) => (message?.text === text ? [message] : []))
      assert.deepEqual([...new Set(told.map(({ messageId }) => messageId))].length, 1)
      assert.equal(told[0].clientId, `${deed}-1`, 'by which a page knows its own')
    }
    const { body: whole } = await agent.ask('GET', `/api/workspace/conversations/${conversationId}`)
    assert.equal(whole.messages.filter((message: { text: string }) => message.text === text).length, 1)
    back.close()
  }
  listener.close()
})

test('whoever joins in the middle of a storm misses nothing', async () => {
  const { db } = server.deps
  const number = await numberNow()
  let storming = true
  const storm = Promise.all(
    [1, 2, 3].map(async () => {
      while (storming) {
        await atomic(db, async (tx) => touchSkill(tx, brand.accountId, brand.skills.sales))
        await pause(1)
      }
    }),
  )
  const listeners = await Promise.all([server, another, server].map((at) => testListener(at, agent, number)))
  await pause(100)
  storming = false
  await storm
  const last = await mark()
  for (const listener of listeners) {
    await listener.until(last)
    assert.deepEqual(listener.named, ['ready'])
    assert.equal(listener.events.at(-1).skill.skillId, brand.skills.billing)
    listener.close()
  }
})
