import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import { cleanUp } from '../actions/clean-up.ts'
import { deliverMessage } from '../actions/deliver-message.ts'
import { fallBack } from '../actions/fall-back.ts'
import { resolveAttempt } from '../actions/resolve-attempt.ts'
import { syncTemplates } from '../actions/sync-templates.ts'
import type { Deps } from '../deps.ts'
import { queuePool } from '../store/migrate-queue.ts'
import { leave } from '../store/processes.ts'
import type { JobName, Jobs } from './queue.ts'
import { keepTime, schedule } from './schedule.ts'

/** Jobs at once in one process: each mostly waits for a provider. */
const concurrency = 5
/** Jobs that are due later, or whose notification was lost, are found this often. */
const pollMs = 1_000
/** Jobs under way may end; then they are handed back. Within the 15 s of the whole drain, longer than most providers take. */
const patienceMs = 9_000
/** Before the queue is started again after it gave up: the database is likely away. */
const restartMs = 1_000

type Work = { readonly [N in JobName]: (payload: Jobs[N]) => Promise<void> }

/**
 * Starts the worker: jobs from the queue, the sweep, the heartbeat. Every kind of work is safe to run twice and at once in
 * several processes, because attempts are claimed; the queue only makes it prompt.
 * @returns a stop that takes no more work, lets what is under way end for a few seconds and hands back the rest. A claim is
 * never given back by stopping: it stands for a call that has begun, and one that never ends is found by its lease.
 */
export async function startWorker(deps: Deps): Promise<{ stop(): Promise<void> }> {
  const pool = queuePool(deps.databaseTarget, concurrency + 2)
  const ids: string[] = []
  const events = new EventEmitter() as WorkerEvents
  events.on('pool:create', ({ workerPool }) => void ids.splice(0, ids.length, workerPool.id))
  events.on('job:error', ({ job, error }) => {
    deps.log.error({ err: error, job: job.task_identifier, jobId: job.id, tries: job.attempts }, 'a job failed')
  })
  events.on('pool:fatalError', ({ error }) => deps.log.error({ err: error }, 'the queue failed'))

  let stopping = false
  const begin = (): Promise<Runner> =>
    run({
      pgPool: pool,
      concurrency,
      pollInterval: pollMs,
      noHandleSignals: true,
      parsedCronItems: [],
      taskList: tasks(deps),
      events,
      logger: silent,
    })
  let runner = await begin()
  const supervise = async () => {
    while (!stopping) {
      await runner.promise.catch(() => {})
      if (stopping) return
      deps.log.error('the queue stopped; it is started again')
      while (!stopping) {
        await sleep(restartMs)
        try {
          runner = await begin()
          break
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
      stopping = true
      await Promise.all(timed.map((stopOne) => stopOne()))
      const ended = runner.stop('the server stops').catch(() => {})
      const patience = new AbortController()
      const late = sleep(patienceMs, 'late', { signal: patience.signal }).catch(() => 'stopped')
      if ((await Promise.race([ended, late])) === 'late') await runner.kill('the server stops').catch(() => {})
      patience.abort()
      await supervised
      await leave(deps.db, deps.processId).catch(() => {})
      await pool.end().catch(() => {})
    },
  }
}

function tasks(deps: Deps): TaskList {
  const work: Work = {
    'deliver-message': ({ accountId, attemptId }) => deliverMessage(deps, { kind: 'system', accountId }, { attemptId }),
    'resolve-attempt': ({ accountId, attemptId }) => resolveAttempt(deps, { kind: 'system', accountId }, { attemptId }),
    'fall-back': ({ accountId, callId, messageId }) =>
      fallBack(deps, { kind: 'system', accountId }, { callId, messageId }),
    'sync-templates': async ({ accountId, senderId }) => {
      await syncTemplates(deps, { kind: 'system', accountId }, { senderId })
    },
    'clean-up': () => cleanUp(deps),
  }
  return Object.fromEntries(
    Object.entries(work).map(([name, one]) => [name, (payload: unknown) => one(payload as never)]),
  )
}

/** The queue's own words may hold an error's message, and with it a person's data: what matters comes by events. */
const silent = new Logger(() => () => {})
