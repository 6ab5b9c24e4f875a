import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { answers } from './answers.ts'
import { endProcess, PATIENCE } from './end-process.ts'
import { type LaunchPlan, RECOVERY_MS, type Running } from './launch.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { CLUSTER_NAME, postmasterArguments } from './postmaster-arguments.ts'
import { type PostmasterPid, postmasterPid } from './postmaster-pid.ts'
import { commandLine, type ProcessIdentity, postmastersOf } from './process-identity.ts'
import { isPrivateSocketFolder } from './socket-folder.ts'
import type { SupervisorLog } from './supervise.ts'

/** How long an orphan that calls itself ready may take to answer before it counts as frozen, milliseconds. */
const FROZEN_MS = 3_000

/** Stopping an orphan must leave room for the start that follows, within 30 s; one that is frozen hears no request. */
const ORPHAN_PATIENCE = { ...PATIENCE, fast: 10_000 }
const FROZEN_PATIENCE = { fast: 1_000, immediate: 1_000, kill: PATIENCE.kill }

/**
 * Clears the way for a start, once this process owns the data folder. A live orphan of ours is adopted when it answers
 * and has the same version and settings, and stopped cleanly when not; pid files are removed only after nothing that
 * could own them was found alive. A process that is not proven to be our postmaster is never signalled.
 * Throws PostgresProblem foreign_server when a person's own postgres runs on the data.
 */
export async function takeOver(plan: LaunchPlan, log: SupervisorLog): Promise<Running | undefined> {
  const found = postmasterPid(plan.dataFolder)
  const orphan = found.state === 'live' ? found.postmaster : postmastersOf(plan.dataFolder)[0]
  if (orphan) {
    if (!commandLine(orphan.pid).includes(` cluster_name=${CLUSTER_NAME} `)) throw foreignServer(plan, orphan)
    const verdict = await judge(plan, found)
    if (typeof verdict !== 'string') return verdict
    log.warn({ pid: orphan.pid, verdict }, 'a PostgreSQL left by an earlier server cannot be adopted; stopping it')
    const how = await endProcess(orphan, verdict === 'frozen' ? FROZEN_PATIENCE : ORPHAN_PATIENCE)
    if (how === 'stuck') throw foreignServer(plan, orphan)
  }
  removeStalePidFile(plan, log)
  return undefined
}

/** The orphan if it may be kept, or why not. One in crash recovery is waited for. */
async function judge(plan: LaunchPlan, first: PostmasterPid): Promise<Running | 'unlike' | 'stopping' | 'frozen'> {
  let found = first
  const deadline = performance.now() + RECOVERY_MS
  while (found.state === 'live' && found.status === 'starting' && performance.now() < deadline) {
    await sleep(100)
    found = postmasterPid(plan.dataFolder)
  }
  if (found.state !== 'live' || found.status !== 'ready') return 'stopping'
  const { postmaster, socketFolder: folder } = found
  const wanted = postmasterArguments(plan.dataFolder, folder, plan.settings).join(' ')
  if (!commandLine(postmaster.pid).endsWith(` ${wanted}`)) return 'unlike'
  if (!isPrivateSocketFolder(folder, plan.runner)) return 'unlike'
  const version = await answers(folder, FROZEN_MS)
  if (version === undefined) return 'frozen'
  return version === plan.version ? { postmaster, socketFolder: folder } : 'unlike'
}

function removeStalePidFile(plan: LaunchPlan, log: SupervisorLog): void {
  const found = postmasterPid(plan.dataFolder)
  if (found.state !== 'stale') return
  const path = join(plan.dataFolder, 'postmaster.pid')
  log.warn({ path, why: found.why }, 'removing a stale PostgreSQL pid file')
  rmSync(path, { force: true })
}

function foreignServer(plan: LaunchPlan, { pid }: ProcessIdentity): PostgresProblem {
  return new PostgresProblem(
    'foreign_server',
    `A PostgreSQL that this server did not start or could not stop (process ${pid}) is running on ${plan.dataFolder}; stop it with "kill -INT ${pid}" and start again.`,
  )
}
