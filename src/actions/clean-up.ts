import type { Deps } from '../deps.ts'
import { deleteOldEvents, deleteOldExchanges, deleteOldNonces, deleteOldReceipts } from '../store/clean-up.ts'
import { deleteUnsentFiles } from '../store/files.ts'
import { deleteDeadSessions } from '../store/sessions.ts'

/** Days for which exchanges with providers and status callbacks are kept: the design's "why did this person not get it?". */
const keptDays = 30

/** Nobody sends tomorrow what they attached today. */
const unsentFileHours = 24

/** Removes what has outlived its use, over all brands, in small batches. Safe to repeat and to race. */
export async function cleanUp(deps: Deps): Promise<void> {
  const { db } = deps
  await deleteDeadSessions(db)
  await deleteUnsentFiles(db, unsentFileHours)
  await untilDone(() => deleteOldNonces(db))
  await untilDone(() => deleteOldEvents(db))
  await untilDone(() => deleteOldExchanges(db, keptDays))
  await untilDone(() => deleteOldReceipts(db, keptDays))
}

async function untilDone(deleteSome: () => Promise<boolean>): Promise<void> {
  while (await deleteSome()) {
    // The next batch.
  }
}
