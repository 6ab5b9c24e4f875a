import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import { type AnalyticsQuery, type AnalyticsRow, analytics } from '../reports/analytics.ts'

/**
 * What became of the brand's calls, as the compatible API counts.
 * @throws Problem `forbidden`
 */
export async function readAnalytics(
  deps: Deps,
  caller: CredentialCaller,
  query: Omit<AnalyticsQuery, 'accountId'>,
): Promise<readonly AnalyticsRow[]> {
  demand(caller, 'reports.read')
  return analytics(deps.db, { ...query, accountId: caller.accountId })
}
