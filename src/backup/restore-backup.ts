import { chownSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { installedPackage } from '../postgres/binaries.ts'
import { type DataFolder, locateData, makeHome, openDataDir, settleData } from '../postgres/data-folder.ts'
import { entryAt, makeFolder, randomName } from '../postgres/owned-folder.ts'
import { ownership } from '../postgres/ownership.ts'
import { postmasterPid } from '../postgres/postmaster-pid.ts'
import { type Runner, runAs } from '../postgres/run-as.ts'
import { copyFile } from './copy-file.ts'
import { inParallel } from './in-parallel.ts'
import { BackupProblem, dataIn, type Manifest, readManifest } from './manifest.ts'

const atOnce = 8

export interface RestoreOptions {
  readonly from: string
  readonly dataDir: string
  /** As in the settings. */
  readonly runAs: string
  /** Of the key that the deployment has now. */
  readonly keyFingerprint: string
  /** What is there is moved aside instead of standing in the way. */
  readonly replace: boolean
}

/**
 * Puts a backup's files in their place, each compared with its checksum, and starts nothing. The data appears under its
 * name only when it is whole.
 * @returns the folder that what was there before is in now; null: nothing was there.
 * @throws BackupProblem, and PostgresProblem `in_use` while a server runs in DATA_DIR.
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ manifest: Manifest; aside: string | null }> {
  const from = resolve(options.from)
  const manifest = await readManifest(from)
  const [major] = manifest.postgres.split('.')
  const installed = installedPackage().version
  if (installed.split('.')[0] !== major)
    throw new BackupProblem(
      `The backup was made by PostgreSQL ${manifest.postgres}, and this release brings ${installed}; restore it with the release that made it.`,
    )
  if (manifest.keyFingerprint !== options.keyFingerprint)
    throw new BackupProblem(
      'The backup belongs to another secret key: without that one nothing sealed in it can be read. Put the right secret.key into DATA_DIR, or name it in C2M_SECRET_KEY.',
    )
  const runner = await runAs(options.runAs)
  const dataDir = openDataDir(options.dataDir, runner)
  const owned = await ownership(dataDir)
  try {
    const folder = await locateData(dataDir, runner)
    const occupied = occupiedBy(folder)
    if (occupied && !options.replace)
      throw new BackupProblem(
        `There is a database in ${folder.path} already. Restore into an empty DATA_DIR, or add --replace: what is there is then moved aside.`,
      )
    makeHome(folder, dataDir)
    const fresh = join(folder.home, `postgres.restoring-${randomName()}`)
    try {
      await copyData(dataIn(from), fresh, manifest, runner)
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true })
      throw error
    }
    const aside = occupied ? join(folder.home, `postgres.replaced-${randomName()}`) : null
    if (aside !== null) renameSync(folder.path, aside)
    else rmSync(folder.path, { recursive: true, force: true })
    renameSync(fresh, folder.path)
    settleData(folder, dataDir)
    return { manifest, aside }
  } finally {
    owned.release()
  }
}

/** Reads every file of a backup and compares it; changes nothing. @throws BackupProblem naming the first that differs. */
export async function checkBackup(from: string): Promise<Manifest> {
  const manifest = await readManifest(resolve(from))
  await inParallel(manifest.files, atOnce, async (file) => {
    compare(file, await copyFile(join(dataIn(resolve(from)), file.path), null, { flush: false }))
  })
  return manifest
}

/** @throws BackupProblem while PostgreSQL runs on the data, which a killed server leaves behind. */
function occupiedBy({ path }: DataFolder): boolean {
  if (!entryAt(path)) return false
  const running = postmasterPid(path)
  if (running.state === 'live')
    throw new BackupProblem(
      `PostgreSQL still runs on ${path} (process ${running.postmaster.pid}), left there by a server that was killed: start the server and stop it again, then restore.`,
    )
  return readdirSync(path).length > 0
}

async function copyData(data: string, fresh: string, manifest: Manifest, runner: Runner): Promise<void> {
  makeFolder(fresh, 0o700, runner)
  const own = (path: string) => {
    if (runner.drop) chownSync(path, runner.uid, runner.gid)
  }
  for (const path of manifest.folders) {
    mkdirSync(join(fresh, path), { recursive: true, mode: 0o700 })
    own(join(fresh, path))
  }
  await inParallel(manifest.files, atOnce, async (file) => {
    const to = join(fresh, file.path)
    if (!lstatSync(join(to, '..')).isDirectory()) throw new BackupProblem(`${file.path} has no folder in the backup.`)
    // PostgreSQL flushes all its files before it recovers.
    compare(file, await copyFile(join(data, file.path), to, { flush: false }))
    own(to)
  })
}

function compare(
  file: Manifest['files'][number],
  found: { readonly size: number; readonly sha256: string } | null,
): void {
  if (found === null) throw new BackupProblem(`The backup lacks the file ${file.path}.`)
  if (found.size !== file.size || found.sha256 !== file.sha256)
    throw new BackupProblem(`The file ${file.path} of the backup was changed or damaged since the backup was made.`)
}
