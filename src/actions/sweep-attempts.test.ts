import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { inviteBy, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import type { TestBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { atomic } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { beat, buryProcesses } from '../store/processes.ts'
import { cleanUp } from './clean-up.ts'
import { sweepAttempts } from './sweep-attempts.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage()
})
after(() => stage.close())

const reply = (brand: TestBrand, claimedBy: string | null = null) =>
  atomic(stage.server.deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      conversationId: null,
      callId: null,
      senderId: brand.smsSender.senderId,
      channel: 'sms',
      address: testPhone(),
      kind: 'reply',
      body: 'A reply',
      expiresAt: null,
      claimedBy,
    }),
  )
const jobs = () => stage.server.deps.db`select key, run_at, attempts, locked_by from graphile_worker.jobs order by id`
/** A clean slate: the sweep looks over all brands. */
async function noJobs(): Promise<void> {
  await stage.server.deps.db`delete from graphile_worker._private_jobs`
}
async function nothingLeft(): Promise<void> {
  await noJobs()
  await stage.server.deps.db`update attempts set state = 'rejected' where state in ('accepted', 'claimed', 'unknown')`
}

test('a waiting attempt whose job was lost gets one; one with a job keeps it as it is', async () => {
  const { deps } = stage.server
  await nothingLeft()
  const brand = await stage.brand()
  const { attemptId } = await reply(brand)
  await noJobs()
  await sweepAttempts(deps)
  assert.deepEqual(
    (await jobs()).map((job) => job.key),
    [`deliver/${attemptId}`],
  )
  // A job that has failed and waits for its next turn must not be hurried by the sweep: it would never slow down.
  await deps.db`update graphile_worker._private_jobs set attempts = 3, run_at = now() + interval '1 minute'`
  await sweepAttempts(deps)
  assert.deepEqual(
    (await jobs()).map((job) => job.attempts),
    [3],
  )
})

test('a claim within its lease is left alone; over it, it becomes unknown and is asked about', async () => {
  const { deps } = stage.server
  await nothingLeft()
  const brand = await stage.brand()
  const young = await reply(brand, randomUUID())
  const old = await reply(brand, randomUUID())
  await deps.db`update attempts set lease_until = clock_timestamp() where attempt_id = ${old.attemptId}`
  await sweepAttempts(deps)
  const state = async (id: string) => (await deps.db`select state from attempts where attempt_id = ${id}`)[0]!.state
  assert.deepEqual([await state(young.attemptId), await state(old.attemptId)], ['claimed', 'unknown'])
  assert.deepEqual(
    (await jobs()).map((job) => job.key),
    [`resolve/${old.attemptId}`],
  )
  const [lease] = await deps.db`
    select extract(epoch from lease_until - claimed_at)::float8 as seconds from attempts where attempt_id = ${young.attemptId}`
  assert.equal(lease!.seconds, 20)
})

test('the next sweep is wanted when the next lease ends', async () => {
  const { deps } = stage.server
  await nothingLeft()
  assert.equal(await sweepAttempts(deps), Number.POSITIVE_INFINITY)
  const brand = await stage.brand()
  const soon = await reply(brand, randomUUID())
  await reply(brand, randomUUID())
  await deps.db`
    update attempts set lease_until = clock_timestamp() + interval '7 seconds' where attempt_id = ${soon.attemptId}`
  const seconds = await sweepAttempts(deps)
  assert.ok(seconds > 0 && seconds <= 7, `in ${seconds} s`)
})

test('sweeps at once on two servers agree', async () => {
  const { deps } = stage.server
  await nothingLeft()
  const brand = await stage.brand()
  const other = await stage.another()
  const replies = await Promise.all(Array.from({ length: 8 }, () => reply(brand, randomUUID())))
  await deps.db`update attempts set lease_until = clock_timestamp() where account_id = ${brand.accountId}`
  await Promise.all([deps, other.deps, deps, other.deps].map((one) => sweepAttempts(one)))
  const rows = await deps.db`select distinct state from attempts where account_id = ${brand.accountId}`
  assert.deepEqual(
    rows.map((row) => row.state),
    ['unknown'],
  )
  assert.equal((await jobs()).length, replies.length)
  assert.match(await deps.metrics.registry.metrics(), /c2m_attempts_unknown \d+/)
})

test('a sender that was taken out for its credentials is tried again after some minutes', async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const { accountId } = brand
  stage.provider.next({ refuse: 'misconfigured', status: 401 })
  const call = await testCall(stage.server, brand)
  await assert.rejects(inviteBy(deps, brand, call.callId))
  await sweepAttempts(deps)
  const broken = async () => (await deps.db`select broken from senders where account_id = ${accountId}`)[0]!.broken
  assert.notEqual(await broken(), null)
  await deps.db`update senders set broken_at = now() - interval '6 minutes' where account_id = ${accountId}`
  await sweepAttempts(deps)
  assert.equal(await broken(), null)
})

test('jobs of a silent process, and of pools that nobody owns, are given back', async () => {
  const { deps } = stage.server
  const { db } = deps
  await nothingLeft()
  const brand = await stage.brand()
  const [alive, dead] = [randomUUID(), randomUUID()]
  await beat(db, alive, ['pool-alive'])
  await beat(db, dead, ['pool-dead'])
  for (const pool of ['pool-alive', 'pool-dead', 'pool-nobody', 'pool-new']) {
    const { attemptId } = await reply(brand)
    await db`
      update graphile_worker._private_jobs set locked_by = ${pool},
        locked_at = now() - make_interval(secs => ${pool === 'pool-new' ? 1 : 30})
      where key = ${`deliver/${attemptId}`}`
  }
  await db`update processes set seen_at = now() - interval '21 seconds' where process_id = ${dead}`
  assert.equal(await buryProcesses(db), 1)
  assert.deepEqual(
    (await jobs()).map((job) => job.locked_by),
    ['pool-alive', null, null, 'pool-new'],
  )
  await beat(db, dead, ['pool-dead'])
  const known = await db`select process_id from processes where process_id = ${dead}`
  assert.equal(known.length, 1, 'a sleeper that wakes enters itself again')
})

test('what has outlived its use is removed, and nothing else', async () => {
  const { deps } = stage.server
  const { db } = deps
  const { accountId, smsSender } = await stage.brand()
  const now = Math.floor(Date.now() / 1_000)
  await db`
    insert into oauth_nonces (account_id, app_key, stamp, nonce)
    values (${accountId}, 'k', ${now - 290}, 'young'), (${accountId}, 'k', ${now - 7_200}, 'old')`
  for (const days of [29, 31]) {
    await db`
      insert into provider_exchanges (account_id, exchange_id, at, direction, method, url, duration_ms)
      values (${accountId}, ${randomUUID()}, now() - make_interval(days => ${days}), 'out', 'GET', ${`/${days}`}, 1)`
    await db`
      insert into receipts (account_id, sender_id, provider_id, status, received_at)
      values (${accountId}, ${smsSender.senderId}, ${`id${days}`}, 'sent', now() - make_interval(days => ${days}))`
  }
  await cleanUp(deps)
  const left = async (query: Promise<readonly Record<string, unknown>[]>) =>
    (await query).map((row) => Object.values(row)[0])
  assert.deepEqual(await left(db`select nonce from oauth_nonces where account_id = ${accountId}`), ['young'])
  assert.deepEqual(await left(db`select url from provider_exchanges where account_id = ${accountId}`), ['/29'])
  assert.deepEqual(await left(db`select provider_id from receipts where account_id = ${accountId}`), ['id29'])
})
