import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** A process id alone names nobody for long: ids are reused. The id with its start time names one process for good. */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
}

/** A process whose start time the system hides (it belongs to another user); taken for any process of that id. */
const HIDDEN = 'hidden'

const onLinux = process.platform === 'linux'

/** The living process with this id, or undefined when there is none (a zombie is none: nobody has collected it yet). */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  const [state = '', start = ''] = onLinux ? statOf(pid) : ps('stat=,lstart=', pid).split(/\s(.*)/)
  if (!state) return isHidden(pid) ? { pid, start: HIDDEN } : undefined
  return /^[ZX]/.test(state) ? undefined : { pid, start: start.trim() }
}

/** Whether exactly this process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const found = processIdentity(identity.pid)
  return found !== undefined && (found.start === identity.start || found.start === HIDDEN)
}

/**
 * Whether a process is the postmaster of `dataFolder` (absolute, links resolved). Proof is the program file and the
 * working folder, which postgres makes its data folder, and the command line, which its backends overwrite; where the
 * system hides the first two (root in a container that may not look into another user's process, macOS) the last decides.
 */
export function isPostmasterOf(pid: number, dataFolder: string): boolean {
  const command = commandLine(pid)
  if (!/(^|\/)postgres /.test(command) || !`${command} `.includes(` -D ${dataFolder} `)) return false
  const facts = programAndFolder(pid)
  return facts === undefined || (facts.program === 'postgres' && facts.folder === dataFolder)
}

/** Every living postmaster of `dataFolder`, found without its pid file. */
export function postmastersOf(dataFolder: string): ProcessIdentity[] {
  return allProcesses().flatMap((pid) => (isPostmasterOf(pid, dataFolder) ? (processIdentity(pid) ?? []) : []))
}

/** PostgreSQL processes that work in `dataFolder`: a postmaster, its backends, or what is left of them. Linux only. */
export function postgresProcessesIn(dataFolder: string): ProcessIdentity[] {
  if (!onLinux) return []
  return allProcesses().flatMap((pid) => {
    const facts = programAndFolder(pid)
    return facts?.program === 'postgres' && facts.folder === dataFolder ? (processIdentity(pid) ?? []) : []
  })
}

/** A process's command line, its words parted by single spaces; empty when there is none to read. */
export function commandLine(pid: number): string {
  if (!onLinux) return ps('command=', pid)
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return ''
  }
}

function allProcesses(): number[] {
  const names = onLinux ? readdirSync('/proc') : ps('pid=').split(/\s+/)
  return names.map(Number).filter((pid) => Number.isSafeInteger(pid) && pid > 0)
}

/** undefined when the system does not tell. */
function programAndFolder(pid: number): { program: string; folder: string } | undefined {
  try {
    // After an upgrade of node_modules the program of a running server reads ".../postgres (deleted)".
    const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''))
    return { program, folder: readlinkSync(`/proc/${pid}/cwd`) }
  } catch {
    return undefined
  }
}

/** State letter and start time in clock ticks since boot. */
function statOf(pid: number): string[] {
  try {
    // The name in parentheses may hold spaces and parentheses itself, so fields are counted after the last one.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return [fields[0] ?? '', fields[19] ?? '']
  } catch {
    return []
  }
}

function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function ps(columns: string, pid?: number): string {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  const which = pid === undefined ? ['-A'] : ['-p', String(pid)]
  const result = spawnSync('ps', ['-ww', '-o', columns, ...which], { encoding: 'utf8', env })
  return (result.stdout ?? '').trim()
}
