import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Deps } from '../deps.ts'
import { scheduledFileName } from '../domain/export-schedule.ts'
import { openExportSchedule } from '../store/export-schedules.ts'
import { exportsHolding, forgetExportFile } from '../store/exports.ts'
import { objectName } from './deliver-to-bucket.ts'
import { brandFolder } from './deliver-to-folder.ts'
import { removeExportFile } from './exports-folder.ts'

/** What became of the files that may have told of a person. */
export interface ForgottenInExports {
  /** Files of ours that are gone: in the folder of exports, and in a brand's folder. */
  readonly deleted: number
  /** Names of files in the brand's own buckets, which are theirs to delete. */
  readonly delivered: readonly string[]
}

/**
 * Deletes every file of ours that may hold somebody whose data has just been erased: those of calls and opt-outs whose span
 * of time has a call or a word of theirs. Files are deleted and not rewritten: a Parquet file has no lines to leave out, and
 * whoever needs one asks again. What is being made is begun anew, and then does not find them any more.
 *
 * To be called after the erasing tx has committed. Safe to repeat.
 * @param person.times when they called and opted out or in; null: not known, then every file that may hold anybody goes.
 * @throws the file system's error; what was not deleted is found again by the next try.
 */
export async function forgetInExports(
  deps: Pick<Deps, 'db' | 'cipher' | 'config'>,
  accountId: string,
  person: { readonly times: readonly Date[] | null },
): Promise<ForgottenInExports> {
  const { db, cipher, config } = deps
  let deleted = 0
  const delivered: string[] = []
  for (const one of await exportsHolding(db, accountId, person.times)) {
    const { exportId, scheduleId, since, until, fileName } = one
    if (fileName !== null) {
      await removeExportFile(config.dataDir, fileName)
      deleted += 1
    }
    const schedule = scheduleId === null ? null : await openExportSchedule(db, cipher, accountId, scheduleId)
    if (schedule !== null && (one.delivered || one.written)) {
      const { destination } = schedule.schedule
      const name = scheduledFileName(schedule.schedule, { since, until })
      if (destination.to === 'bucket') {
        if (one.delivered) delivered.push(`s3://${destination.bucket}/${objectName(destination, name)}`)
      } else if (config.exportFolder !== null) {
        await rm(join(await brandFolder(config.exportFolder, accountId, destination.folder), name), { force: true })
        deleted += 1
      }
    }
    await forgetExportFile(db, accountId, exportId)
  }
  return { deleted, delivered }
}
