import { rmdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { endProcess, type Patience } from './end-process.ts'
import { type LaunchPlan, launch, type Running } from './launch.ts'
import { isAlive } from './process-identity.ts'
import { takeOver } from './take-over.ts'

/** Where a supervisor tells what it sees; pino fits. */
export interface SupervisorLog {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** A PostgreSQL that is started again whenever it dies, until `stop`. */
export interface Supervised {
  readonly running: Running
  stop(patience?: Patience): Promise<void>
}

const WATCH_MS = 200

/** Waits between attempts to start a crashed PostgreSQL, milliseconds; the last one repeats (a full disk is emptied some day). */
const BACKOFF_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000]

/**
 * Watches a running PostgreSQL, whether our own child or adopted (which sends us no exit event, hence the polling), and
 * starts it again after a crash.
 */
export function supervise(first: Running, plan: LaunchPlan, log: SupervisorLog): Supervised {
  let running = first
  const ending = new AbortController()
  const watching = watch()

  async function watch(): Promise<void> {
    while (!ending.signal.aborted) {
      await pause(WATCH_MS)
      if (ending.signal.aborted || isAlive(running.postmaster)) continue
      log.error({ pid: running.postmaster.pid }, 'PostgreSQL ended unexpectedly; starting it again')
      await restart()
    }
  }

  async function restart(): Promise<void> {
    for (let attempt = 0; !ending.signal.aborted; attempt += 1) {
      await pause(BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length - 1)] ?? 0)
      if (ending.signal.aborted) return
      try {
        running = (await takeOver(plan, log)) ?? (await launch(plan, running.socketFolder, ending.signal))
        log.info({ pid: running.postmaster.pid, attempt }, 'PostgreSQL runs again')
        return
      } catch (error) {
        if (!ending.signal.aborted) log.error({ err: error, attempt }, 'PostgreSQL could not be started again')
      }
    }
  }

  async function pause(ms: number): Promise<void> {
    // A rejected sleep only says that `stop` was called, which the loops look at themselves.
    await sleep(ms, undefined, { ref: false, signal: ending.signal }).catch(() => {})
  }

  return {
    get running() {
      return running
    },
    async stop(patience) {
      ending.abort()
      await watching
      const how = await endProcess(running.postmaster, patience)
      if (dirname(running.socketFolder) !== plan.home) removeEmpty(running.socketFolder)
      if (how === 'fast' || how === 'gone') log.info({ pid: running.postmaster.pid }, 'PostgreSQL stopped')
      else log.warn({ pid: running.postmaster.pid, how }, 'PostgreSQL did not stop when asked and was forced to')
    },
  }
}

/** A short socket folder lies in a shared place and is not left there; one that still holds files is. */
function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // It is taken again by its name at the next start.
  }
}
