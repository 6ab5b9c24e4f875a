/** Too much waits already, or the statement did not answer in time: nobody can say what became of the input. */
export class Unanswered extends Error {
  /** Read as "the database is away" by `http/problems.ts`. */
  readonly code = 'UNANSWERED'
}

export interface BatchLimits {
  /** Inputs of one statement. */
  readonly most: number
  /** Milliseconds after which an input is given up, whether it still waits (then it never runs) or is under way; seen within 50 ms. */
  readonly patienceMs: number
  /** Statements under way at once, each on a connection of its own; one when left out. */
  readonly atOnce?: number
}

/** Inputs that may wait; beyond it new ones are refused at once instead of piling up. */
const mostWaiting = 10_000
/** Statements without an answer that are given up for lost, each holding a connection, before new ones wait for them. */
const mostLost = 2
/** How often, in milliseconds, it is seen whether somebody has waited too long. */
export const watchMs = 50

interface Waiter<I, O> {
  readonly input: I
  readonly since: number
  readonly resolve: (output: O) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets concurrent requests share a round trip: inputs of one tick go out in one statement, and while `atOnce` statements
 * are under way the next inputs gather, so that the batch grows with the load and a lonely input waits for nobody.
 * A statement that fails by somebody's data (SQLSTATE 22 and 23) is repeated in halves until the poisoned input fails
 * by itself. Any other error is everybody's.
 * @param run takes inputs and gives as many outputs, in their order; one statement, so that a failure leaves nothing.
 * @returns a function whose promise is rejected with `Unanswered` when the database does not answer in time; its second
 * argument is the part of the patience, in milliseconds, that is used up already.
 */
export function batch<I, O>(
  run: (inputs: readonly I[]) => Promise<readonly O[]>,
  limits: BatchLimits,
): (input: I, elapsedMs?: number) => Promise<O> {
  const waiting: Waiter<I, O>[] = []
  const underWay = new Set<{ readonly waiters: readonly Waiter<I, O>[]; readonly since: number; lost: boolean }>()
  let scheduled = false
  let watch: NodeJS.Timeout | null = null

  const settle = async (waiters: readonly Waiter<I, O>[]): Promise<void> => {
    try {
      const outputs = await run(waiters.map((waiter) => waiter.input))
      for (const [index, waiter] of waiters.entries()) waiter.resolve(outputs[index]!)
    } catch (error) {
      if (waiters.length > 1 && isDataError(error)) {
        const middle = Math.ceil(waiters.length / 2)
        await settle(waiters.slice(0, middle))
        await settle(waiters.slice(middle))
      } else for (const waiter of waiters) waiter.reject(error)
    }
  }

  const atOnce = limits.atOnce ?? 1
  const free = () => {
    let lost = 0
    for (const statement of underWay) if (statement.lost) lost += 1
    return lost <= mostLost && underWay.size - lost < atOnce
  }

  const sendNext = () => {
    scheduled = false
    giveUpWaiting()
    if (waiting.length === 0 || !free()) return
    const statement = { waiters: waiting.splice(0, limits.most), since: performance.now(), lost: false }
    underWay.add(statement)
    void settle(statement.waiters).then(() => {
      underWay.delete(statement)
      sendNext()
    })
    if (waiting.length > 0 && free()) sendNext()
  }

  const giveUpWaiting = () => {
    const overdue = performance.now() - limits.patienceMs
    for (const waiter of waiting.splice(0)) {
      if (waiter.since <= overdue) giveUp(waiter)
      else waiting.push(waiter)
    }
  }

  const giveUp = (waiter: Waiter<I, O>) => waiter.reject(new Unanswered('The database did not answer in time.'))

  const lookAround = () => {
    const overdue = performance.now() - limits.patienceMs
    for (const statement of underWay) {
      for (const waiter of statement.waiters) if (waiter.since <= overdue) giveUp(waiter)
      statement.lost ||= statement.since <= overdue
    }
    sendNext()
    if (waiting.length === 0 && [...underWay].every((statement) => statement.lost)) {
      clearInterval(watch!)
      watch = null
    }
  }

  return (input, elapsedMs = 0) =>
    new Promise<O>((resolve, reject) => {
      if (waiting.length >= mostWaiting) {
        reject(new Unanswered('Too many requests wait for the database.'))
        return
      }
      waiting.push({ input, since: performance.now() - elapsedMs, resolve, reject })
      watch ??= setInterval(lookAround, watchMs)
      if (!scheduled && free()) {
        scheduled = true
        // After the other sockets of this tick were read: their inputs come along.
        setImmediate(sendNext)
      }
    })
}

function isDataError(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^2[23]/.test(code)
}
