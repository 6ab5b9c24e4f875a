import { atomic, type Database, type Tx } from '../store/db.ts'

/**
 * Longest time a statement of a report may take, in seconds: where a zone's hours cut those of UTC, a long period is counted
 * call by call.
 */
const patienceSeconds = 30

/** Of one process: invites need the sessions of the database, and its processors, more than reports do. */
const mostAtOnce = 2
const waitingOf = new WeakMap<Database, { running: number; readonly waiting: (() => void)[] }>()

/**
 * Reads several times and sees one moment. A few at once, the others wait their turn. Compiling statements is left out: those of reports
 * are long, are planned anew each time, and run too shortly for it.
 */
export async function inSnapshot<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  const turns = waitingOf.get(db) ?? { running: 0, waiting: [] }
  waitingOf.set(db, turns)
  if (turns.running < mostAtOnce) turns.running += 1
  else await new Promise<void>((resolve) => turns.waiting.push(resolve))
  try {
    return await atomic(db, async (tx) => {
      await tx`set transaction isolation level repeatable read, read only`
      await tx`select set_config('statement_timeout', ${`${patienceSeconds}s`}, true), set_config('jit', 'off', true)`
      return work(tx)
    })
  } finally {
    // The turn is handed on as it is.
    const next = turns.waiting.shift()
    if (next === undefined) turns.running -= 1
    else next()
  }
}
