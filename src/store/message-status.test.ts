import assert from 'node:assert/strict'
import test, { after, before } from 'node:test'
import fc from 'fast-check'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { MessageStatus } from '../domain/message.ts'
import { atomic } from './db.ts'
import { advanceMessage } from './message-status.ts'
import { createOutgoing } from './outgoing.ts'

let server: TestServer
let brand: TestBrand
before(async () => {
  server = await testServer()
  brand = await testBrand(server)
})
after(() => server.close())

/** An invite that the provider is just being called for. */
async function sendingInvite() {
  const { db, processId } = server.deps
  const { accountId, smsSender, skills, handoffId } = brand
  const { callId, phone } = await testCall(server, brand)
  const created = await atomic(db, (tx) =>
    createOutgoing(tx, accountId, {
      conversationId: null,
      callId,
      senderId: smsSender.senderId,
      channel: 'sms',
      address: phone,
      kind: 'invite',
      body: 'Hello',
      expiresAt: null,
      claimedBy: processId,
    }),
  )
  await db`
    insert into invites (account_id, call_id, state, consumer_phone, skill_id, channels_left, message_id, handoff_id,
      lookback_minutes, route_all_within_lookback, expires_at)
    values (${accountId}, ${callId}, 'sending', ${phone}, ${skills.support}, '{}', ${created.messageId}, ${handoffId}, 60,
      false, now())`
  return { ...created, callId }
}

/** Everything that a reader of the rows sees, times as seconds after the message was made. */
async function seen(invite: { callId: string; messageId: string }) {
  const { db } = server.deps
  const [row] = await db`
    select m.status, m.failure_kind, m.provider_code, m.provider_id, a.state as attempt, i.state as invite, c.error_code,
      ${['sent_at', 'delivered_at', 'read_at', 'failed_at'].map((name) => db`extract(epoch from ${db(`m.${name}`)} - date_trunc('milliseconds', m.created_at))::float8 as ${db(name)},`)}
      m.sent_at is not distinct from c.sent_at and m.delivered_at is not distinct from c.delivered_at
        and m.read_at is not distinct from c.read_at and m.failed_at is not distinct from c.failed_at as call_agrees
    from messages m join attempts a using (account_id, message_id)
    join invites i on i.account_id = m.account_id and i.call_id = m.call_id
    join calls c on c.account_id = m.account_id and c.call_id = m.call_id
    where m.account_id = ${brand.accountId} and m.message_id = ${invite.messageId}`
  return row!
}

const heard = ['sending', 'sent', 'delivered', 'read', 'failed'] as const

test('WI-02: statuses in any order, any number of times, end in the same state', async () => {
  const ends = new Map<string, string>()
  const { db } = server.deps
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...heard], { minLength: 1 }).chain((set) => fc.tuple(fc.constant(set), orders(set))),
      async ([set, order]) => {
        const invite = await sendingInvite()
        const [{ created_at: createdAt }] = (await db`
          select created_at from messages where message_id = ${invite.messageId}`) as unknown as [{ created_at: Date }]
        for (const status of order) {
          const at = new Date(createdAt.getTime() + 1_000 * (heard.indexOf(status) + 1))
          const failure = status === 'failed' ? ({ kind: 'blocked', providerCode: '30007' } as const) : null
          await atomic(db, (tx) =>
            advanceMessage(tx, brand.accountId, invite.messageId, { status, at, providerId: 'P', failure }),
          )
          await db`update messages set provider_id = null where message_id = ${invite.messageId}`
        }
        const end = JSON.stringify(await seen(invite))
        const key = [...set].sort().join()
        assert.equal(end, ends.get(key) ?? end, `${order}`)
        ends.set(key, end)
        assert.ok(end.includes('"attempt":"sent"') && end.includes('"call_agrees":true'))
        const rank = (status: MessageStatus) => ['sending', 'sent', 'failed', 'delivered', 'read'].indexOf(status)
        const best = set.reduce((one, other) => (rank(one) > rank(other) ? one : other))
        assert.equal((JSON.parse(end) as { status: string }).status, best)
      },
    ),
    { numRuns: 40 },
  )
})

const orders = (set: readonly (typeof heard)[number][]) =>
  fc
    .array(fc.constantFrom(...set), { maxLength: 4 })
    .chain((again) => fc.shuffledSubarray([...set, ...again], { minLength: set.length + again.length }))

test('another provider id under one token is a second copy: shown once, and nothing else changes', async () => {
  const { db } = server.deps
  const invite = await sendingInvite()
  const hear = (providerId: string, status: MessageStatus) =>
    atomic(db, (tx) => advanceMessage(tx, brand.accountId, invite.messageId, { status, at: new Date(), providerId }))
  assert.deepEqual(await hear('P1', 'sent'), { changed: true })
  const before = JSON.stringify(await seen(invite))
  assert.deepEqual(await hear('P2', 'delivered'), { changed: false })
  assert.deepEqual(await hear('P2', 'read'), { changed: false })
  assert.equal(JSON.stringify(await seen(invite)), before)
  const steps = await db`select step from transaction_steps where call_id = ${invite.callId} order by step_number`
  assert.deepEqual(
    steps.map((row) => row.step),
    ['sent', 'second-copy'],
  )
})

test('each step once, with the time it happened; a provider’s slow clock makes no negative wait', async () => {
  const { db } = server.deps
  const invite = await sendingInvite()
  const long = new Date(Date.now() - 3_600_000)
  for (const status of ['sent', 'delivered', 'delivered', 'sent', 'read'] as const)
    await atomic(db, (tx) => advanceMessage(tx, brand.accountId, invite.messageId, { status, at: long }))
  const steps = await db`select step, at from transaction_steps where call_id = ${invite.callId} order by step_number`
  assert.deepEqual(
    steps.map((row) => row.step),
    ['sent', 'delivered', 'read'],
  )
  const row = await seen(invite)
  for (const wait of [row.sent_at, row.delivered_at, row.read_at]) assert.ok(wait === 0 || wait === 0.001, String(wait))
})

test('an invite that has gone on to another channel is not touched by the first one’s late word; another brand’s is not found', async () => {
  const { db } = server.deps
  const invite = await sendingInvite()
  await db`update invites set message_id = gen_random_uuid() where call_id = ${invite.callId}`
  const change = { status: 'failed', at: new Date() } as const
  await atomic(db, (tx) => advanceMessage(tx, brand.accountId, invite.messageId, change))
  const [row] = await db`select state from invites where call_id = ${invite.callId}`
  assert.equal(row!.state, 'sending')
  const other = await testBrand(server)
  const foreign = await atomic(db, (tx) => advanceMessage(tx, other.accountId, invite.messageId, change))
  assert.deepEqual(foreign, { changed: false })
})
