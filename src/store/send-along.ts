import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'
import { sqlState } from './sql-state.ts'

/** In a tx that failed every statement that comes after is refused: this is never why it failed. */
const alreadyFailed = '25P02'

const along = new WeakMap<object, Promise<unknown>[]>()

/** Begins to keep what is sent along in a tx; `txSessions` does it for each. */
export function keepAlong(tx: DbOrTx): void {
  along.set(tx, [])
}

/**
 * Gives a statement whose answer decides nothing without waiting for it: what the tx says next travels with it, in one
 * write instead of two, and sees what it did. A write that wakes the database costs 100 µs of this process, and a round
 * trip several times that. If it fails, the tx fails, or the savepoint in which it was given, with its error.
 * Outside a database transaction it is run and waited for.
 */
export async function sendAlong(tx: DbOrTx, statement: () => Statement): Promise<void> {
  const own = along.get(tx)
  if (own === undefined) {
    await statement()
    return
  }
  const given = statement().execute()
  given.catch(() => {})
  own.push(given)
}

/** How many were sent along so far: where a savepoint begins. */
export const countAlong = (tx: DbOrTx): number => along.get(tx)?.length ?? 0

/** What was sent along in this tx, and is still to be answered. */
export const sentAlong = (tx: DbOrTx): readonly Promise<unknown>[] => along.get(tx) ?? []

/**
 * Why a tx, or its savepoint, failed: a statement that was sent along from place `from` on may have failed before the one
 * whose `error` came out. Those are settled then, and forgotten.
 */
export async function causeOf(tx: DbOrTx, error: unknown, from = 0): Promise<unknown> {
  const outcomes = await Promise.allSettled(along.get(tx)?.splice(from) ?? [])
  return rootOf([...outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])), error])
}

/** Of errors of one tx, in the order of their statements, the one that is not another's consequence. */
export const rootOf = (errors: readonly unknown[]): unknown =>
  errors.find((error) => sqlState(error) !== alreadyFailed) ?? errors[0]
