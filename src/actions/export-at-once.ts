import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { type ExportWanted, exportFileName, exportSpan, rowsAtOnce } from '../domain/export.ts'
import { may } from '../domain/policy.ts'
import { Problem } from '../errors.ts'
import { ExportFailed } from '../exports/export-failed.ts'
import { exportsFolder, type FetchedExport, newFileName, openExportFile } from '../exports/exports-folder.ts'
import { writeInThread } from '../exports/write-in-thread.ts'
import { recordAudit } from '../store/audit.ts'

const megabyte = 1024 * 1024
/** Enough for so many rows of whatever texts. */
const mostBytes = 64 * megabyte
/** Requests that may be answered so at once: each has a thread. */
const mostAtOnce = 2
const longestMs = 30_000

let underWay = 0

/**
 * A small file, made while the caller waits. Nothing of it stays on the disk.
 * @throws Problem `forbidden`, `invalid-request`, `too-large` beyond so many rows, `unavailable`
 */
export async function exportAtOnce(
  deps: Deps,
  caller: Caller,
  accountId: string,
  wanted: ExportWanted,
): Promise<FetchedExport> {
  demand(caller, 'exports.change')
  const span = exportSpan(wanted, deps.clock.now())
  if (typeof span === 'string') throw new Problem('invalid-request', { details: [span] })
  if (underWay >= mostAtOnce) throw new Problem('unavailable', { headers: { 'retry-after': '2' } })
  const { kind, format, query } = wanted
  const masked = !may(caller, 'consumers.read-addresses')
  const name = newFileName()
  const path = join(await exportsFolder(deps.config.dataDir), name)
  underWay += 1
  try {
    const task = { accountId, kind, format, query, span, masked }
    const limits = { mostBytes, mostRows: rowsAtOnce }
    const target = deps.databaseTarget
    const { rows } = await writeInThread({ target, task, path, limits }, AbortSignal.timeout(longestMs))
    const opened = await openExportFile(deps.config.dataDir, name)
    const after = { kind, format, query, from: span.since, to: span.until, masked, rows }
    await recordAudit(deps.db, accountId, caller, { action: 'export.at-once', subject: kind, before: null, after })
    return { ...opened!, name: exportFileName(kind, format, span), format }
  } catch (error) {
    if (error instanceof ExportFailed && !error.forGood) throw new Problem('unavailable', { details: [error.message] })
    if (error instanceof ExportFailed) {
      throw new Problem('too-large', { details: [error.message, 'Ask for an export, and fetch it when it is done.'] })
    }
    if ((error as Error).name === 'TimeoutError') throw new Problem('unavailable')
    throw error
  } finally {
    underWay -= 1
    // What is open can be read to its end.
    await rm(path, { force: true })
  }
}
