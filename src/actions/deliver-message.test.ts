import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { PlainAnswer } from '../../test/simulators/plain-provider.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import type { Deps } from '../deps.ts'
import type { Clock } from '../domain/clock.ts'
import { lockConsumer } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { advanceMessage } from '../store/message-status.ts'
import { recordOptOut } from '../store/opt-outs.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { deliverMessage } from './deliver-message.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const sentTo = (phone: string) => stage.provider.accepted.filter((message) => message.to === phone)
const deliver = (deps: Deps, brand: TestBrand, attemptId: string) =>
  deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId })

/** A reply that waits in the queue, as an agent's would. */
async function waiting(brand: TestBrand, options: { phone?: string; ttlSeconds?: number } = {}) {
  const phone = options.phone ?? testPhone()
  const expiresAt = options.ttlSeconds === undefined ? null : new Date(Date.now() + options.ttlSeconds * 1_000)
  const created = await atomic(stage.server.deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      conversationId: null,
      callId: null,
      senderId: brand.smsSender.senderId,
      channel: 'sms',
      address: phone,
      kind: 'reply',
      body: 'A reply',
      expiresAt,
    }),
  )
  return { ...created, phone }
}

async function stateOf(brand: TestBrand, attemptId: string) {
  const [row] = await stage.server.deps.db`
    select a.*, m.status, m.failure_kind as message_failure, m.provider_id as message_provider_id
    from attempts a join messages m using (account_id, message_id)
    where account_id = ${brand.accountId} and attempt_id = ${attemptId}`
  return row!
}

function optOut(brand: TestBrand, phone: string) {
  return atomic(stage.server.deps.db, async (tx) => {
    await lockConsumer(tx, brand.accountId, phone)
    await recordOptOut(tx, brand.accountId, {
      address: phone,
      channel: 'sms',
      scope: 'channel',
      source: 'keyword',
      evidence: 'STOP',
      senderId: null,
    })
  })
}

test('each answer of a provider leads to its state', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const table: [PlainAnswer, string, string, string | null][] = [
    ['accept', 'sent', 'sending', null],
    [{ throttle: 1 }, 'accepted', 'sending', 'throttled'],
    [{ refuse: 'unreachable' }, 'accepted', 'sending', 'unreachable'],
    [{ refuse: 'blocked', code: '21408' }, 'rejected', 'failed', 'blocked'],
    [{ refuse: 'window-closed' }, 'rejected', 'failed', 'window-closed'],
    ['accept-and-cut', 'unknown', 'unknown', 'unknown-outcome'],
    ['accept-and-fail', 'unknown', 'unknown', 'unknown-outcome'],
    ['garbage', 'unknown', 'unknown', 'unknown-outcome'],
  ]
  for (const [answer, state, status, failure] of table) {
    const { attemptId } = await waiting(brand)
    stage.provider.next(answer)
    await deliver(deps, brand, attemptId)
    const row = await stateOf(brand, attemptId)
    assert.deepEqual([row.state, row.status, row.failure_kind], [state, status, failure], JSON.stringify(answer))
    assert.deepEqual([row.tries, row.fence], [1, 1])
  }
  const [kept] = await deps.db`
    select count(*)::int as count, count(distinct message_id)::int as messages from provider_exchanges
    where account_id = ${brand.accountId}`
  assert.deepEqual([kept!.count, kept!.messages], [table.length, table.length])
})

test('a text waits behind an earlier one to the same consumer that was throttled, and arrives after it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const phone = testPhone()
  const first = await waiting(brand, { phone })
  stage.provider.next({ throttle: 60 })
  await deliver(deps, brand, first.attemptId)
  const second = await waiting(brand, { phone })
  const other = await waiting(brand)
  await deliver(deps, brand, second.attemptId)
  await deliver(deps, brand, other.attemptId)
  assert.equal(sentTo(phone).length, 0)
  assert.equal(sentTo(other.phone).length, 1, 'nobody else waits')
  const [early, late] = [await stateOf(brand, first.attemptId), await stateOf(brand, second.attemptId)]
  assert.deepEqual([late.state, late.tries], ['accepted', 0])
  assert.ok(late.next_try_at >= early.next_try_at)

  const due = ({ attemptId }: { attemptId: string }) =>
    deps.db`update attempts set next_try_at = clock_timestamp() where attempt_id = ${attemptId}`
  await due(first)
  await due(second)
  // The later job runs first.
  await deliver(deps, brand, second.attemptId)
  assert.equal(sentTo(phone).length, 0)
  await deliver(deps, brand, first.attemptId)
  await due(second)
  await deliver(deps, brand, second.attemptId)
  const tokens = [await stateOf(brand, first.attemptId), await stateOf(brand, second.attemptId)].map(
    ({ token }) => token,
  )
  assert.deepEqual(
    sentTo(phone).map(({ token }) => token),
    tokens,
  )
})

test('no answer within the provider’s time: unknown', async () => {
  const { deps } = await stage.another({ env: { PROVIDER_TIMEOUT_MS: '500' } })
  const brand = await stage.brand()
  const { attemptId } = await waiting(brand)
  stage.provider.next('hang')
  await deliver(deps, brand, attemptId)
  assert.deepEqual([(await stateOf(brand, attemptId)).state, (await stateOf(brand, attemptId)).tries], ['unknown', 1])
})

test('the provider cannot be reached: certainly unsent, tried again later', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  await deps.db`update senders set settings = ${deps.db.json({ baseUrl: 'http://127.0.0.1:1' })} where account_id = ${brand.accountId}`
  deps.accounts.drop(brand.accountId)
  const { attemptId } = await waiting(brand)
  await deliver(deps, brand, attemptId)
  const row = await stateOf(brand, attemptId)
  assert.deepEqual([row.state, row.failure_kind], ['accepted', 'unreachable'])
  await deliver(deps, brand, attemptId)
  assert.equal((await stateOf(brand, attemptId)).tries, 1, 'a job before its time does nothing')
  await deps.db`update senders set settings = ${deps.db.json({ baseUrl: stage.provider.url })} where account_id = ${brand.accountId}`
  await deps.db`update attempts set next_try_at = now() where attempt_id = ${attemptId}`
  deps.accounts.drop(brand.accountId)
  await deliver(deps, brand, attemptId)
  const sent = await stateOf(brand, attemptId)
  assert.deepEqual([sent.state, sent.tries, sent.fence], ['sent', 2, 2])
})

test('duplicate jobs at once on two servers: one message', async () => {
  const brand = await stage.brand()
  const other = await stage.another()
  const { attemptId, phone } = await waiting(brand)
  const all = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? stage.server : other).deps)
  await Promise.all(all.map((deps) => deliver(deps, brand, attemptId)))
  assert.equal(sentTo(phone).length, 1)
  assert.equal((await stateOf(brand, attemptId)).fence, 1)
})

test('expired while waiting: never sent, message and invite say so', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const reply = await waiting(brand, { ttlSeconds: -1 })
  await deliver(deps, brand, reply.attemptId)
  const row = await stateOf(brand, reply.attemptId)
  assert.deepEqual([row.state, row.status, row.message_failure], ['expired', 'failed', 'expired'])

  const call = await testCall(stage.server, brand)
  stage.provider.next({ throttle: 3_600 })
  await inviteBy(deps, brand, call.callId)
  const { attempts, invite } = await invitedRows(deps, brand, call.callId)
  const { attempt_id: attemptId } = attempts[0]!
  assert.ok(attempts[0]!.next_try_at <= invite!.expires_at, 'no wait goes beyond the life')
  await deps.db`update attempts set expires_at = now(), next_try_at = now() where attempt_id = ${attemptId}`
  await deliver(deps, brand, attemptId)
  const ended = await invitedRows(deps, brand, call.callId)
  assert.equal(ended.invite!.state, 'expired')
  assert.equal(ended.call.error_code, 'expired')
  assert.equal(ended.steps.at(-1), 'invite-expired')
  assert.equal(sentTo(reply.phone).length + sentTo(call.phone).length, 0)
})

test('CO-06: an opt-out while waiting, while retrying, and against the claim: nothing is sent after it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const queued = await waiting(brand)
  await optOut(brand, queued.phone)
  await deliver(deps, brand, queued.attemptId)
  const row = await stateOf(brand, queued.attemptId)
  assert.deepEqual([row.state, row.status, row.message_failure], ['opted-out', 'failed', 'opted-out'])

  const call = await testCall(stage.server, brand)
  stage.provider.next({ throttle: 0 })
  await inviteBy(deps, brand, call.callId)
  await optOut(brand, call.phone)
  const { attempt_id: attemptId } = (await invitedRows(deps, brand, call.callId)).attempts[0]!
  await deps.db`update attempts set next_try_at = now() where attempt_id = ${attemptId}`
  await deliver(deps, brand, attemptId)
  const ended = await invitedRows(deps, brand, call.callId)
  assert.equal(ended.invite!.state, 'opted-out')
  assert.ok(ended.call.skipped_at instanceof Date)
  assert.equal(sentTo(queued.phone).length + sentTo(call.phone).length, 0)

  // The race: whichever took the consumer's lock first decides; a send is only right when its claim came before the opt-out.
  for (let round = 0; round < 15; round += 1) {
    const racing = await waiting(brand)
    await Promise.all([deliver(deps, brand, racing.attemptId), optOut(brand, racing.phone)])
    const raced = await stateOf(brand, racing.attemptId)
    const copies = sentTo(racing.phone).length
    assert.equal(copies, raced.state === 'sent' ? 1 : 0)
    if (copies === 0) assert.equal(raced.state, 'opted-out')
  }
})

test('PR-05: a holder that slept through its time does not send; the claim is free again', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, phone } = await waiting(brand)
  const other = await stage.another()
  // The process falls asleep right after its claim: while the tx's answer is on the way.
  const asleep = deliver({ ...deps, clock: sleepyClock(2, 60_000) }, brand, attemptId)
  await asleep
  assert.equal(sentTo(phone).length, 0)
  const row = await stateOf(brand, attemptId)
  assert.deepEqual([row.state, row.fence], ['accepted', 1])
  await deliver(other.deps, brand, attemptId)
  assert.equal(sentTo(phone).length, 1)
  assert.deepEqual([(await stateOf(brand, attemptId)).state, (await stateOf(brand, attemptId)).fence], ['sent', 2])
})

test('PR-05: it slept between a first request, which sent nothing, and the one that sends: not sent, and the claim is free again', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, phone } = await waiting(brand)
  const plain = deps.connectors.get('sms-plain')!
  const { send } = plain
  const asksFirst = {
    ...deps,
    clock: sleepyClock(3, 60_000),
    connectors: new Map([
      [
        'sms-plain',
        {
          ...plain,
          // As one that fetches an access token.
          send: async (...[out, sender, http]: Parameters<typeof send>) => {
            await http({ method: 'GET', url: `${sender.settings.baseUrl}/token`, headers: {} })
            return send(out, sender, http)
          },
        },
      ],
    ]),
  }
  await deliver(asksFirst, brand, attemptId)
  assert.equal(sentTo(phone).length, 0)
  assert.deepEqual([(await stateOf(brand, attemptId)).state, (await stateOf(brand, attemptId)).fence], ['accepted', 1])
  await deliver(deps, brand, attemptId)
  assert.equal(sentTo(phone).length, 1)
})

/** From its `nth` reading on, this clock shows that the process has slept. */
function sleepyClock(nth: number, ms: number): Clock {
  let readings = 0
  return {
    now: () => new Date(),
    monotonic: () => {
      readings += 1
      return performance.now() + (readings >= nth ? ms : 0)
    },
  }
}

test('PR-05: a holder whose attempt was taken over can write neither refusal, wait nor doubt; its yes is news all the same', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  for (const late of [{ refuse: 'blocked' }, { throttle: 1 }, 'fail', 'accept'] as const) {
    const { attemptId } = await waiting(brand)
    // While the provider thinks, somebody else takes over: a new fence, a new claim.
    stage.provider.next({
      wait: () => deps.db`update attempts set fence = fence + 1 where attempt_id = ${attemptId} and state = 'claimed'`,
      end: late,
    })
    await deliver(deps, brand, attemptId)
    const row = await stateOf(brand, attemptId)
    assert.deepEqual([row.state, row.fence], [late === 'accept' ? 'sent' : 'claimed', 2], JSON.stringify(late))
    assert.equal(row.failure_kind, null)
  }
})

test('WI-03: delivered before the send’s answer: one state, the id and both times are there', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  const { accountId } = brand
  stage.provider.next({
    end: 'accept',
    wait: async ({ id, token }) => {
      const [row] = await deps.db`select message_id from attempts where account_id = ${accountId} and token = ${token}`
      await atomic(deps.db, (tx) =>
        advanceMessage(tx, accountId, row!.message_id, { status: 'delivered', at: new Date(), providerId: id }),
      )
    },
  })
  await inviteBy(deps, brand, call.callId)
  const rows = await invitedRows(deps, brand, call.callId)
  assert.equal(rows.messages[0]!.status, 'delivered')
  assert.equal(rows.attempts[0]!.state, 'sent')
  assert.equal(rows.invite!.state, 'sent')
  assert.ok(rows.call.sent_at <= rows.call.delivered_at)
})

test('statuses that came before the id was known are taken in with it', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, messageId } = await waiting(brand)
  const { accountId, smsSender } = brand
  stage.provider.next({
    end: 'accept',
    wait: ({ id }) => deps.db`
      insert into receipts (account_id, sender_id, provider_id, status)
      values (${accountId}, ${smsSender.senderId}, ${id}, 'sent'), (${accountId}, ${smsSender.senderId}, ${id}, 'read')`,
  })
  await deliver(deps, brand, attemptId)
  const row = await stateOf(brand, attemptId)
  assert.deepEqual([row.state, row.status], ['sent', 'read'])
  const left = await deps.db`select 1 from receipts where account_id = ${accountId} and matched_at is null`
  assert.equal(left.length, 0)
  assert.ok(messageId)
})

test('a bug in a connector is an unknown outcome and an alarm', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const broken = {
    ...deps,
    connectors: new Map([
      [
        'sms-plain',
        { ...deps.connectors.get('sms-plain')!, send: () => Promise.reject(new TypeError('x is undefined')) },
      ],
    ]),
  }
  const { attemptId } = await waiting(brand)
  await deliver(broken, brand, attemptId)
  assert.equal((await stateOf(brand, attemptId)).state, 'unknown')
  assert.ok(stage.server.logged.some((line) => line.includes('a connector failed')))
})

test('another brand’s attempt is not found', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { attemptId, phone } = await waiting(brand)
  await deliver(deps, await stage.brand(), attemptId)
  await deliver(deps, brand, randomUUID())
  assert.equal(sentTo(phone).length, 0)
  assert.equal((await stateOf(brand, attemptId)).state, 'accepted')
})
