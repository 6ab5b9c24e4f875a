import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { periodFaults, type ReportPeriod } from '../domain/report-query.ts'
import { type VariantReport, variantReport } from '../domain/variant-report.ts'
import { variantRows } from '../domain/variant-rows.ts'
import { Problem } from '../errors.ts'
import { variantCounts } from '../reports/variant-counts.ts'

/**
 * How often each text of a handoff was answered, and whether one is better. A handoff that is none of the brand's has no texts.
 * @throws Problem `forbidden`, `invalid-request`
 */
export async function compareVariants(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  { handoffId, from, to }: ReportPeriod & { readonly handoffId: string },
): Promise<VariantReport> {
  demand(caller, 'reports.read')
  const faults = periodFaults({ from, to }, '', [])
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  const { accountId } = caller
  const counts = await variantCounts(deps.db, { accountId, from, to, handoffId })
  const config = await deps.accounts.get(accountId)
  return variantReport(variantRows(config?.handoffs.get(handoffId), config?.templates ?? new Map(), counts))
}
