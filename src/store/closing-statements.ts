import type postgres from 'postgres'
import type { DbOrTx } from './db.ts'

export type Statement = postgres.PendingQuery<postgres.Row[]>

const left = new WeakMap<object, (() => Statement)[]>()

/** Begins to keep what a tx leaves for its end; `atomic` does it for each. */
export function keepClosing(tx: DbOrTx): void {
  left.set(tx, [])
}

/**
 * Leaves a statement whose answer decides nothing for the end of the tx: it travels with the COMMIT, in one round trip
 * instead of two. If it fails, the tx fails. A round trip is what a consumer's reply waits for most (0.8 ms at 50 replies
 * a second, of which PostgreSQL works a third).
 * @returns false outside `atomic`: then it must be run at once.
 */
export function leaveForCommit(tx: DbOrTx, statement: () => Statement): boolean {
  const own = left.get(tx)
  own?.push(statement)
  return own !== undefined
}

export function leftForCommit(tx: DbOrTx): readonly Statement[] {
  return (left.get(tx) ?? []).map((statement) => statement())
}
