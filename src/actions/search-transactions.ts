import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { masked } from '../domain/masked.ts'
import { parsePhone } from '../domain/phone.ts'
import { may } from '../domain/policy.ts'
import { Problem } from '../errors.ts'
import { searchTransactions as search, type TransactionPlace } from '../store/transaction-search.ts'

export interface TransactionSearch {
  /** As a person types it, in the international form; null: anybody's. */
  readonly phone: string | null
  readonly callId: string | null
  /** Null: 30 days before `to`. */
  readonly from: Date | null
  /** Null: now. */
  readonly to: Date | null
}

const usualSpanMs = 30 * 24 * 3_600_000

/**
 * Calls of the brand, newest first, found by the consumer's whole number, the call's id, or time. Those who never talk to
 * consumers see the end of a number only, and find it all the same when they know it.
 * @throws Problem `forbidden`, `invalid-phone`, `invalid-request`
 */
export async function searchTransactions(
  deps: Deps,
  caller: UserCaller,
  wanted: TransactionSearch,
  page: { readonly after: TransactionPlace | null; readonly limit: number },
) {
  demand(caller, 'transactions.read')
  const phone = wanted.phone === null ? null : parsePhone(wanted.phone.replace(/[\s().-]/g, ''))
  if (wanted.phone !== null && phone === null) throw new Problem('invalid-phone')
  // A call is stored with the time of the process that took it: its clock may be ahead of this one's by a little.
  const to = wanted.to ?? new Date(deps.clock.now().getTime() + 60_000)
  const from = wanted.from ?? new Date(to.getTime() - usualSpanMs)
  if (from > to) throw new Problem('invalid-request', { details: ['`from` must not be after `to`.'] })
  const found = await search(deps.db, caller.accountId, { phone, callId: wanted.callId, from, to }, page)
  if (may(caller, 'consumers.read-addresses')) return found
  const hidden = found.transactions.map((one) => ({ ...one, consumerPhone: masked(one.consumerPhone) }))
  return { ...found, transactions: hidden }
}
