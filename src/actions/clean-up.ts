import type { Deps } from '../deps.ts'
import { webhookKeptDays } from '../domain/webhook.ts'
import { removeExportFile, sweepExportFiles } from '../exports/exports-folder.ts'
import { deleteOldEvents, deleteOldExchanges, deleteOldNonces, deleteOldReceipts } from '../store/clean-up.ts'
import { expireExports, knownFiles } from '../store/exports.ts'
import { deleteUnsentFiles } from '../store/files.ts'
import { deleteOldReachability, deleteOldSimulatorMessages } from '../store/left-behind.ts'
import { deleteDeadSessions } from '../store/sessions.ts'
import { deleteOldWebhooks } from '../store/webhook-events.ts'

/** Days for which the sandbox's phones show what they got. */
const simulatorDays = 30

/** Days for which the list of exports says what there was. */
const exportRowDays = 90

/** Nobody sends tomorrow what they attached today. */
const unsentFileHours = 24

/** Removes what has outlived its use, over all brands, in small batches. Safe to repeat and to race. */
export async function cleanUp(deps: Deps): Promise<void> {
  const { db } = deps
  const keptDays = deps.config.retentionExchangesDays
  await deleteDeadSessions(db)
  await deleteUnsentFiles(db, unsentFileHours)
  await removeOldExports(deps)
  await untilDone(() => deleteOldNonces(db))
  await untilDone(() => deleteOldEvents(db))
  await untilDone(() => deleteOldExchanges(db, keptDays))
  await untilDone(() => deleteOldReceipts(db, keptDays))
  await untilDone(() => deleteOldReachability(db))
  await untilDone(() => deleteOldSimulatorMessages(db, simulatorDays))
  await untilDone(() => deleteOldWebhooks(db, webhookKeptDays))
}

/** Files whose time is over, what processes that died have left on this machine, and rows that nobody looks for any more. */
async function removeOldExports({ db, config, clock }: Deps): Promise<void> {
  for (const name of await expireExports(db, exportRowDays)) await removeExportFile(config.dataDir, name)
  await sweepExportFiles(config.dataDir, clock.now(), (names) => knownFiles(db, names))
}

async function untilDone(deleteSome: () => Promise<boolean>): Promise<void> {
  while (await deleteSome()) {
    // The next batch.
  }
}
