import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isPostmasterOf, type ProcessIdentity, processIdentity } from './process-identity.ts'

/** What PostgreSQL's own `postmaster.pid` tells, judged against the processes that really live. */
export type PostmasterPid =
  | { readonly state: 'none' }
  /** A file whose process is dead, or another program that got the same id, or a file cut off. */
  | { readonly state: 'stale'; readonly why: string }
  | {
      readonly state: 'live'
      readonly postmaster: ProcessIdentity
      readonly socketFolder: string
      readonly status: string
    }

/** Reads `<dataFolder>/postmaster.pid`. Signals nobody and changes nothing. */
export function postmasterPid(dataFolder: string): PostmasterPid {
  let text: string
  try {
    text = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { state: 'none' }
    throw error
  }
  // Lines: process id, data folder, start time, port, socket folder, listen address, shared memory key, status.
  const [pidLine = '', , , , socketFolder = '', , , status = ''] = text.split('\n').map((line) => line.trim())
  // A negative number is a person's single-user session.
  const pid = Math.abs(Number(pidLine))
  if (!/^-?\d+$/.test(pidLine) || pid === 0) return { state: 'stale', why: 'it names no process' }
  const postmaster = processIdentity(pid)
  if (!postmaster) return { state: 'stale', why: `process ${pid} does not live any more` }
  if (!isPostmasterOf(pid, dataFolder)) return { state: 'stale', why: `process ${pid} is another program` }
  return { state: 'live', postmaster, socketFolder, status }
}
