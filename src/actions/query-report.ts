import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { periodFaults, type ReportQuery } from '../domain/report-query.ts'
import { isTimeZone } from '../domain/time-zone.ts'
import { Problem } from '../errors.ts'
import { type Report, report } from '../reports/report.ts'

/** More are no table and no chart: a file is made by an export. */
export const mostReportRows = 2_000

/**
 * What became of the brand's calls, told apart as asked, as of this moment.
 * @throws Problem `forbidden`, `invalid-request`
 */
export async function queryReport(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  query: Omit<ReportQuery, 'accountId'>,
): Promise<Report> {
  demand(caller, 'reports.read')
  const faults = reportFaults(query)
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  return report(deps.db, { ...query, accountId: caller.accountId }, mostReportRows)
}

function reportFaults({ from, to, compareWith, groupBy, timeZone }: Omit<ReportQuery, 'accountId'>): readonly string[] {
  return [
    ...periodFaults({ from, to }, '', groupBy),
    ...(compareWith === null ? [] : periodFaults(compareWith, 'compareWith.', groupBy)),
    ...(isTimeZone(timeZone) ? [] : ['`timeZone` must be an IANA name, such as Europe/London.']),
  ]
}
