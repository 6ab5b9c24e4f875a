import { spawnSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** A process id alone names nobody for long: ids are reused. The id with its start time names one process for good. */
export interface ProcessIdentity {
  readonly pid: number
  readonly start: string
}

/** The living process with this id, or undefined when there is none (a zombie is none: nobody has collected it yet). */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (process.platform === 'linux') {
    try {
      // The name in parentheses may hold spaces and parentheses itself, so fields are counted after the last one.
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { pid, start: fields[19] ?? '' }
    } catch {
      return undefined
    }
  }
  const [state, ...start] = ps(pid, 'stat=,lstart=').split(/\s+/)
  return !state || state.startsWith('Z') ? undefined : { pid, start: start.join(' ') }
}

/** Whether exactly this process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.start === identity.start
}

/**
 * Whether a process is the postmaster of `dataFolder` (absolute, links resolved). Proof is the program file and the
 * working folder, which postgres makes its data folder; where the system hides them (root in a container without the
 * capability to look into another user's process, macOS) the command line must say the same.
 */
export function isPostmasterOf(pid: number, dataFolder: string): boolean {
  const command = commandOf(pid)
  const byCommand = /(^|\/)postgres( |\0)/.test(command) && hasDataArgument(command, dataFolder)
  if (process.platform !== 'linux') return byCommand
  try {
    // After an upgrade of node_modules the program of a running server reads ".../postgres (deleted)".
    const program = basename(readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, ''))
    return (
      program === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === dataFolder && hasDataArgument(command, dataFolder)
    )
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' && byCommand
  }
}

/** The command line for a person to read, at most 80 characters; empty when unknown. */
export function describeProcess(pid: number): string {
  return commandOf(pid).replaceAll('\0', ' ').trim().slice(0, 80)
}

function hasDataArgument(command: string, dataFolder: string): boolean {
  return command.replaceAll('\0', ' ').includes(` -D ${dataFolder} `)
}

function commandOf(pid: number): string {
  if (process.platform !== 'linux') return `${ps(pid, 'command=')} `
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function ps(pid: number, columns: string): string {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }
  const result = spawnSync('ps', ['-ww', '-o', columns, '-p', String(pid)], { encoding: 'utf8', env })
  return (result.stdout ?? '').trim()
}
