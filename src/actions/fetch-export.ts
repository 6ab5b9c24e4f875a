import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { exportFileName } from '../domain/export.ts'
import { Problem } from '../errors.ts'
import { type FetchedExport, openExportFile } from '../exports/exports-folder.ts'
import { recordAudit } from '../store/audit.ts'
import { findExport } from '../store/exports.ts'

export type { FetchedExport }

/**
 * Opens the file of an export that is done. One with whole numbers is for those alone who may read them.
 * @throws Problem `forbidden`, `not-found`
 */
export async function fetchExport(
  deps: Deps,
  caller: Caller,
  accountId: string,
  exportId: string,
): Promise<FetchedExport> {
  demand(caller, 'exports.read')
  const found = await findExport(deps.db, accountId, exportId)
  if (found === null) throw new Problem('not-found')
  if (!found.masked) demand(caller, 'consumers.read-addresses')
  if (found.state !== 'done') throw new Problem('not-found', { details: ['The export is not done.'] })
  const opened = found.fileName === null ? null : await openExportFile(deps.config.dataDir, found.fileName)
  if (opened === null) {
    throw new Problem('not-found', { details: ['The file is not kept any more, or is on another server.'] })
  }
  await recordAudit(deps.db, accountId, caller, {
    action: 'export.fetch',
    subject: exportId,
    before: null,
    after: null,
  })
  const span = { since: found.since, until: found.until }
  return { ...opened, name: exportFileName(found.kind, found.format, span), format: found.format }
}
