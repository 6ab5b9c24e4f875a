import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Binaries } from './binaries.ts'
import { entryAt, makeFolder, randomName, reachableBase } from './owned-folder.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { reasonIn } from './reason-in.ts'
import { canRun, type Runner, spawnOptions } from './run-as.ts'

const run = promisify(execFile)

/** The superuser that initdb makes. */
export const SUPERUSER = 'c2m'

/** Named in DATA_DIR when the data had to be kept where the unprivileged user can reach it. */
const POINTER = 'postgres.location'

const NAME = 'postgres'
const INITIALISING = 'postgres.initialising-'

/** Where one deployment's PostgreSQL data is, or will be. */
export interface DataFolder {
  /** The folder that holds `postgres` (the data), and by preference `postgres-socket`. */
  readonly home: string
  /** PostgreSQL's own data folder, links resolved. */
  readonly path: string
}

/**
 * DATA_DIR with links resolved, made when missing; also of a deployment whose database is elsewhere.
 * Throws PostgresProblem data_folder_unwritable when it cannot be made or written.
 */
export function openDataDir(dataDir: string, runner: Pick<Runner, 'drop'>): string {
  try {
    // A dropped user must pass through on its way to the data, but need not list what else lies here.
    if (mkdirSync(dataDir, { recursive: true, mode: 0o700 }) && runner.drop) chmodSync(dataDir, 0o711)
    const real = realpathSync(dataDir)
    accessSync(real, constants.W_OK | constants.X_OK)
    return real
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    const why =
      code === 'EEXIST' || code === 'ENOTDIR'
        ? 'is no folder, or lies below something that is none; it cannot be made'
        : code === 'EROFS'
          ? 'lies on a read-only file system and cannot be written'
          : 'cannot be made or written'
    throw new PostgresProblem(
      'data_folder_unwritable',
      `The data folder ${dataDir} ${why} by user id ${process.getuid?.()} (${ownerOf(dataDir)}); make it writable for the server's user, or set DATA_DIR to a folder that is.`,
      { cause },
    )
  }
}

/**
 * Where the data of this deployment is. A root server whose DATA_DIR the unprivileged user cannot enter keeps the data in
 * a folder that this user can reach and names it in DATA_DIR/postgres.location, so that every later start finds it again.
 * Throws PostgresProblem data_ambiguous, data_missing, wrong_mode, no_reachable_folder.
 */
export async function locateData(dataDir: string, runner: Runner, bases?: readonly string[]): Promise<DataFolder> {
  const own = { home: dataDir, path: join(dataDir, NAME) }
  const pointer = join(dataDir, POINTER)
  if (entryAt(pointer)?.isFile()) {
    const home = readFileSync(pointer, 'utf8').trim()
    const path = join(home, NAME)
    if (entryAt(own.path))
      throw new PostgresProblem(
        'data_ambiguous',
        `There are two PostgreSQL data folders, ${own.path} and (named by ${pointer}) ${path}; keep the one you want: move the first away, or delete the file ${pointer}.`,
      )
    if (!entryAt(path))
      throw new PostgresProblem(
        'data_missing',
        `The file ${pointer} says that PostgreSQL's data is in ${path}, but nothing is there; bring it back, or delete that file to start with an empty database.`,
      )
    return { home, path: realpathSync(path) }
  }
  const enters = await canRun(runner, 'cd "$1"', dataDir)
  if (entryAt(own.path)) {
    if (!enters)
      throw new PostgresProblem(
        'wrong_mode',
        `PostgreSQL runs as "${runner.name}", and that user cannot enter ${dataDir} (${ownerOf(dataDir)}) to reach its data; run "chmod o+x" on that folder and the folders above it.`,
      )
    return { home: dataDir, path: realpathSync(own.path) }
  }
  if (enters) return own
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 12)
  // The random part keeps a DATA_DIR that was deleted and made anew from finding the old one's data.
  const home = join(await reachableBase(runner, bases), `data-${key}-${randomName()}`)
  return { home, path: join(home, NAME) }
}

/**
 * Checks a data folder before PostgreSQL touches it; changes nothing. Returns false when there is none yet.
 * Throws PostgresProblem wrong_owner, wrong_mode, data_folder_unwritable, not_a_data_folder, version_mismatch.
 */
export function checkData(path: string, runner: Runner, binaries: Pick<Binaries, 'major' | 'version'>): boolean {
  const entry = entryAt(path)
  if (!entry) return false
  const who = `PostgreSQL's data folder ${path} (${ownerOf(path)})`
  if (!entry.isDirectory())
    throw new PostgresProblem(
      'not_a_data_folder',
      `${who} is not a folder; move it away to start with an empty database.`,
    )
  if (entry.uid !== runner.uid)
    throw new PostgresProblem(
      'wrong_owner',
      `${who} must belong to user "${runner.name}" (id ${runner.uid}), which PostgreSQL runs as; run "chown -R ${runner.name} ${path}" if the data is yours, or start the server as the folder's owner.`,
    )
  if ((entry.mode & 0o700) !== 0o700 || (entry.mode & 0o027) !== 0)
    throw new PostgresProblem('wrong_mode', `${who} must be private to its owner; run "chmod 700 ${path}".`)
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new PostgresProblem(
      'data_folder_unwritable',
      `${who} cannot be written: it lies on a read-only file system; mount that writable.`,
      { cause },
    )
  }
  if (readdirSync(path).length === 0) return false
  const found = versionOf(path)
  if (!found)
    throw new PostgresProblem(
      'not_a_data_folder',
      `${who} holds files but no finished PostgreSQL data (no PG_VERSION or no global/pg_control); restore it from a backup, or move it away to start with an empty database.`,
    )
  if (found !== binaries.major)
    throw new PostgresProblem(
      'version_mismatch',
      `${who} was made by PostgreSQL ${found}, but this release brings PostgreSQL ${binaries.version}, which cannot read it. To upgrade: 1. start the earlier release and copy its data with "pg_dump" of PostgreSQL ${binaries.major} (its socket is in DATA_DIR/postgres-socket); 2. stop it; 3. restore that copy into a PostgreSQL ${binaries.major} of your own; 4. start this release with DATABASE_URL naming it.`,
    )
  return true
}

/** Files in which an initdb was cut off are kept under another name: they may be what somebody needs to look into. */
export function moveInterruptedAside(home: string): string[] {
  const moved: string[] = []
  for (const name of entryAt(home) ? readdirSync(home) : []) {
    if (!name.startsWith(INITIALISING)) continue
    const aside = join(home, `postgres.interrupted-${name.slice(INITIALISING.length)}`)
    renameSync(join(home, name), aside)
    moved.push(aside)
  }
  return moved
}

/**
 * Makes a new, empty database cluster: UTF-8, code point order (the same on every machine), checksums on. It is made
 * under another name and renamed when whole, so `path` never holds half of one.
 * Throws PostgresProblem initdb_failed.
 */
export async function initialiseData(
  folder: DataFolder,
  dataDir: string,
  runner: Runner,
  initdb: string,
): Promise<void> {
  const fresh = join(folder.home, `${INITIALISING}${randomName()}`)
  const choices = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const access = ['--auth-local=trust', '--auth-host=reject', '--data-checksums', '--no-instructions']
  try {
    makeHome(folder, dataDir)
    makeFolder(fresh, 0o700, runner)
    await run(initdb, ['-D', fresh, '-U', SUPERUSER, ...choices, ...access], {
      ...spawnOptions(runner),
      timeout: 300_000,
    })
    renameSync(fresh, folder.path)
  } catch (cause) {
    const { stderr, message } = cause as Error & { stderr?: string }
    const left = removedIfEmpty(fresh) ? '' : `: the half-made ${fresh} will be moved aside`
    throw new PostgresProblem(
      'initdb_failed',
      `PostgreSQL could not make its data folder in ${folder.home} as "${runner.name}" (${reasonIn(stderr?.trim() || message)}); mend what it says and start again${left}.`,
      { cause },
    )
  }
  settleData(folder, dataDir)
}

/** An initdb that failed takes away what it made, and leaves its folder. */
function removedIfEmpty(path: string): boolean {
  try {
    rmdirSync(path)
  } catch {
    return !entryAt(path)
  }
  return true
}

/** The folder that will hold the data, when that is not DATA_DIR itself. */
export function makeHome(folder: DataFolder, dataDir: string): void {
  if (entryAt(folder.home)) return
  makeFolder(folder.home, 0o711)
  // Whoever finds it later can see whether its DATA_DIR still exists.
  writeFileSync(join(folder.home, 'belongs-to'), `${dataDir}\n`)
}

/** New data has got its name: makes that last through a power cut, and lets every later start find it. */
export function settleData(folder: DataFolder, dataDir: string): void {
  flushFolder(folder.home)
  if (folder.home !== dataDir) writePointer(dataDir, folder.home)
}

function writePointer(dataDir: string, home: string): void {
  const fresh = join(dataDir, `${POINTER}.new`)
  writeFileSync(fresh, `${home}\n`, { mode: 0o644, flush: true })
  renameSync(fresh, join(dataDir, POINTER))
  flushFolder(dataDir)
}

/** A rename is only safe from a power cut once the folder itself is on the disk. */
function flushFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function versionOf(path: string): string | undefined {
  try {
    if (!entryAt(join(path, 'global/pg_control'))) return undefined
    return readFileSync(join(path, 'PG_VERSION'), 'utf8').trim() || undefined
  } catch {
    return undefined
  }
}

/** "owner id 0, mode 0755", of the path or, when it does not exist, of the nearest folder above that does. */
function ownerOf(path: string): string {
  const entry = entryAt(path)
  if (!entry) return dirname(path) === path ? 'no such folder' : `${dirname(path)}: ${ownerOf(dirname(path))}`
  return `owner id ${entry.uid}, mode ${(entry.mode & 0o7777).toString(8).padStart(4, '0')}`
}
