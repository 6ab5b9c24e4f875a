import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { removeExportFile } from '../exports/exports-folder.ts'
import { recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { discardExport as discard } from '../store/exports.ts'

/**
 * Cancels an export that waits or is being made; takes one that has ended away, with its file.
 * @throws Problem `forbidden`, `not-found`
 */
export async function discardExport(deps: Deps, caller: Caller, accountId: string, exportId: string): Promise<void> {
  demand(caller, 'exports.change')
  const { fileName } = await atomic(deps.db, async (tx) => {
    const discarded = await discard(tx, accountId, exportId)
    if (discarded === null) throw new Problem('not-found')
    const action = discarded.cancelled ? 'export.cancel' : 'export.delete'
    await recordAudit(tx, accountId, caller, { action, subject: exportId, before: null, after: null })
    return discarded
  })
  // A process that is writing it stops within moments and removes what it has written; on this machine nothing is left now.
  if (fileName !== null) await removeExportFile(deps.config.dataDir, fileName)
}
