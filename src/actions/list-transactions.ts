import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import {
  type ReportedTransaction,
  type ReportPlace,
  type TransactionsQuery,
  transactionsAfter,
  transactionsAt,
  transactionsNamed,
} from '../reports/transactions.ts'

export interface TransactionsWanted extends Omit<TransactionsQuery, 'accountId'> {
  /** Null: not by their ids. */
  readonly callIds: readonly string[] | null
}

export interface TransactionsPage {
  readonly transactions: readonly ReportedTransaction[]
  /** Null: this is the last page. */
  readonly next: ReportPlace | null
  /** Null: not counted. */
  readonly total: number | null
}

/**
 * A page of the brand's calls in the order of their time: after the last one seen, or from an offset on.
 * @throws Problem `forbidden`
 */
export async function listTransactions(
  deps: Deps,
  caller: CredentialCaller,
  wanted: TransactionsWanted,
  page: { readonly limit: number } & ({ readonly after: ReportPlace | null } | { readonly offset: number }),
): Promise<TransactionsPage> {
  demand(caller, 'transactions.read')
  const { callIds, ...rest } = wanted
  const query = { ...rest, accountId: caller.accountId }
  if (callIds !== null) {
    const named = await transactionsNamed(deps.db, query, callIds)
    const offset = 'offset' in page ? page.offset : 0
    return { transactions: named.slice(offset, offset + page.limit), next: null, total: named.length }
  }
  if ('after' in page) {
    const found = await transactionsAfter(deps.db, query, page.after, page.limit)
    return { ...found, total: null }
  }
  const found = await transactionsAt(deps.db, query, page.offset, page.limit)
  return { ...found, next: null }
}
