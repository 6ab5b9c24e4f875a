import type { Deps } from '../deps.ts'
import { failWithoutReceipt } from '../store/missing-receipts.ts'
import { sumUpCalls } from '../store/report-sums.ts'

/** A run ends sooner or later, however many calls come meanwhile; the next goes on. */
const mostBatches = 50

/** Keeps the sums of reports close behind the calls, and counts texts as failed that stay without a receipt. */
export async function sumReports(deps: Deps): Promise<void> {
  for (let more = true, done = 0; more && done < mostBatches; done += 1) more = await failWithoutReceipt(deps.db)
  for (let more = true, done = 0; more && done < mostBatches; done += 1) more = await sumUpCalls(deps.db)
}
