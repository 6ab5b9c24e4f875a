import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { Caller } from '../domain/caller.ts'
import { type ExportWanted, exportSpan, mostWaiting } from '../domain/export.ts'
import { may } from '../domain/policy.ts'
import { Problem } from '../errors.ts'
import { lockAccount } from '../store/accounts.ts'
import { actorOf, recordAudit } from '../store/audit.ts'
import { atomic } from '../store/db.ts'
import { countOpenExports, insertExport } from '../store/exports.ts'

/**
 * Asks for a file of the brand's data, which is made as soon as it is its turn: one at a time for each brand.
 * @returns its id.
 * @throws Problem `forbidden`, `invalid-request`, `too-many-exports`, `not-found`
 */
export async function startExport(
  deps: Deps,
  caller: Caller,
  accountId: string,
  wanted: ExportWanted,
): Promise<{ exportId: string }> {
  demand(caller, 'exports.change')
  const span = exportSpan(wanted, deps.clock.now())
  if (typeof span === 'string') throw new Problem('invalid-request', { details: [span] })
  const { kind, format, query } = wanted
  const masked = !may(caller, 'consumers.read-addresses')
  return atomic(deps.db, async (tx) => {
    // The count must be true: only one at a time is entered.
    if (!(await lockAccount(tx, accountId))) throw new Problem('not-found')
    if ((await countOpenExports(tx, accountId)) >= mostWaiting) throw new Problem('too-many-exports')
    const askedBy = actorOf(caller)
    const exportId = await insertExport(tx, accountId, { kind, format, query, span, masked, askedBy })
    const after = { kind, format, query, from: span.since, to: span.until, masked }
    await recordAudit(tx, accountId, caller, { action: 'export.create', subject: exportId, before: null, after })
    return { exportId }
  })
}
