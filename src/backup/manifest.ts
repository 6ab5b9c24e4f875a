import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join, normalize } from 'node:path'

/** One file of a backup, by its path within the data folder. */
export interface BackedUpFile {
  readonly path: string
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
}

/** What a backup is, written last of all: a folder without it is half a backup. */
export interface Manifest {
  readonly format: 1
  readonly madeAt: string
  /** Whole version, such as `18.4`; a data folder belongs to its first number. */
  readonly postgres: string
  /** Everything that was acknowledged before this time, by the database's clock, is in the backup. */
  readonly upTo: string
  /** The same as a place in PostgreSQL's write-ahead log. */
  readonly endsAt: string
  /** Of the deployment's secret key, which is not in the backup. */
  readonly keyFingerprint: string
  /** Also those that are empty: PostgreSQL asks for them. */
  readonly folders: readonly string[]
  readonly files: readonly BackedUpFile[]
}

/** Where a backup keeps PostgreSQL's files. */
export const dataIn = (backup: string) => join(backup, 'postgres')

/** A backup is missing, unfinished or damaged, or does not fit; the sentence says what. */
export class BackupProblem extends Error {}

export async function writeManifest(backup: string, manifest: Manifest): Promise<void> {
  const text = `${JSON.stringify(manifest, null, 1)}\n`
  await writeDurably(join(backup, 'manifest.json'), text)
  await writeDurably(join(backup, 'manifest.sha256'), `${sha256(text)}  manifest.json\n`)
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

/** @throws BackupProblem when there is no finished, whole manifest of a format that this server knows. */
export async function readManifest(backup: string): Promise<Manifest> {
  const read = (name: string) => readFile(join(backup, name), 'utf8').catch(() => null)
  const [text, sum] = [await read('manifest.json'), await read('manifest.sha256')]
  if (text === null || sum === null)
    throw new BackupProblem(`${backup} holds no finished backup: manifest.json or manifest.sha256 is missing.`)
  if (!sum.startsWith(sha256(text)))
    throw new BackupProblem(`The list of the backup in ${backup} (manifest.json) was changed or damaged.`)
  const manifest = JSON.parse(text) as Manifest
  if (manifest.format !== 1)
    throw new BackupProblem(`The backup in ${backup} was made by a newer release; restore it with that one.`)
  const stray = [...manifest.folders, ...manifest.files.map(({ path }) => path)].find(
    (path) => path.startsWith('/') || normalize(path).startsWith('..'),
  )
  if (stray !== undefined) throw new BackupProblem(`The list of the backup in ${backup} names a file outside of it.`)
  return manifest
}
