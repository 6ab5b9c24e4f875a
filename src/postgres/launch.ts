import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { SUPERUSER } from './data-folder.ts'
import { endProcess } from './end-process.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { type PostmasterPid, postmasterPid } from './postmaster-pid.ts'
import { type ProcessIdentity, processIdentity } from './process-identity.ts'
import { type Runner, spawnOptions } from './run-as.ts'
import { PORT, socketFolder } from './socket-folder.ts'

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

/** Crash recovery of a large database takes minutes; its progress is in the log folder. */
const RECOVERY_MS = 600_000

/** Settings every embedded PostgreSQL runs with; the caller's own come after them and win. */
function baseSettings(folder: string): Record<string, string> {
  return {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: `"${folder.replaceAll('"', '""')}"`,
    unix_socket_permissions: '0700',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    max_connections: '100',
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_file_mode: '0600',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
    // A failed statement and its detail hold phone numbers and texts; the server reports failures itself, redacted.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
  }
}

/**
 * Starts PostgreSQL and waits until it answers. It gets its own session, so that a signal to the server's whole process
 * group (Ctrl-C, a supervisor) does not stop it before the server has drained.
 * Throws PostgresProblem start_failed, no_socket_folder.
 */
export async function launch(plan: LaunchPlan, signal?: AbortSignal): Promise<Running> {
  const folder = await socketFolder(plan.home, plan.runner)
  const busyUntil = performance.now() + BUSY_MEMORY_MS
  for (;;) {
    const outcome = await launchOnce(plan, folder, signal)
    if (typeof outcome !== 'string') return outcome
    signal?.throwIfAborted()
    if (!/pre-existing shared memory block/.test(outcome) || performance.now() > busyUntil)
      throw new PostgresProblem(
        'start_failed',
        `PostgreSQL did not start on ${plan.dataFolder} as "${plan.runner.name}": ${lastLine(outcome)}; its log is in ${join(plan.dataFolder, 'log')}.`,
      )
    await sleep(500, undefined, signal ? { signal } : {})
  }
}

async function launchOnce(plan: LaunchPlan, folder: string, signal?: AbortSignal): Promise<Running | string> {
  const settings = { ...baseSettings(folder), ...plan.settings }
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(plan.program, ['-D', plan.dataFolder, ...args], {
    ...spawnOptions(plan.runner),
    detached: true,
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
  release(child)
  const postmaster = child.pid === undefined ? undefined : processIdentity(child.pid)
  const deadline = performance.now() + RECOVERY_MS
  while (!ended) {
    if (postmasterPid(plan.dataFolder).state === 'live' && postmaster && (await answers(folder))) {
      return { postmaster, socketFolder: folder }
    }
    if (signal?.aborted || performance.now() > deadline) {
      if (postmaster) await endProcess(postmaster)
      return 'it did not become ready in time'
    }
    await sleep(20)
  }
  return said
}

/** PostgreSQL outlives this process on purpose (the next start adopts it), so nothing of it may keep this one alive. */
function release(child: ChildProcess): void {
  child.unref()
  const pipe = child.stderr as (NodeJS.ReadableStream & { unref?(): void }) | null
  pipe?.unref?.()
}

/** Whether the server behind this socket folder answers a query within `patience` milliseconds; its version if it does. */
export async function answers(folder: string, patience = 2_000): Promise<string | undefined> {
  const sql = postgres({
    host: folder,
    port: PORT,
    user: SUPERUSER,
    database: 'postgres',
    max: 1,
    connect_timeout: Math.ceil(patience / 1_000),
    onnotice: () => {},
  })
  try {
    const query = sql<{ server_version: string }[]>`show server_version`
    const rows = await Promise.race([query, sleep(patience, undefined, { ref: false })])
    return rows?.[0]?.server_version
  } catch {
    return undefined
  } finally {
    await sql.end({ timeout: 0 }).catch(() => {})
  }
}

/** Removes a pid file that was proven stale, unless it has changed since. */
export function removeStalePidFile(dataFolder: string): PostmasterPid {
  const found = postmasterPid(dataFolder)
  if (found.state === 'stale') rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
  return found
}

function lastLine(text: string): string {
  const lines = text.trim().split('\n')
  const fatal = lines.find((line) => /FATAL|PANIC|error while loading/.test(line)) ?? lines.at(-1)
  return (fatal ?? '').replace(/^.*?(FATAL|PANIC):\s*/, '').trim() || 'it ended without a word'
}
