import { type FileHandle, open, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ExportFormat, ExportTask } from '../domain/export.ts'
import type { Database } from '../store/db.ts'
import { ExportFailed } from './export-failed.ts'
import { exportSource } from './export-source.ts'
import type { FileFormat } from './file-format.ts'
import { csvFormat, ndjsonFormat } from './line-format.ts'
import { parquetFormat } from './parquet-format.ts'

/** How far a file has come. */
export interface Written {
  readonly rows: number
  /** Calls, or whatever the rows are made of. */
  readonly lookedAt: number
  /** About how many there are to look at; null: nobody can say. */
  readonly about: number | null
  readonly bytes: number
}

export interface WriteLimits {
  readonly mostBytes: number
  /** Null: any number. */
  readonly mostRows: number | null
}

/** Left free on the disk, which the database lives on as well. */
const keptFreeBytes = 512 * 1024 * 1024

const formats: Readonly<Record<ExportFormat, (columns: Parameters<typeof csvFormat>[0]) => FileFormat>> = {
  csv: csvFormat,
  ndjson: ndjsonFormat,
  parquet: parquetFormat,
}

/**
 * Writes an export to a new file of mode 600, look by look: what is in memory does not grow with the rows.
 * @param onLook is awaited after each look, so that it may hold the writing up; what it throws ends it.
 * @throws ExportFailed when the file grows too large or the disk too full; the half file is left to the caller.
 */
export async function writeExport(
  db: Database,
  task: ExportTask,
  path: string,
  limits: WriteLimits,
  onLook: (written: Written) => Promise<void> = async () => {},
): Promise<Written> {
  const source = await exportSource(db, task)
  const format = formats[task.format](source.columns)
  const file = await open(path, 'wx', 0o600)
  let [rows, lookedAt, bytes] = [0, 0, 0]
  const written = (): Written => ({ rows, lookedAt, bytes, about: source.about })
  const put = async (chunk: Uint8Array) => {
    bytes += chunk.length
    if (bytes > limits.mostBytes) {
      throw new ExportFailed(`The file would be larger than ${Math.round(limits.mostBytes / 1024 ** 2)} MB.`, {
        forGood: true,
      })
    }
    await writeAll(file, chunk)
  }
  try {
    await put(format.head())
    for await (const look of source.looks) {
      rows += look.rows.length
      lookedAt += look.lookedAt
      if (limits.mostRows !== null && rows > limits.mostRows) {
        throw new ExportFailed(`There are more than ${limits.mostRows} rows.`, { forGood: true })
      }
      await put(format.rows(look.rows))
      await demandRoom(path)
      await onLook(written())
    }
    await put(format.foot())
    await file.sync()
  } finally {
    await file.close()
  }
  return written()
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let from = 0; from < chunk.length; ) from += (await file.write(chunk, from)).bytesWritten
}

/** @throws ExportFailed when the disk is nearly full: that is tried again later. */
async function demandRoom(path: string): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(path))
  if (bavail * bsize < keptFreeBytes) throw new ExportFailed('The disk of the server is full.', { forGood: false })
}
