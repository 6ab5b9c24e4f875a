import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import { masked } from '../domain/masked.ts'
import { may } from '../domain/policy.ts'
import { Problem } from '../errors.ts'
import { type TransactionView, viewTransaction } from '../store/transaction-views.ts'

/**
 * One call's journey: each step with its time, each attempt, and what was said to the provider. Those who never talk to
 * consumers see the end of the number only.
 * @throws Problem `forbidden`, `not-found`
 */
export async function readTransaction(deps: Deps, caller: UserCaller, callId: string): Promise<TransactionView> {
  demand(caller, 'transactions.read')
  const transaction = await viewTransaction(deps.db, caller.accountId, callId)
  if (transaction === null) throw new Problem('not-found')
  if (may(caller, 'consumers.read-addresses')) return transaction
  return { ...transaction, consumerPhone: masked(transaction.consumerPhone) }
}
