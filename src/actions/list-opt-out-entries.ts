import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { masked } from '../domain/masked.ts'
import { may } from '../domain/policy.ts'
import { periodFaults, type ReportPeriod } from '../domain/report-query.ts'
import { Problem } from '../errors.ts'
import { type OptOutEntry, type OptOutEntryPlace, optOutEntries } from '../reports/opt-out-entries.ts'

/**
 * Who stopped and who came back, when, by which word and on which channel. Those who never talk to consumers see the end
 * of an address only, and of evidence nothing but a keyword: the rest says who recorded it, or what the consumer said.
 * @throws Problem `forbidden`, `invalid-request`
 */
export async function listOptOutEntries(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  period: ReportPeriod,
  page: { readonly after: OptOutEntryPlace | null; readonly limit: number },
): Promise<{ readonly entries: readonly OptOutEntry[]; readonly next: OptOutEntryPlace | null }> {
  demand(caller, 'opt-outs.read')
  const faults = periodFaults(period, '', [])
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  const found = await optOutEntries(deps.db, { ...period, accountId: caller.accountId }, page)
  if (may(caller, 'consumers.read-addresses')) return found
  const entries = found.entries.map((entry) => ({
    ...entry,
    address: masked(entry.address),
    evidence: entry.source === 'keyword' ? entry.evidence : null,
  }))
  return { ...found, entries }
}
