import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { entryAt, isOwnFolder, makeFolder, randomName } from './owned-folder.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { canRun, type Runner } from './run-as.ts'

/** The port only names the socket file (`.s.PGSQL.5432`); nothing listens on TCP. */
export const PORT = 5432
export const SOCKET = `.s.PGSQL.${PORT}`

/** The kernel's limit for a socket's path: 108 bytes with the closing zero on Linux, 104 on macOS. */
const LONGEST_PATH = process.platform === 'linux' ? 107 : 103

/**
 * A folder for PostgreSQL's socket: of `runner`, mode 0700, and with a path that fits the kernel's limit. It lies beside
 * the data (`home`) when that fits, else in a short folder of our own; `before` is tried first. Nobody but the runner and root can pass a 0700
 * folder, so reaching the socket is the proof of identity and pg_hba.conf says `trust`.
 * Throws PostgresProblem no_socket_folder.
 */
export async function socketFolder(home: string, runner: Runner, before?: string): Promise<string> {
  const key = createHash('sha256').update(home).digest('hex').slice(0, 12)
  const short = [...new Set([tmpdir(), '/tmp', '/var/tmp'])]
  const candidates = [
    ...(before === undefined ? [] : [before]),
    join(home, 'postgres-socket'),
    ...short.map((folder) => join(folder, `c2m-${runner.uid}-${key}`)),
    // The foreseeable names are taken by somebody else: a stranger cannot foresee this one.
    ...short.map((folder) => join(folder, `c2m-${randomName()}`)),
  ]
  for (const folder of candidates) if (await serves(folder, runner)) return folder
  throw new PostgresProblem(
    'no_socket_folder',
    `No private folder for PostgreSQL's socket could be made as "${runner.name}" (tried ${candidates.join(', ')}); the path must stay under ${LONGEST_PATH} bytes and the folder must be writable: set TMPDIR to a short, writable folder.`,
  )
}

/** The folder as a running server has it: still private and of the runner. */
export function isPrivateSocketFolder(folder: string, runner: Runner): boolean {
  return isOwnFolder(folder, runner.uid, 0o077)
}

async function serves(folder: string, runner: Runner): Promise<boolean> {
  if (Buffer.byteLength(join(folder, SOCKET)) > LONGEST_PATH) return false
  try {
    if (!entryAt(folder)) makeFolder(folder, 0o700, runner)
    if (!isPrivateSocketFolder(folder, runner)) return false
    return (await canRun(runner, 'cd "$1" && test -w .', folder)) && (await holdsSockets(folder))
  } catch {
    return false
  }
}

/** Some mounted folders (shared with a virtual machine's host) hold files but no sockets. */
async function holdsSockets(folder: string): Promise<boolean> {
  const path = join(folder, `.try.${randomName()}`)
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(path, resolve)
    })
    return true
  } catch {
    return false
  } finally {
    server.close()
    rmSync(path, { force: true })
  }
}
