import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import { PostgresProblem } from './postgres-problem.ts'

const run = promisify(execFile)

/** The operating system's user that initdb and postgres run as. */
export interface Runner {
  readonly name: string
  readonly uid: number
  readonly gid: number
  /** True when this process is root and must give up its rights for PostgreSQL. */
  readonly drop: boolean
}

/** Options for child_process that make a child run as `runner`: a neutral working folder, no inherited PG* settings. */
export function spawnOptions(runner: Runner) {
  return {
    // The working folder of the server may be one that the runner cannot enter.
    cwd: '/',
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' },
    ...(runner.drop ? { uid: runner.uid, gid: runner.gid } : {}),
  }
}

/**
 * Chooses who PostgreSQL runs as. An ordinary user runs it as itself; PostgreSQL refuses to run as root, so root
 * hands it to `name` (default `nobody`).
 * Throws PostgresProblem user_unknown when that user does not exist or is root again.
 */
export async function runAs(name = 'nobody'): Promise<Runner> {
  const uid = process.getuid?.()
  const gid = process.getgid?.()
  if (uid === undefined || gid === undefined)
    throw new PostgresProblem(
      'binaries_missing',
      `The embedded PostgreSQL runs on Linux and macOS only, not on ${process.platform}; set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  if (uid !== 0) return { name: ownName(uid), uid, gid, drop: false }
  const id = async (flag: string) => Number((await run('id', [flag, name])).stdout)
  let found: { uid: number; gid: number }
  try {
    found = { uid: await id('-u'), gid: await id('-g') }
  } catch (cause) {
    throw new PostgresProblem(
      'user_unknown',
      `The server runs as root, PostgreSQL must not, and the user "${name}" it should run as does not exist here; create that user, name another one, or start the server as an ordinary user.`,
      { cause },
    )
  }
  if (found.uid === 0)
    throw new PostgresProblem(
      'user_unknown',
      `The server runs as root and PostgreSQL must not, but the user "${name}" is root too; name an unprivileged user such as nobody, or start the server as an ordinary user.`,
    )
  return { name, ...found, drop: true }
}

function ownName(uid: number): string {
  try {
    return userInfo().username
  } catch (cause) {
    throw new PostgresProblem(
      'user_unknown',
      `The server runs as user id ${uid}, which has no entry in /etc/passwd, and PostgreSQL refuses such a user; add an entry for it, or set DATABASE_URL.`,
      { cause },
    )
  }
}

/** Runs a small POSIX shell test as `runner`: the only honest answer to "can that user read this?" (modes, ACLs, mounts). */
export async function canRun(runner: Runner, test: string, ...paths: string[]): Promise<boolean> {
  try {
    await run('/bin/sh', ['-c', test, 'sh', ...paths], { ...spawnOptions(runner), timeout: 10_000 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPERM')
      throw new PostgresProblem(
        'root_not_dropped',
        `The server runs as root but may not become "${runner.name}" for PostgreSQL (the container lacks the capabilities SETUID and SETGID); start the server as an ordinary user instead.`,
        { cause: error },
      )
    return false
  }
}
