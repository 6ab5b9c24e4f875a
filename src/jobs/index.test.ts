import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import test, { after, before } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inviteBy, invitedRows, type SendingStage, sendingStage } from '../../test/sending-stage.ts'
import { plainProvider } from '../../test/simulators/plain-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testCall } from '../../test/test-call.ts'
import { testPhone } from '../../test/test-phone.ts'
import { atomic, openDatabase } from '../store/db.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { startWorker } from './index.ts'
import { enqueue } from './queue.ts'
import { keepTime } from './schedule.ts'

let stage: SendingStage
before(async () => {
  stage = await sendingStage({ env: { PROVIDER_TIMEOUT_MS: '15000' } })
})
after(() => stage.close())

const sentTo = (phone: string) => stage.provider.accepted.filter((message) => message.to === phone)

async function reply(brand: TestBrand, claimedBy: string | null = null) {
  const phone = testPhone()
  const created = await atomic(stage.server.deps.db, (tx) =>
    createOutgoing(tx, brand.accountId, {
      conversationId: null,
      callId: null,
      senderId: brand.smsSender.senderId,
      channel: 'sms',
      address: phone,
      kind: 'reply',
      body: 'A reply',
      expiresAt: null,
      claimedBy,
    }),
  )
  return { ...created, phone }
}

/** Waits for what a worker does in its own time; the test's own time limit ends a wait for what never comes. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(25)
}

const limit = { timeout: 30_000 }
const jobsLeft = async () => (await stage.server.deps.db`select 1 from graphile_worker.jobs`).length

test('jobs are delivered, a retry comes in its time, and an invite that was throttled arrives', limit, async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const call = await testCall(stage.server, brand)
  stage.provider.next({ throttle: 1 })
  await inviteBy(deps, brand, call.callId)
  const worker = await startWorker(deps)
  const waiting = await Promise.all([reply(brand), reply(brand), reply(brand)])
  await until(() => [call.phone, ...waiting.map((one) => one.phone)].every((phone) => sentTo(phone).length === 1))
  await until(async () => (await invitedRows(deps, brand, call.callId)).invite!.state === 'sent')
  const known = await deps.db`select worker_ids from processes where process_id = ${deps.processId}`
  assert.equal(known[0]!.worker_ids.length, 1)
  await worker.stop()
  assert.equal((await deps.db`select 1 from processes where process_id = ${deps.processId}`).length, 0)
  assert.equal(sentTo(call.phone).length, 1)
})

test('a poison job fails by itself and hurts no other', limit, async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const worker = await startWorker(deps)
  await enqueue(deps.db, 'deliver-message', { accountId: brand.accountId, attemptId: 'no uuid' })
  await deps.db`select graphile_worker.add_job('deliver-message', '"nonsense"'::json)`
  const { phone } = await reply(brand)
  await until(() => sentTo(phone).length === 1)
  await until(() => stage.server.logged.some((line) => line.includes('a job failed')))
  await worker.stop()
  const left = await deps.db`select attempts, last_error from graphile_worker.jobs`
  assert.ok(left.length >= 1 && left.every((job) => job.attempts >= 1))
  await deps.db`delete from graphile_worker._private_jobs`
})

test('the work of a dead process is taken over: its claims and its jobs', limit, async () => {
  const { deps } = stage.server
  const { db } = deps
  const brand = await stage.brand()
  const dead = randomUUID()
  await db`insert into processes (process_id, seen_at, worker_ids) values (${dead}, now() - interval '1 minute', '{pool-dead}')`
  const held = await reply(brand, dead)
  await db`update attempts set lease_until = clock_timestamp() where attempt_id = ${held.attemptId}`
  const locked = await reply(brand)
  await db`
    update graphile_worker._private_jobs set locked_by = 'pool-dead', locked_at = now() - interval '30 seconds'
    where key = ${`deliver/${locked.attemptId}`}`
  const worker = await startWorker(deps)
  await until(() => sentTo(held.phone).length === 1 && sentTo(locked.phone).length === 1)
  await until(async () => (await jobsLeft()) === 0)
  await worker.stop()
  assert.equal((await db`select 1 from processes where process_id = ${dead}`).length, 0)
  const [row] = await db`select state, fence from attempts where attempt_id = ${held.attemptId}`
  assert.deepEqual([row!.state, row!.fence], ['sent', 3])
})

test('a run that asks for the next one sooner gets it; one that fails is followed by the next', limit, async () => {
  let runs = 0
  const second = Promise.withResolvers<void>()
  const stopOne = keepTime(stage.server.deps, {
    name: 'sooner',
    everySeconds: 3_600,
    async run() {
      runs += 1
      if (runs === 2) second.resolve()
      return runs === 1 ? 0 : Number.POSITIVE_INFINITY
    },
  })
  await second.promise
  await stopOne()

  const again = Promise.withResolvers<void>()
  let fails = 0
  const stopFailing = keepTime(stage.server.deps, {
    name: 'failing',
    everySeconds: 0,
    async run() {
      fails += 1
      if (fails === 2) again.resolve()
      throw new Error('It fails.')
    },
  })
  await again.promise
  await stopFailing()
})

test('a brand whose provider is slow holds up itself, and no other brand (P6)', { timeout: 60_000 }, async (t) => {
  const { deps } = stage.server
  const quickProvider = await plainProvider()
  t.after(() => quickProvider.close())
  const slow = await stage.brand()
  const quick = await testBrand(stage.server, {
    smsConnector: 'sms-plain',
    smsSettings: { baseUrl: quickProvider.url },
  })
  const thinking = Promise.withResolvers<void>()
  const wait = () => thinking.promise
  const before = stage.provider.requests.length
  const many = 30
  stage.provider.next(...Array.from({ length: many }, () => ({ wait, end: 'accept' }) as const))
  t.after(() => stage.provider.forget())
  // All there before the worker: its places ask for their first jobs at once.
  const waiting: Awaited<ReturnType<typeof reply>>[] = []
  for (let count = 0; count < many; count += 1) waiting.push(await reply(slow))
  const worker = await startWorker(deps)
  t.after(() => worker.stop())
  await until(() => stage.provider.requests.length - before >= 5)
  const { phone } = await reply(quick)
  await until(() => quickProvider.accepted.some((message) => message.to === phone))
  const states = await deps.db`select distinct state from attempts where account_id = ${slow.accountId} order by state`
  assert.deepEqual(
    states.map(({ state }) => state),
    ['accepted', 'claimed'],
    'the slow provider has answered nothing, and none was given up',
  )
  assert.equal(stage.provider.requests.length - before, 5, 'its share, and no more')

  thinking.resolve()
  await until(() => waiting.every((one) => sentTo(one.phone).length === 1))
  await until(async () => (await jobsLeft()) === 0)
  const order = stage.provider.accepted.slice(-many).map(({ to }) => waiting.findIndex((one) => one.phone === to))
  // What was put back has not lost its turn: five are under way at once, and nothing overtakes more than those.
  for (const [index, place] of order.entries()) assert.ok(Math.abs(index - place) < 10, order.join())
})

test('stopping lets the send under way end, and takes no more', limit, async () => {
  const { deps } = stage.server
  const brand = await stage.brand()
  const worker = await startWorker(deps)
  const thinking = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const wait = () => {
    begun.resolve()
    return thinking.promise
  }
  stage.provider.next({ wait, end: 'accept' })
  const { phone, attemptId } = await reply(brand)
  await begun.promise
  const stopped = worker.stop()
  await sleep(50)
  const after = await reply(brand)
  thinking.resolve()
  await stopped
  assert.equal(sentTo(phone).length, 1)
  assert.equal((await deps.db`select state from attempts where attempt_id = ${attemptId}`)[0]!.state, 'sent')
  assert.equal(sentTo(after.phone).length, 0)
  const next = await startWorker(deps)
  await until(() => sentTo(after.phone).length === 1)
  await next.stop()
})

test(
  'two workers and many jobs: each message once; a backend that is killed meanwhile costs nothing',
  limit,
  async () => {
    const { deps } = stage.server
    const brand = await stage.brand()
    const other = await stage.another()
    const workers = [await startWorker(deps), await startWorker(other.deps)]
    const replies = await Promise.all(Array.from({ length: 30 }, () => reply(brand)))
    await deps.db`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'c2m queue'`
    await until(() => replies.every(({ phone }) => sentTo(phone).length >= 1))
    await Promise.all(workers.map((worker) => worker.stop()))
    for (const { attemptId } of replies) {
      const [row] = await deps.db`select state, fence from attempts where attempt_id = ${attemptId}`
      assert.deepEqual([row!.state, row!.fence], ['sent', 1])
    }
    assert.equal(new Set(stage.provider.accepted.map((message) => message.token)).size, stage.provider.accepted.length)
  },
)

test('two ends of jobs fail at once: the worker comes back, and stops', limit, async (t) => {
  const { deps, database } = stage.server
  const brand = await stage.brand()
  const worker = await startWorker(deps)
  t.after(() => worker.stop())
  const first = Promise.withResolvers<void>()
  const second = Promise.withResolvers<void>()
  stage.provider.next({ wait: () => first.promise, end: 'accept' }, { wait: () => second.promise, end: 'accept' })
  const requests = stage.provider.requests.length
  await Promise.all([reply(brand), reply(brand)])
  await until(() => stage.provider.requests.length === requests + 2)
  const admin = openDatabase({ ...database, database: database.name }, { max: 1, name: 'test-admin' })
  const stuck = () => admin`
    select pid from pg_stat_activity
    where application_name = 'c2m queue' and datname = current_database() and wait_event_type = 'Lock'
      and query like '%delete from%'`
  await atomic(deps.db, async (tx) => {
    await tx`lock table graphile_worker._private_jobs in share mode`
    first.resolve()
    // Or more: a job whose end was lost when the test before killed its backend may be run once more here, and end too.
    await until(async () => (await stuck()).length >= 1)
    second.resolve()
    await until(async () => (await stuck()).length >= 2)
    for (const { pid } of await stuck()) await admin`select pg_terminate_backend(${pid})`
  })
  await admin.end({ timeout: 1 })
  const { phone } = await reply(brand)
  await until(() => sentTo(phone).length === 1)
})

test(
  'the database goes away while jobs end: the process lives, and the worker comes back with it',
  limit,
  async (t) => {
    const { deps, database } = stage.server
    const brand = await stage.brand()
    const worker = await startWorker(deps)
    t.after(() => worker.stop())
    const replies = await Promise.all(Array.from({ length: 10 }, () => reply(brand)))
    const admin = openDatabase({ ...database, database: 'postgres' }, { max: 1, name: 'test-admin' })
    t.after(() => admin.end())
    const name = admin(database.name)
    await admin`alter database ${name} allow_connections false`
    for (let round = 0; round < 4; round += 1) {
      await admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database.name}`
      await sleep(500)
    }
    await admin`alter database ${name} allow_connections true`
    const { phone } = await reply(brand)
    await until(() => sentTo(phone).length === 1)
    for (const one of replies) assert.ok(sentTo(one.phone).length <= 1)
  },
)
