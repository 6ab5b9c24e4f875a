import { readFileSync, readlinkSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomName } from './owned-folder.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { isAlive, processIdentity } from './process-identity.ts'

/** The claim of one server process on one DATA_DIR: what tells an orphan to adopt from somebody's live database. */
export interface Ownership {
  release(): void
}

interface Owner {
  readonly pid: number
  readonly start: string
  /** Where process ids mean what they mean: this boot of this kernel, in this pid namespace (a container has its own). */
  readonly world: string
  readonly host: string
  readonly since: string
}

/** An owner touches its lock this often; one in another container is dead when it has not for a multiple of that. */
const HEARTBEAT_MS = 1_000
const SILENCE_MS = 6_000

/**
 * Claims `dataDir` for this process until `release` or the process's death, however it dies.
 * Throws PostgresProblem in_use when another server, here or in another container, holds it.
 */
export async function ownership(dataDir: string, silence = SILENCE_MS): Promise<Ownership> {
  const path = join(dataDir, 'postgres.lock')
  const text = JSON.stringify({ ...thisProcess(), key: randomName() })
  while (!create(path, text, dataDir)) {
    await removeDead(path, dataDir, silence)
    // Whoever took the dead one's name away at the same moment has put ours in its place by now, or never will.
    await sleep(50)
  }
  if (textOf(path) !== text) return ownership(dataDir, silence)
  const heart = setInterval(() => beat(path, text), HEARTBEAT_MS)
  heart.unref()
  return {
    release() {
      clearInterval(heart)
      if (textOf(path) === text) rmSync(path, { force: true })
    },
  }
}

function create(path: string, text: string, dataDir: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o644 })
    return true
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    throw new PostgresProblem(
      'data_folder_unwritable',
      `The data folder ${dataDir} cannot be written (${code} on ${path}); free space on its disk or make it writable for the server's user.`,
      { cause },
    )
  }
}

async function removeDead(path: string, dataDir: string, silence: number): Promise<void> {
  const text = textOf(path)
  if (text === undefined) return
  const owner = parse(text)
  if (owner?.world === thisProcess().world ? isAlive(owner) : await stillBeats(path, silence)) {
    const who = owner ? `process ${owner.pid} on host ${owner.host}, since ${owner.since}` : `an unknown process`
    throw new PostgresProblem(
      'in_use',
      `The data folder ${dataDir} is in use by another server (${who}; it holds ${path}); stop that one first, or set DATA_DIR to another folder.`,
    )
  }
  // Two starters may both find the owner dead: the name is taken away first, and given back if it was not the dead one's.
  const aside = `${path}.dead-${randomName()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  const taken = textOf(aside)
  if (taken !== undefined && taken !== text) renameSync(aside, path)
  else rmSync(aside, { force: true })
}

/** Whether the lock of an owner whose process cannot be looked at (another container or machine) is still being touched. */
async function stillBeats(path: string, silence: number): Promise<boolean> {
  const first = touchedAt(path)
  const deadline = performance.now() + silence
  while (performance.now() < deadline) {
    await sleep(200)
    if (touchedAt(path) !== first) return touchedAt(path) !== undefined
  }
  return false
}

function beat(path: string, text: string): void {
  const now = new Date()
  try {
    if (textOf(path) === text) utimesSync(path, now, now)
  } catch {
    // The folder may be gone or full; the next beat tries again, and PostgreSQL itself reports such a disk.
  }
}

function thisProcess(): Owner {
  const start = processIdentity(process.pid)?.start ?? ''
  const since = new Date(Date.now() - process.uptime() * 1_000).toISOString().slice(0, 19)
  return { pid: process.pid, start, world: world(), host: hostname(), since: `${since}Z` }
}

function world(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`
  } catch {
    return hostname()
  }
}

function parse(text: string): Owner | undefined {
  try {
    const owner = JSON.parse(text) as Owner
    return typeof owner.pid === 'number' && typeof owner.start === 'string' ? owner : undefined
  } catch {
    return undefined
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function touchedAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs
}
