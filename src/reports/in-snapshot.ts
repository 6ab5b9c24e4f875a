import { atomic, type Database, type Tx } from '../store/db.ts'

/**
 * Longest time a statement of a report may take, in seconds: where a zone's hours cut those of UTC, a long period is counted
 * call by call.
 */
const patienceSeconds = 30

/**
 * Reads several times and sees one moment. Compiling statements is left out: those of reports are long, are planned anew each
 * time, and run too shortly for it.
 */
export function inSnapshot<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return atomic(db, async (tx) => {
    await tx`set transaction isolation level repeatable read, read only`
    await tx`select set_config('statement_timeout', ${`${patienceSeconds}s`}, true), set_config('jit', 'off', true)`
    return work(tx)
  })
}
