import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type RoutingStage, routingStage } from '../../test/routing-stage.ts'
import { takeConversation } from '../actions/take-conversation.ts'
import type { UserCaller } from '../domain/caller.ts'
import type { Clock } from '../domain/clock.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { startWorker } from './index.ts'
import { schedule } from './schedule.ts'

/** The real time, and what a test adds to it. */
const clock: Clock & { ahead: number } = {
  ahead: 0,
  now: () => new Date(Date.now() + clock.ahead),
  monotonic: () => performance.now(),
}
let stage: RoutingStage
before(async () => {
  stage = await routingStage({ clock })
})
after(() => stage.close())

/** What the sweep of a worker does that begins now. */
const sweepOfWorker = () => schedule(stage.deps, () => []).find(({ name }) => name === 'routing')!
const run = (scheduled: ReturnType<typeof sweepOfWorker>) => scheduled.run(new AbortController().signal)
const statusOf = async ({ userId }: UserCaller) =>
  (await stage.db`select status from presences where user_id = ${userId}`)[0]!.status

async function vanished() {
  const brand = await stage.brand()
  const anna = await stage.person(brand)
  const one = await stage.conversation(brand)
  await takeConversation(stage.deps, anna, one.conversationId)
  await stage.vanish(anna)
  return { brand, anna, one }
}

test('who was there when everything stopped has a minute to come back when it goes on', async () => {
  const { brand, anna, one } = await vanished()
  const sweep = sweepOfWorker()
  await run(sweep)
  assert.equal(await statusOf(anna), 'online')
  assert.equal((await stage.row(brand, one)).ownerId, anna.userId)
  await stage.vanish(anna)
  await run(sweep)
  assert.equal(await statusOf(anna), 'offline')
  assert.equal((await stage.row(brand, one)).returnedFor, 'vanished')
})

test('the same when the database was away, or the process slept', async () => {
  const sweep = sweepOfWorker()
  await run(sweep)
  const { anna } = await vanished()
  clock.ahead += 30_000
  await run(sweep)
  assert.equal(await statusOf(anna), 'online')
  await stage.vanish(anna)
  await run(sweep)
  assert.equal(await statusOf(anna), 'offline')
})

test('a worker that comes beside another changes nothing', async () => {
  const { anna } = await vanished()
  await stage.db`insert into processes (process_id, worker_ids) values (gen_random_uuid(), '{}')`
  await run(sweepOfWorker())
  assert.equal(await statusOf(anna), 'offline')
  await stage.db`delete from processes`
})

test('work that was left in the queue misses nobody before that', async () => {
  const { brand, anna, one } = await vanished()
  const jobsLeft = async () =>
    (await stage.db`select 1 from graphile_worker.jobs where task_identifier = 'route'`).length
  await stage.configure(brand, 'skills', { routing: 'offer' }, brand.skills.sales)
  await askForOffers(stage.db, brand.accountId, one.conversationId)
  assert.equal(await jobsLeft(), 1)
  const worker = await startWorker(stage.deps)
  while ((await jobsLeft()) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
  await worker.stop()
  assert.equal(await statusOf(anna), 'online')
  assert.equal((await stage.row(brand, one)).ownerId, anna.userId)
})
