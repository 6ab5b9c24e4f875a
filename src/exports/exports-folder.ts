import { randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportFormat } from '../domain/export.ts'

/** An unguessable name: nobody but the database knows whose file it is. */
export const newFileName = (): string => randomBytes(24).toString('base64url')

const fileName = /^[\w-]{32}$/
/** A file that no export knows is older than this before it is taken for left behind: its export is entered in a moment. */
const orphanMs = 3_600_000

/** The folder of the files that were made, in the data folder; only the server's own user can look into it. */
export async function exportsFolder(dataDir: string): Promise<string> {
  const folder = join(dataDir, 'exports')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Where a file is; one that is being written has `.part` behind its name. @throws Error for what is no name of ours. */
export function exportPath(dataDir: string, name: string): string {
  if (!fileName.test(name)) throw new Error('This is no name of an export.')
  return join(dataDir, 'exports', name)
}

/** A file to hand out; whoever gets it closes it. */
export interface FetchedExport {
  readonly file: FileHandle
  readonly bytes: number
  readonly name: string
  readonly format: ExportFormat
}

/** Opens a file to read it, with its length; null: it is not here. It can be read to its end even if it is removed meanwhile. */
export async function openExportFile(
  dataDir: string,
  name: string,
): Promise<{ file: FileHandle; bytes: number } | null> {
  const file = await open(exportPath(dataDir, name), 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return file && { file, bytes: (await file.stat()).size }
}

/** Whether the file is here: an export may have been written on another machine. */
export async function hasExportFile(dataDir: string, name: string): Promise<boolean> {
  return stat(exportPath(dataDir, name)).then(
    () => true,
    () => false,
  )
}

/** Removes a file, whole or half. */
export async function removeExportFile(dataDir: string, name: string): Promise<void> {
  const path = exportPath(dataDir, name)
  await Promise.all([rm(path, { force: true }), rm(`${path}.part`, { force: true })])
}

/**
 * Removes what no export knows any more: half files of a process that died, files that could not be removed.
 * @param known which of these names belong to an export.
 */
export async function sweepExportFiles(
  dataDir: string,
  now: Date,
  known: (names: readonly string[]) => Promise<ReadonlySet<string>>,
): Promise<void> {
  const found = await readdir(join(dataDir, 'exports')).catch(() => [])
  const names = new Set(found.map((entry) => entry.replace(/\.part$/, '')).filter((name) => fileName.test(name)))
  if (names.size === 0) return
  const ours = await known([...names])
  for (const name of names) {
    if (ours.has(name)) continue
    const path = exportPath(dataDir, name)
    const [whole, part] = await Promise.all([path, `${path}.part`].map((one) => stat(one).catch(() => null)))
    const changed = Math.max(whole?.mtimeMs ?? 0, part?.mtimeMs ?? 0)
    if (now.getTime() - changed > orphanMs) await removeExportFile(dataDir, name)
  }
}
