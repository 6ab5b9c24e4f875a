import { rename, rm } from 'node:fs/promises'
import type { Deps } from '../deps.ts'
import { deliverExport } from '../exports/deliver-export.ts'
import { ExportFailed } from '../exports/export-failed.ts'
import { exportPath, exportsFolder, hasExportFile, newFileName, removeExportFile } from '../exports/exports-folder.ts'
import type { Written } from '../exports/write-export.ts'
import { writeInThread } from '../exports/write-in-thread.ts'
import {
  beatExport,
  type ClaimedExport,
  claimExport,
  type ExportClaim,
  failExport,
  finishExport,
  giveBackExport,
  noteWritten,
} from '../store/export-claims.ts'
import { knownFiles } from '../store/exports.ts'

const beatMs = 2_000
const unforeseen = 'Something went wrong on the server.'

/** The claim was taken away: cancelled, or this process was silent for too long. */
class ClaimLost extends Error {}

/**
 * Makes the export whose turn it is, of any brand, and delivers it where its schedule says. Every step may be repeated: what
 * was not written whole is written anew, and a delivered file takes the place of an earlier one.
 * @param stopping the process stops: what is under way is given back.
 * @returns seconds after which it had better be asked again.
 */
export async function runExports(deps: Deps, stopping: AbortSignal): Promise<number> {
  const claimed = stopping.aborted ? null : await claimExport(deps.db, deps.processId, newFileName())
  if (claimed === null) return idleSeconds
  await runOne(deps, claimed, stopping)
  return 0
}

const idleSeconds = 2

async function runOne(deps: Deps, claimed: ClaimedExport, stopping: AbortSignal): Promise<void> {
  const { db, config, log } = deps
  const { accountId, exportId, tries, fileName } = claimed
  const claim: ExportClaim = { accountId, exportId, tries, processId: deps.processId }
  const lost = new AbortController()
  const signal = AbortSignal.any([stopping, lost.signal])
  let progress: Written = claimed
  const demandClaim = (held: boolean) => {
    if (!held) throw new ClaimLost()
  }
  const beat = setInterval(() => {
    beatExport(db, claim, progress).then(
      (held) => held || lost.abort(new ClaimLost()),
      (error) => log.warn({ err: error, exportId }, 'an export could not say that it lives'),
    )
  }, beatMs)
  try {
    await exportsFolder(config.dataDir)
    if (claimed.leftBehind !== null) await removeExportFile(config.dataDir, claimed.leftBehind)
    const path = exportPath(config.dataDir, fileName)
    if (!claimed.written || !(await hasExportFile(config.dataDir, fileName))) {
      const { kind, format, query, masked, since, until } = claimed
      const task = { accountId, kind, format, query, masked, span: { since, until } }
      const limits = { mostBytes: config.exportMaxMb * 1024 * 1024, mostRows: null }
      const work = { target: deps.databaseTarget, task, path: `${path}.part`, limits }
      await rm(work.path, { force: true })
      progress = await writeInThread(work, signal, (written) => {
        progress = written
      })
      await rename(work.path, path)
      demandClaim((await beatExport(db, claim, progress)) && (await noteWritten(db, claim)))
    }
    const delivered = claimed.scheduleId !== null
    if (delivered) await deliverExport(deps, claimed, path, signal)
    demandClaim(await finishExport(db, claim, { delivered, keptHours: config.exportKeptHours }))
    log.info({ exportId, rows: progress.rows, bytes: progress.bytes, tries }, 'an export is done')
  } catch (error) {
    await endBadly(deps, claimed, claim, lost.signal.aborted ? new ClaimLost() : error, stopping.aborted)
  } finally {
    clearInterval(beat)
  }
}

async function endBadly(
  { db, config, log }: Deps,
  { exportId, fileName }: ClaimedExport,
  claim: ExportClaim,
  error: unknown,
  stopping: boolean,
): Promise<void> {
  await rm(`${exportPath(config.dataDir, fileName)}.part`, { force: true })
  if (error instanceof ClaimLost) {
    // Written whole, it may be what the other process delivers.
    if (!(await knownFiles(db, [fileName])).has(fileName)) await removeExportFile(config.dataDir, fileName)
    log.info({ exportId }, 'an export was cancelled, or is made by another process')
    return
  }
  if (stopping) return giveBackExport(db, claim)
  const known = error instanceof ExportFailed
  if (!known) log.error({ err: error, exportId, tries: claim.tries }, 'an export failed')
  const keptHours = config.exportKeptHours
  await failExport(db, claim, {
    failure: known ? error.message : unforeseen,
    forGood: known && error.forGood,
    keptHours,
  })
  if (known) log.warn({ exportId, tries: claim.tries, reason: error.message }, 'an export came to nothing')
}
