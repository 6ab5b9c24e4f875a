import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { closeConversation } from '../../src/actions/close-conversation.ts'
import { deliverMessage } from '../../src/actions/deliver-message.ts'
import { reply } from '../../src/actions/reply.ts'
import { takeConversation } from '../../src/actions/take-conversation.ts'
import type { UserCaller } from '../../src/domain/caller.ts'
import { Problem } from '../../src/errors.ts'
import { lockConsumer } from '../../src/store/consumer-lock.ts'
import { atomic } from '../../src/store/db.ts'
import { recordOptOut } from '../../src/store/opt-outs.ts'
import { insertUser, setUserSkills } from '../../src/store/users.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { journalConnector, type TestConversation, testConversation } from '../test-conversation.ts'
import { type TestDatabase, testDatabase } from '../test-database.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testPresence } from '../test-user.ts'

/*
 * Every conversation has exactly one owner or is in exactly one queue (promise P8; reliability CC-05), and no reply's
 * send-time check comes after the consumer's STOP was committed (P4; CC-07): 1,000 rounds of agents, a manager and the
 * consumer who all act on the same conversation at the same moment.
 */
const rounds = 1_000
const atOnce = 8

const connector = journalConnector()
let database: TestDatabase
let server: TestServer
let brand: TestBrand
let anna: UserCaller
let bert: UserCaller
let manager: UserCaller

before(async () => {
  database = await testDatabase()
  // What is raced are locks, not disks: without the wait for each commit a thousand rounds take seconds.
  const db = database.open(1)
  await db.unsafe(`alter database ${database.name} set synchronous_commit = off`)
  server = await testServer({ database, connectors: [connector], env: { DATABASE_POOL_SIZE: '20' } })
  brand = await testBrand(server, { smsConnector: connector.name })
  anna = await person('agent', [brand.skills.support])
  bert = await person('agent', [brand.skills.support])
  manager = await person('agent-manager', [])
})
after(async () => {
  await server.close()
  await database.drop()
})

async function person(role: UserCaller['role'], skills: readonly string[]): Promise<UserCaller> {
  const userId = randomUUID()
  const { accountId } = brand
  const email = `${userId}@brand.example`
  await atomic(server.deps.db, (tx) =>
    insertUser(tx, accountId, { userId, email, name: role, role, passwordHash: null }),
  )
  await atomic(server.deps.db, (tx) => setUserSkills(tx, accountId, userId, skills))
  await testPresence(server.deps.db, accountId, userId, { capacity: 1_000 })
  return { kind: 'user', accountId, userId, name: role, role }
}

/** `done`, or the code of the refusal; everything else fails the test. */
async function outcome(deed: Promise<unknown>): Promise<string> {
  try {
    await deed
    return 'done'
  } catch (error) {
    if (error instanceof Problem) return error.code
    throw error
  }
}

const write = (by: UserCaller, { conversationId }: TestConversation, clientId: string) =>
  outcome(reply(server.deps, by, conversationId, { text: `reply ${clientId}`, clientId }))
const take = (by: UserCaller, { conversationId }: TestConversation) =>
  outcome(takeConversation(server.deps, by, conversationId))
const close = (by: UserCaller, { conversationId }: TestConversation) =>
  outcome(closeConversation(server.deps, by, conversationId))
const stop = ({ phone }: TestConversation) =>
  outcome(
    atomic(server.deps.db, async (tx) => {
      await lockConsumer(tx, brand.accountId, phone)
      const word = { address: phone, channel: 'sms', source: 'keyword', evidence: 'STOP', senderId: null } as const
      await recordOptOut(tx, brand.accountId, { ...word, scope: 'all' })
    }),
  )

interface Row {
  state: string
  owner_id: string | null
  takes: number
  closes: number
  replies: string[]
}

async function stateOf({ conversationId, callId }: TestConversation): Promise<Row> {
  const [row] = await server.deps.db<[Row]>`
    select c.state, c.owner_id,
      (select count(*)::integer from transaction_steps s where s.account_id = c.account_id and s.call_id = ${callId}
        and s.step = 'conversation-taken') as takes,
      (select count(*)::integer from transaction_steps s where s.account_id = c.account_id and s.call_id = ${callId}
        and s.step = 'conversation-closed') as closes,
      array(select m.client_id from messages m where m.account_id = c.account_id
        and m.conversation_id = c.conversation_id and m.kind = 'reply' order by m.message_number) as replies
    from conversations c where c.account_id = ${brand.accountId} and c.conversation_id = ${conversationId}`
  return row
}

async function deliverAll({ conversationId }: TestConversation): Promise<void> {
  const attempts = await server.deps.db<{ attempt_id: string }[]>`
    select a.attempt_id from attempts a join messages m using (account_id, message_id)
    where m.account_id = ${brand.accountId} and m.conversation_id = ${conversationId}`
  const system = { kind: 'system', accountId: brand.accountId } as const
  await Promise.all(attempts.map((row) => deliverMessage(server.deps, system, { attemptId: row.attempt_id })))
}

async function inRounds(count: number, round: (number: number) => Promise<void>): Promise<void> {
  let next = 0
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < count) await round(next++)
    }),
  )
}

test(`two agents take it at once: one owns it (${rounds / 4} rounds)`, async () => {
  await inRounds(rounds / 4, async () => {
    const conversation = await testConversation(server, brand, { phone: phoneOfRound() })
    const results = await Promise.all([take(anna, conversation), take(bert, conversation), take(anna, conversation)])
    const state = await stateOf(conversation)
    assert.equal(state.state, 'assigned')
    assert.equal(state.takes, 1)
    const owner = state.owner_id === anna.userId ? anna : bert
    assert.equal(state.owner_id, owner.userId)
    assert.deepEqual(
      results,
      owner === anna ? ['done', 'already-taken', 'done'] : ['already-taken', 'done', 'already-taken'],
    )
  })
})

test(`an agent takes it while a manager closes it: taken and closed, or closed (${rounds / 4} rounds)`, async () => {
  let both = 0
  await inRounds(rounds / 4, async () => {
    const conversation = await testConversation(server, brand, { phone: phoneOfRound() })
    const [taken, closed, again] = await Promise.all([
      take(anna, conversation),
      close(manager, conversation),
      close(manager, conversation),
    ])
    const state = await stateOf(conversation)
    assert.deepEqual([closed, again], ['done', 'done'])
    assert.ok(taken === 'done' || taken === 'conversation-closed', taken)
    assert.deepEqual([state.state, state.owner_id, state.closes], ['closed', null, 1])
    assert.equal(state.takes, taken === 'done' ? 1 : 0)
    if (taken === 'done') both += 1
  })
  assert.ok(both > 0 && both < rounds / 4, `both orders happened (${both})`)
})

test(`the owner replies while it is closed: the reply is in it, or refused (${rounds / 4} rounds)`, async () => {
  await inRounds(rounds / 4, async () => {
    const conversation = await testConversation(server, brand, { phone: phoneOfRound() })
    assert.equal(await take(anna, conversation), 'done')
    const [first, double, closed] = await Promise.all([
      write(anna, conversation, 'one'),
      write(anna, conversation, 'one'),
      close(manager, conversation),
    ])
    const state = await stateOf(conversation)
    assert.equal(closed, 'done')
    assert.equal(state.state, 'closed')
    assert.ok(['done', 'conversation-closed'].includes(first) && ['done', 'conversation-closed'].includes(double))
    assert.deepEqual(state.replies, first === 'done' || double === 'done' ? ['one'] : [])
    if (first === 'done' || double === 'done') {
      assert.equal(await write(anna, conversation, 'one'), 'done', 'its answer stays the same after the close')
    }
    assert.equal(await write(anna, conversation, 'two'), 'conversation-closed')
  })
})

test(`the consumer says STOP while the owner replies: nothing leaves after it (${rounds / 4} rounds)`, async () => {
  let refused = 0
  let accepted = 0
  await inRounds(rounds / 4, async (number) => {
    const conversation = await testConversation(server, brand, { phone: phoneOfRound() })
    assert.equal(await take(anna, conversation), 'done')
    let stopped = false
    const [first, , late] = await Promise.all([
      write(anna, conversation, 'one'),
      stop(conversation).then(() => {
        stopped = true
      }),
      // A worker that hands over while all of this goes on, at another moment in each round.
      new Promise((resolve) => setTimeout(resolve, number % 4)).then(() => {
        const after = stopped
        const sentBefore = sentTo(conversation)
        return deliverAll(conversation).then(() => ({ after, sent: sentTo(conversation) - sentBefore }))
      }),
    ])
    if (late.after) assert.equal(late.sent, 0, 'a hand-over that began after the STOP was committed')
    assert.ok(first === 'done' || first === 'consumer-opted-out', first)
    if (first === 'done') accepted += 1
    else refused += 1
    assert.equal(await write(anna, conversation, 'two'), 'consumer-opted-out')
    const before = sentTo(conversation)
    await deliverAll(conversation)
    assert.equal(sentTo(conversation), before, 'what was accepted before the STOP does not leave after it')
    assert.deepEqual((await stateOf(conversation)).replies, first === 'done' ? ['one'] : [])
  })
  assert.ok(accepted > 0, `replies were accepted in some rounds (${accepted} accepted, ${refused} refused)`)
})

test('a reply waits for a STOP that is being stored, and a close for a message that is', async () => {
  const { db } = server.deps
  const conversation = await testConversation(server, brand, { phone: phoneOfRound() })
  assert.equal(await take(anna, conversation), 'done')
  for (const [deed, expected] of [
    [() => write(anna, conversation, 'one'), 'consumer-opted-out'],
    [() => close(anna, conversation), 'done'],
  ] as const) {
    let answer: string | null = null
    let deeds: Promise<void> | null = null
    await atomic(db, async (tx) => {
      await lockConsumer(tx, brand.accountId, conversation.phone)
      const word = { address: conversation.phone, channel: 'sms', source: 'keyword', evidence: 'STOP' } as const
      await recordOptOut(tx, brand.accountId, { ...word, senderId: null, scope: 'all' })
      deeds = deed().then((code) => {
        answer = code
      })
      for (;;) {
        const [{ waiting }] = await db<[{ waiting: number }]>`
          select count(*)::integer as waiting from pg_locks where locktype = 'advisory' and not granted
            and database = (select oid from pg_database where datname = current_database())`
        if (waiting > 0 || answer !== null) break
      }
      assert.equal(answer, null, 'it did not wait')
    })
    await deeds
    assert.equal(answer, expected)
  }
})

const sentTo = ({ phone }: TestConversation) => connector.sent.filter((out) => out.to === phone).length

let phones = 0
const phoneOfRound = () => `+1206${String(2_000_000 + phones++)}`
