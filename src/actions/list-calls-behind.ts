import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller, UserCaller } from '../domain/caller.ts'
import { masked } from '../domain/masked.ts'
import { may } from '../domain/policy.ts'
import { periodFaults } from '../domain/report-query.ts'
import { isTimeZone } from '../domain/time-zone.ts'
import { Problem } from '../errors.ts'
import { type CallsBehindQuery, callsBehind } from '../reports/calls-behind.ts'
import type { FoundTransaction, TransactionPlace } from '../store/transaction-search.ts'

/**
 * The calls behind a number of a report, newest first. Those who never talk to consumers see the end of a number only.
 * @throws Problem `forbidden`, `invalid-request`
 */
export async function listCallsBehind(
  deps: Deps,
  caller: UserCaller | CredentialCaller,
  query: Omit<CallsBehindQuery, 'accountId'>,
  page: { readonly after: TransactionPlace | null; readonly limit: number },
): Promise<{ readonly transactions: readonly FoundTransaction[]; readonly next: TransactionPlace | null }> {
  demand(caller, 'transactions.read')
  const faults = [
    ...periodFaults(query, '', []),
    ...(isTimeZone(query.timeZone) ? [] : ['`timeZone` must be an IANA name, such as Europe/London.']),
  ]
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  const found = await callsBehind(deps.db, { ...query, accountId: caller.accountId }, page)
  if (may(caller, 'consumers.read-addresses')) return found
  const hidden = found.transactions.map((one) => ({ ...one, consumerPhone: masked(one.consumerPhone) }))
  return { ...found, transactions: hidden }
}
