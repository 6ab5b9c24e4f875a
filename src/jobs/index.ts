import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import { cleanUp } from '../actions/clean-up.ts'
import { deliverMessage } from '../actions/deliver-message.ts'
import { erasePerson } from '../actions/erase-person.ts'
import { fallBack } from '../actions/fall-back.ts'
import { markRead } from '../actions/mark-read.ts'
import { offerConversations } from '../actions/offer-conversations.ts'
import { repeatEvents } from '../actions/repeat-events.ts'
import { requeueVanished } from '../actions/requeue-vanished.ts'
import { resolveAttempt } from '../actions/resolve-attempt.ts'
import { syncTemplates } from '../actions/sync-templates.ts'
import type { Deps } from '../deps.ts'
import { endQueuePool, queuePool } from '../store/migrate-queue.ts'
import { leave } from '../store/processes.ts'
import { within } from '../within.ts'
import { type Places, places } from './places.ts'
import { accountOf, type JobName, type Jobs, putBack } from './queue.ts'
import { keepTime, schedule } from './schedule.ts'

/** Jobs at once in one process: each mostly waits for a provider. A brand has half of them at most, see `places`. */
const concurrency = 10
/** Of the queue itself: a job holds none while it runs. */
const connections = 7
/** Jobs that are due later, or whose notification was lost, are found this often. */
const pollMs = 1_000
/** Jobs under way may end; then they are handed back. Within the 15 s of the whole drain, longer than most providers take. */
const patienceMs = 9_000
/** Before the queue is started again after it gave up: the database is likely away. */
const restartMs = 1_000
/** Each of the last steps of stopping, which only tidy up: a database that is away must not hold them. */
const partingMs = 1_000

type Work = { readonly [N in JobName]: (payload: Jobs[N]) => Promise<void> }

/**
 * Starts the worker: jobs from the queue, the sweep, the heartbeat. Every kind of work is safe to run twice and at once in
 * several processes, because attempts are claimed; the queue only makes it prompt.
 * @returns a stop that takes no more work, lets what is under way end for a few seconds and hands back the rest. A claim is
 * never given back by stopping: it stands for a call that has begun, and one that never ends is found by its lease.
 */
export async function startWorker(deps: Deps): Promise<{ stop(): Promise<void> }> {
  const pool = queuePool(deps.databaseTarget, connections)
  const underWay = new Set<Promise<void>>()
  const shared = places(concurrency)
  const ids: string[] = []

  const begin = async (): Promise<Queue> => {
    const events = new EventEmitter() as WorkerEvents
    events.on('pool:create', ({ workerPool }) => void ids.splice(0, ids.length, workerPool.id))
    events.on('job:error', ({ job, error }) => {
      deps.log.error({ err: error, job: job.task_identifier, jobId: job.id, tries: job.attempts }, 'a job failed')
    })
    events.on('pool:fatalError', ({ error }) => deps.log.error({ err: error }, 'the queue failed'))
    const gaveUp = new Promise<void>((resolve) => events.on('pool:gracefulShutdown', () => resolve()))
    const runner = await run({
      pgPool: pool,
      concurrency,
      pollInterval: pollMs,
      noHandleSignals: true,
      parsedCronItems: [],
      taskList: tasks(deps, underWay, shared),
      forbiddenFlags: shared.full,
      events,
      logger: silent,
      // Without batches nobody hears that a job's end could not be written: an unhandled rejection, which ends the process
      // whenever the database goes away at that moment (0.18.0, worker.js: `completeJob` and `failJob` are not awaited).
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    })
    // With batches, the runner's own promise is not enough: when two of them fail, the count of those under way falls below
    // zero, and its shutdown waits for zero for ever (0.18.0, main.js: `allgood` counts down again for each failure).
    return { runner, ended: Promise.race([gaveUp, runner.promise.catch(() => {})]) }
  }

  const halt = new AbortController()
  const halted = new Promise<void>((resolve) => halt.signal.addEventListener('abort', () => resolve()))
  let queue = await begin()
  const supervise = async () => {
    while (true) {
      await Promise.race([queue.ended, halted])
      const stopped = queue.runner.stop('the server stops').catch(() => {})
      if (halt.signal.aborted) return stopped
      deps.log.error('the queue stopped; it is started again')
      for (let begun = false; !begun; ) {
        await sleep(restartMs, null, { signal: halt.signal }).catch(() => {})
        if (halt.signal.aborted) return stopped
        try {
          queue = await begin()
          begun = true
        } catch (error) {
          deps.log.error({ err: error }, 'the queue could not be started')
        }
      }
    }
  }
  const supervised = supervise()
  const timed = schedule(deps, () => ids).map((scheduled) => keepTime(deps, scheduled))

  return {
    async stop() {
      halt.abort()
      await within(patienceMs, Promise.allSettled([supervised, ...underWay, ...timed.map((stopOne) => stopOne())]))
      await within(partingMs, leave(deps.db, deps.processId))
      await endQueuePool(pool, partingMs)
    },
  }
}

/** The queue between two of its restarts. `ended` settles as soon as it takes no more jobs, for whatever reason. */
interface Queue {
  readonly runner: Runner
  readonly ended: Promise<void>
}

/** @param underWay holds every run until it ends, also when its queue has given up meanwhile. */
function tasks(deps: Deps, underWay: Set<Promise<void>>, shared: Places): TaskList {
  const work: Work = {
    'deliver-message': ({ accountId, attemptId }) => deliverMessage(deps, { kind: 'system', accountId }, { attemptId }),
    'resolve-attempt': ({ accountId, attemptId }) => resolveAttempt(deps, { kind: 'system', accountId }, { attemptId }),
    'fall-back': ({ accountId, callId, messageId }) =>
      fallBack(deps, { kind: 'system', accountId }, { callId, messageId }),
    'sync-templates': async ({ accountId, senderId }) => {
      await syncTemplates(deps, { kind: 'system', accountId }, { senderId })
    },
    'mark-read': ({ accountId, ...input }) => markRead(deps, { kind: 'system', accountId }, input),
    route: async ({ accountId }) => {
      // Who has vanished is the sweep's to say: a job may have waited for as long as nobody was here.
      await requeueVanished(deps, accountId, false)
      await offerConversations(deps, { kind: 'system', accountId })
    },
    'replay-webhook': ({ accountId, ...replay }) => repeatEvents(deps, { kind: 'system', accountId }, replay),
    'erase-person': ({ accountId, erasureId }) => erasePerson(deps, { kind: 'system', accountId }, { erasureId }),
    'clean-up': () => cleanUp(deps),
  }
  const kept = async (one: (payload: never) => Promise<void>, job: Job) => {
    const giveBack = shared.take(accountOf(job.payload))
    // Several places asked for their next job at once, and each got one of the same brand.
    if (giveBack === null) return putBack(deps.db, job)
    const running = one(job.payload as never)
    underWay.add(running)
    try {
      await running
    } finally {
      underWay.delete(running)
      giveBack()
    }
  }
  return Object.fromEntries(
    Object.entries(work).map(([name, one]) => [name, (_payload: unknown, { job }: { job: Job }) => kept(one, job)]),
  )
}

/** The queue's own words may hold an error's message, and with it a person's data: what matters comes by events. */
const silent = new Logger(() => () => {})
