import type { Deps } from '../deps.ts'
import { scheduledFileName } from '../domain/export-schedule.ts'
import { openExportSchedule } from '../store/export-schedules.ts'
import type { StoredExport } from '../store/exports.ts'
import { deliverToBucket } from './deliver-to-bucket.ts'
import { brandFolder, deliverToFolder } from './deliver-to-folder.ts'
import { ExportFailed } from './export-failed.ts'

/**
 * Puts a written file where its schedule wants it, under the name of its period: done twice, there is still one file.
 * @throws ExportFailed; the signal's reason.
 */
export async function deliverExport(deps: Deps, one: StoredExport, path: string, signal: AbortSignal): Promise<void> {
  const { accountId, scheduleId, since, until } = one
  const found = scheduleId === null ? null : await openExportSchedule(deps.db, deps.cipher, accountId, scheduleId)
  if (found === null)
    throw new ExportFailed('Its schedule was deleted before the file was delivered.', { forGood: true })
  const { schedule, secret } = found
  const name = scheduledFileName(schedule, { since, until })
  if (schedule.destination.to === 'folder') {
    const { exportFolder } = deps.config
    if (exportFolder === null) throw new ExportFailed('This deployment has no folder for exports.', { forGood: false })
    const folder = await brandFolder(exportFolder, accountId, schedule.destination.folder)
    return deliverToFolder(folder, name, path, signal)
  }
  if (secret === null) throw new ExportFailed('The secret of the bucket’s access key is missing.', { forGood: false })
  const way = {
    bucket: schedule.destination,
    secretAccessKey: secret,
    http: deps.bucketOutbound([secret]),
    now: () => deps.clock.now(),
  }
  await deliverToBucket(way, name, path, signal)
}
