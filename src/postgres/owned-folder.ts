import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, lstatSync, mkdirSync, type Stats } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PostgresProblem } from './postgres-problem.ts'
import { canRun, type Runner } from './run-as.ts'

/** Where a root server keeps what the unprivileged user must reach; the first that serves. /tmp is last: it is wiped. */
const ROOT_BASES = ['/var/lib', '/var/opt', '/opt', '/var/tmp', tmpdir(), '/tmp']

/** `lstat`, or undefined when there is nothing at `path`. Any other failure is thrown. */
export function entryAt(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/**
 * Whether `path` is a real folder (no link) of user `uid` in which nobody else may write. Only then can what lies in it
 * be trusted: in a shared folder such as /tmp a stranger may have put the name there first.
 */
export function isOwnFolder(path: string, uid: number, forbiddenMode = 0o022): boolean {
  const entry = entryAt(path)
  return entry?.isDirectory() === true && entry.uid === uid && (entry.mode & forbiddenMode) === 0
}

/** Makes a folder with exactly this owner and mode, whatever the umask. It must not exist yet. */
export function makeFolder(path: string, mode: number, owner?: Runner): void {
  mkdirSync(path, { mode: 0o700 })
  if (mode !== 0o700) chmodSync(path, mode)
  if (owner?.drop) chownSync(path, owner.uid, owner.gid)
}

/**
 * For a root server: a folder of root's own that `runner` can enter, in which nobody else may write.
 * Throws PostgresProblem no_reachable_folder when the machine offers none.
 */
export async function reachableBase(runner: Runner, bases: readonly string[] = ROOT_BASES): Promise<string> {
  for (const base of bases) {
    const folder = join(base, 'connect-to-messaging')
    try {
      if (!entryAt(folder)) makeFolder(folder, 0o711)
    } catch {
      continue
    }
    if (isOwnFolder(folder, 0) && (await canRun(runner, 'cd "$1"', folder))) return folder
  }
  throw new PostgresProblem(
    'no_reachable_folder',
    `The server runs as root and PostgreSQL as "${runner.name}", but no folder was found that this user can enter and only root can write (tried connect-to-messaging in ${bases.join(', ')}); let that user enter the server's own folder, or start the server as an ordinary user.`,
  )
}

/** Eight random characters for a name that nobody can foresee. */
export function randomName(): string {
  return randomBytes(4).toString('hex')
}
