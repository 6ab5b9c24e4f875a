import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from './answers.ts'
import { endProcess } from './end-process.ts'
import { logMark } from './log-mark.ts'
import { endOrphanBackends } from './orphan-backends.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { postmasterArguments } from './postmaster-arguments.ts'
import { postmasterPid } from './postmaster-pid.ts'
import { isAlive, type ProcessIdentity, processIdentity } from './process-identity.ts'
import { reasonIn } from './reason-in.ts'
import { type Runner, spawnOptions } from './run-as.ts'
import { SOCKET, socketFolder } from './socket-folder.ts'

/** Everything needed to start PostgreSQL on one data folder, again and again. */
export interface LaunchPlan {
  readonly program: string
  readonly version: string
  readonly home: string
  readonly dataFolder: string
  readonly runner: Runner
  readonly settings: Readonly<Record<string, string>>
}

/** A running PostgreSQL that has answered a query. */
export interface Running {
  readonly postmaster: ProcessIdentity
  readonly socketFolder: string
}

/** After a crash the dead server's last backends may hold its memory a while: 13 s were seen, so wait much longer. */
const BUSY_MEMORY_MS = 90_000

/** Crash recovery of a large database takes minutes, so wait this long for it; its progress is in the log folder. */
export const RECOVERY_MS = 600_000

/**
 * Starts PostgreSQL and waits until it answers; takeOver has cleared the way. It gets its own session, so that a signal
 * to the server's whole process group (Ctrl-C, a supervisor) does not stop it before the server has drained. `before` is
 * the socket folder of a crashed one, which its clients go on trying.
 * Throws PostgresProblem start_failed, no_socket_folder.
 */
export async function launch(plan: LaunchPlan, before?: string, signal?: AbortSignal): Promise<Running> {
  const folder = await socketFolder(plan.home, plan.runner, before)
  // The socket has a pid file of its own, and PostgreSQL refuses to start on a stale one just the same.
  for (const name of [SOCKET, `${SOCKET}.lock`]) rmSync(join(folder, name), { force: true })
  const busyUntil = performance.now() + BUSY_MEMORY_MS
  for (;;) {
    const outcome = await launchOnce(plan, folder, signal)
    if (typeof outcome !== 'string') return outcome
    signal?.throwIfAborted()
    if (!/pre-existing shared memory block/.test(outcome) || performance.now() > busyUntil)
      throw new PostgresProblem(
        'start_failed',
        `PostgreSQL did not start on ${plan.dataFolder} as "${plan.runner.name}": ${reasonIn(outcome)}; mend that and start again (PostgreSQL's log is in ${join(plan.dataFolder, 'log')}).`,
      )
    await endOrphanBackends(plan.dataFolder)
  }
}

/** Resolves with what PostgreSQL said when it ended instead of starting. */
async function launchOnce(plan: LaunchPlan, folder: string, signal?: AbortSignal): Promise<Running | string> {
  const logged = logMark(plan.dataFolder)
  const child = spawn(plan.program, postmasterArguments(plan.dataFolder, folder, plan.settings), {
    ...spawnOptions(plan.runner),
    detached: true,
    // PostgreSQL turns to its own log files once it is up; the pipe carries only what went wrong before.
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  let ended = false
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString('utf8')).slice(-8_000)
  })
  child.once('error', (error) => {
    said += error.message
    ended = true
  })
  child.once('close', () => {
    ended = true
  })
  // PostgreSQL outlives this process on purpose (the next start adopts it), so nothing of it may keep this one alive.
  child.unref()
  ;(child.stderr as unknown as { unref(): void }).unref()
  const postmaster = child.pid === undefined ? undefined : processIdentity(child.pid)
  const deadline = performance.now() + RECOVERY_MS
  while (!ended && postmaster && isAlive(postmaster)) {
    const found = postmasterPid(plan.dataFolder)
    const isOurs = found.state === 'live' && found.postmaster.pid === postmaster.pid
    if (isOurs && found.status === 'ready' && (await answers(folder))) return { postmaster, socketFolder: folder }
    if (signal?.aborted || performance.now() > deadline) {
      await endProcess(postmaster)
      return 'it did not become ready in time'
    }
    await sleep(10)
  }
  // The last words may still be in the pipe.
  for (let waited = 0; !ended && waited < 1_000; waited += 10) await sleep(10)
  return said + logged()
}
