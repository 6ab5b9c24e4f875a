import { closeInactive } from '../actions/close-inactive.ts'
import { keepRetention } from '../actions/keep-retention.ts'
import { offerConversations } from '../actions/offer-conversations.ts'
import { priceMessages } from '../actions/price-messages.ts'
import { requeueVanished } from '../actions/requeue-vanished.ts'
import { runExports } from '../actions/run-exports.ts'
import { sendWebhooks } from '../actions/send-webhooks.ts'
import { startScheduledExports } from '../actions/start-scheduled-exports.ts'
import { sumReports } from '../actions/sum-reports.ts'
import { sweepAttempts } from '../actions/sweep-attempts.ts'
import { tellOpening } from '../actions/tell-opening.ts'
import { tellWaiting } from '../actions/tell-waiting.ts'
import { watchExports } from '../actions/watch-exports.ts'
import { forgottenErasures } from '../data-rights/erasures.ts'
import type { Deps } from '../deps.ts'
import { accountsToRoute, offersOver } from '../store/offers.ts'
import { excuseSilence } from '../store/presences.ts'
import { beat, buryProcesses, othersLive } from '../store/processes.ts'
import { templateSyncsDue } from '../store/templates.ts'
import { enqueue } from './queue.ts'

/** Something that the clock starts, in every worker. */
export interface Scheduled {
  readonly name: string
  /** Seconds between the end of one run and the start of the next, at most. */
  readonly everySeconds: number
  /**
   * A number that it resolves to is the seconds after which it had better run again.
   * @param stopping for what takes long: the worker stops, and whatever is under way had better end.
   */
  run(stopping: AbortSignal): Promise<void> | Promise<number>
}

/** Sweeps of the routing further apart than this: something was away. Shorter, an agent's sign of life comes within the minute. */
const outageMs = 20_000

/** What cannot be mended must not be tried without a pause. */
const leastSeconds = 0.25

/**
 * What the clock starts. The sweep and the heartbeat are as frequent as promise P10 asks: a lease of 20 s, a sweep within 5,
 * and the rest of 30 s for the work. As a rule the sweep comes right when a lease ends, and most of those 10 s are left.
 * @param workerIds the queue's pools of this process, as of now.
 */
export function schedule(deps: Deps, workerIds: () => readonly string[]): readonly Scheduled[] {
  const webhooks = new Map<string, number>()
  let sweptAt: number | null = null
  return [
    { name: 'heartbeat', everySeconds: 5, run: () => beat(deps.db, deps.processId, workerIds()) },
    {
      name: 'sweep',
      everySeconds: 5,
      async run() {
        const buried = await buryProcesses(deps.db)
        if (buried > 0) deps.log.warn({ processes: buried }, 'the work of silent processes is taken over')
        return sweepAttempts(deps)
      },
    },
    {
      // An agent's tab is missed after a minute, and a countdown is over to the second: what they held waits no longer.
      name: 'routing',
      everySeconds: 2,
      async run() {
        // Nobody could say that they are there while the database was away, or all of this was stopped.
        const now = deps.clock.now().getTime()
        const outage = sweptAt === null ? !(await othersLive(deps.db, deps.processId)) : now - sweptAt > outageMs
        if (outage) await excuseSilence(deps.db)
        await requeueVanished(deps, null)
        sweptAt = deps.clock.now().getTime()
        const accountIds = new Set(await accountsToRoute(deps.db))
        for (const { accountId } of await offersOver(deps.db, null, 500)) accountIds.add(accountId)
        for (const accountId of accountIds) await offerConversations(deps, { kind: 'system', accountId })
      },
    },
    {
      name: 'waiting',
      everySeconds: 15,
      async run() {
        await tellOpening(deps, 40)
        await tellWaiting(deps)
        await closeInactive(deps)
      },
    },
    {
      name: 'templates',
      everySeconds: 60,
      async run() {
        for (const name of await templateSyncsDue(deps.db))
          await enqueue(deps.db, 'sync-templates', name, { key: `templates/${name.senderId}` })
      },
    },
    // Beside the queue, not in it: an endpoint that hangs must not hold up an invite.
    { name: 'webhooks', everySeconds: 1, run: () => sendWebhooks(deps, webhooks) },
    {
      // Not in the queue: an export takes minutes, and a message must not wait for its place. One at a time in a process.
      name: 'exports',
      everySeconds: 2,
      async run(stopping) {
        await startScheduledExports(deps)
        return runExports(deps, stopping)
      },
    },
    { name: 'failing-exports', everySeconds: 30, run: () => watchExports(deps) },
    { name: 'reports', everySeconds: 10, run: () => sumReports(deps) },
    { name: 'retention', everySeconds: 3_600, run: () => keepRetention(deps) },
    { name: 'prices', everySeconds: 30, run: () => priceMessages(deps) },
    {
      // Asked for within a minute, whatever became of its job.
      name: 'erasures',
      everySeconds: 15,
      async run() {
        for (const name of await forgottenErasures(deps.db))
          await enqueue(deps.db, 'erase-person', name, { key: `erase/${name.erasureId}` })
      },
    },
    // Several workers ask for it; the key makes one job of it.
    { name: 'clean-up', everySeconds: 3_600, run: () => enqueue(deps.db, 'clean-up', {}, { key: 'clean-up' }) },
  ]
}

/**
 * Runs `scheduled` at once and then again and again. A run that fails is logged and followed by the next in its time.
 * @returns a stop that waits for the run under way.
 */
export function keepTime(deps: Deps, scheduled: Scheduled): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  const stopping = new AbortController()
  let running: Promise<void> = Promise.resolve()
  const { name, everySeconds } = scheduled
  const runOnce = async (): Promise<number> => {
    try {
      return Math.max(leastSeconds, Math.min(everySeconds, (await scheduled.run(stopping.signal)) ?? everySeconds))
    } catch (error) {
      deps.log.error({ err: error, name }, 'a scheduled run failed')
      return everySeconds
    }
  }
  const tick = () => {
    running = runOnce().then((seconds) => {
      if (!stopped) timer = setTimeout(tick, seconds * 1_000)
    })
  }
  tick()
  return async () => {
    stopped = true
    stopping.abort()
    clearTimeout(timer)
    await running
  }
}
