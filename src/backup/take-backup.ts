import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Database, type DatabaseTarget, openDatabase } from '../store/db.ts'
import { copyFile } from './copy-file.ts'
import { dataFiles, walFiles } from './data-files.ts'
import { inParallel } from './in-parallel.ts'
import { type BackedUpFile, BackupProblem, dataIn, type Manifest, writeManifest } from './manifest.ts'

/** Copied at once: enough for the disk to write several files to the end together. */
const atOnce = 8

export interface BackupOptions {
  readonly target: DatabaseTarget
  /** PostgreSQL's data folder. */
  readonly dataFolder: string
  /** A folder that does not exist, or is empty. */
  readonly to: string
  readonly keyFingerprint: string
}

/**
 * Copies a running PostgreSQL so that the copy is the database as of the end of the copying: PostgreSQL's own base backup
 * (manual, section 25.3.4) through SQL, since its programs for it are not in the embedded package. Files are copied while
 * they are written to; the write-ahead log from the begin to the end of the copying, which a replication slot keeps, makes
 * them whole. The slot belongs to the session: a process that dies leaves nothing behind but a folder without a manifest.
 * Whatever was acknowledged before this resolves began to end the backup is in it.
 * @throws BackupProblem when `to` is not empty.
 */
export async function takeBackup({ target, dataFolder, to, keyFingerprint }: BackupOptions): Promise<Manifest> {
  const folder = resolve(to)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if ((await readdir(folder)).length > 0)
    throw new BackupProblem(`${folder} is not empty; name a folder that does not exist yet.`)
  const backupData = dataIn(folder)
  await mkdir(backupData, { mode: 0o700 })
  // One connection: PostgreSQL ties a backup to the session that began it, and ends it when that is lost.
  const session = openDatabase(target, { max: 1, name: 'c2m backup' })
  try {
    const began = await begin(session)
    const { folders, files } = await dataFiles(dataFolder)
    for (const path of folders) await mkdir(join(backupData, path), { recursive: true, mode: 0o700 })
    const copied: BackedUpFile[] = []
    const copy = async (path: string) => {
      const done = await copyFile(join(dataFolder, path), join(backupData, path), { flush: true })
      if (done !== null) copied.push({ path, ...done })
    }
    // It says where recovery begins, and so must not be older than what the others hold.
    const control = 'global/pg_control'
    await inParallel(
      files.filter((path) => path !== control),
      atOnce,
      copy,
    )
    await copy(control)
    const ended = await end(session)
    for (const [path, text] of Object.entries({ backup_label: ended.label, tablespace_map: ended.map })) {
      if (text === '') continue
      await writeFile(join(backupData, path), text, { mode: 0o600, flush: true })
      copied.push({ path, ...(await copyFile(join(backupData, path), null, { flush: false }))! })
    }
    await inParallel(await walFiles(dataFolder, began.segment, ended.segment), atOnce, copy)
    const manifest: Manifest = {
      format: 1,
      madeAt: new Date().toISOString(),
      postgres: began.version,
      upTo: ended.upTo.toISOString(),
      endsAt: ended.lsn,
      keyFingerprint,
      folders,
      files: copied.sort((a, b) => (a.path < b.path ? -1 : 1)),
    }
    await writeManifest(folder, manifest)
    return manifest
  } finally {
    await session.end({ timeout: 2 })
  }
}

async function begin(session: Database): Promise<{ segment: string; version: string }> {
  await session`set statement_timeout = 0`
  await session`select pg_create_physical_replication_slot(${`c2m_backup_${process.pid}`}, true, true)`
  const [row] = await session<{ segment: string; version: string }[]>`
    select pg_walfile_name(pg_backup_start('c2m', true)) as segment, current_setting('server_version') as version`
  return { segment: row!.segment, version: row!.version.split(' ')[0]! }
}

interface Ended {
  readonly upTo: Date
  readonly lsn: string
  readonly segment: string
  readonly label: string
  readonly map: string
}

async function end(session: Database): Promise<Ended> {
  const [clock] = await session<{ now: Date }[]>`select clock_timestamp() as now`
  const [row] = await session<Omit<Ended, 'upTo'>[]>`
    select lsn::text, pg_walfile_name(lsn) as segment, labelfile as label, spcmapfile as map from pg_backup_stop(false)`
  return { upTo: clock!.now, ...row! }
}
