import type { Statement } from './closing-statements.ts'
import type { Database, Tx } from './db.ts'
import { causeOf, countAlong, keepAlong, rootOf, sentAlong } from './send-along.ts'

/** Connections for database transactions, one each. */
export interface TxSessions {
  /** @param planOnce each statement is planned once a connection, see `plannedOnce` of `db.ts`. */
  run<T>(work: (tx: Tx) => Promise<T>, close?: (tx: Tx) => Closing, planOnce?: boolean): Promise<T>
  end(): Promise<void>
}

/** Statements that end the work: they are sent together with the COMMIT. */
export interface Closing {
  readonly before: readonly Statement[]
  /** After the COMMIT, each a tx of its own, and part of the work's success. */
  readonly after: readonly Statement[]
  /**
   * Called when the COMMIT has been given: `read` gives statements right behind it on its connection, without waiting for its
   * answer, each planned once. They see what it changes, unless it fails; their own failure is theirs alone.
   */
  onGiven?(read: ReadBehind): void
  /** Called once the COMMIT has succeeded, while what comes after it is still under way. */
  onCommit?(): void
}

export type ReadBehind = <T>(statements: (db: Database) => Promise<T>) => Promise<T>

/** `admin_shutdown`, `crash_shutdown`, `cannot_connect_now` (PostgreSQL, appendix A). */
const lastWords: ReadonlySet<string> = new Set(['57P01', '57P02', '57P03'])

/** A backend's last words, or the socket's, come before the driver says that the connection has closed: nobody else may be given it. */
function heed(error: unknown, session: Session): void {
  const { code = '', errno } = error as NodeJS.ErrnoException
  if (lastWords.has(code) || errno !== undefined) session.lost = true
}

const nothing: Closing = { before: [], after: [] }

interface Session {
  readonly sql: Database
  lost: boolean
  /** It has had a database transaction before: its connection stands. */
  used: boolean
  /** Ends the database transaction under way at once; a statement that would never settle must not keep its caller waiting. */
  onLost: ((error: Error) => void) | null
}

/**
 * Database transactions on connections of their own, because the driver's `begin` does not survive the loss of its
 * backend: it learns of a close only after its first statement was given, and waits for ever when the backend dies
 * between (measured: 1 in 10 to 1 in 90 kills, `tx-sessions.test.ts`). Here the loss itself ends the work.
 * @param open makes a pool of exactly one connection, and calls `onLost` when that connection closes.
 */
export function txSessions(open: (onLost: () => void) => Database, most: number): TxSessions {
  const idle: Session[] = []
  const waiting: ((session: Session) => void)[] = []
  let count = 0
  let ended = false

  const make = (): Session => {
    count += 1
    const session: Session = {
      sql: open(() => {
        session.lost = true
        session.onLost?.(
          Object.assign(new Error('The connection to the database was lost.'), { code: 'CONNECTION_CLOSED' }),
        )
      }),
      lost: false,
      used: false,
      onLost: null,
    }
    return session
  }

  const drop = (session: Session) => {
    count -= 1
    void session.sql.end({ timeout: 0 }).catch(() => {})
  }

  const take = (): Session | Promise<Session> => {
    for (let session = idle.pop(); session !== undefined; session = idle.pop()) {
      if (!session.lost) return session
      drop(session)
    }
    return count < most ? make() : new Promise((resolve) => waiting.push(resolve))
  }

  const giveBack = (session: Session) => {
    session.onLost = null
    let next = session
    if (session.lost) {
      drop(session)
      if (waiting.length === 0) return
      next = make()
    }
    const waiter = waiting.shift()
    if (waiter !== undefined) waiter(next)
    else if (ended) drop(next)
    else idle.push(next)
  }

  return {
    async run(work, close = () => nothing, planOnce = false) {
      const session = await take()
      const lost = new Promise<never>((_resolve, reject) => {
        session.onLost = reject
      })
      lost.catch(() => {})
      try {
        return await Promise.race([lost, inTx(session, lost, work, close, planOnce)])
      } catch (error) {
        heed(error, session)
        throw error
      } finally {
        giveBack(session)
      }
    },
    async end() {
      ended = true
      await Promise.all(idle.splice(0).map((session) => session.sql.end({ timeout: 1 })))
    },
  }
}

async function inTx<T>(
  session: Session,
  lost: Promise<never>,
  work: (tx: Tx) => Promise<T>,
  close: (tx: Tx) => Closing,
  planOnce: boolean,
): Promise<T> {
  // Given without waiting in between, they travel together.
  const begun = Promise.all(
    [session.sql`begin`, ...(planOnce ? [session.sql`set local plan_cache_mode = force_generic_plan`] : [])].map(
      (statement) => statement.execute(),
    ),
  )
  // Refused: the connection closes in a moment, and whoever waits for a session must not be given this one.
  begun.catch(() => {
    session.lost = true
  })
  // A first one must wait: if it fails to connect, the driver connects again for the next statement, which would run outside.
  if (!session.used) await begun
  session.used = true
  const tx = txOf(session)
  keepAlong(tx)
  let result: T
  let closing: Closing
  try {
    ;[, result] = await Promise.all([begun, work(tx)])
    closing = close(tx)
  } catch (error) {
    const cause = await Promise.race([lost, causeOf(tx, error)])
    if (!session.lost) await session.sql`rollback`
    throw cause
  }
  // When one of these fails, PostgreSQL refuses those after it, and answers the COMMIT of a failed database transaction with
  // ROLLBACK and no error.
  const before = closing.before.map((statement) => statement.execute())
  const commit = session.sql`commit`.execute().then(({ command }) => {
    if (command !== 'COMMIT') throw new Error('A statement of this database transaction failed and was not noticed.')
    closing.onCommit?.()
  })
  const reads: Promise<unknown>[] = []
  closing.onGiven?.((statements) => {
    const planned = session.sql`set plan_cache_mode = force_generic_plan`.execute()
    const reading = Promise.race([lost, Promise.all([statements(session.sql), planned])]).then(([what]) => what)
    reads.push(reading)
    return reading
  })
  // The driver gives a statement that is awaited some turns later than one that is executed; what must wait for the disk goes last.
  if (reads.length > 0) await new Promise((resolve) => setImmediate(resolve))
  const given = [...sentAlong(tx), ...before, commit, ...closing.after.map((statement) => statement.execute())]
  const refusals = (await Promise.allSettled(given)).flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
  if (reads.length > 0) {
    for (const read of await Promise.allSettled(reads)) if (read.status === 'rejected') heed(read.reason, session)
    if (!session.lost) session.sql`reset plan_cache_mode`.execute().catch(() => {})
  }
  if (refusals.length > 0) throw rootOf(refusals)
  return result
}

/** The session as `work` sees it: after its connection is lost nothing more is given, since it would run outside. */
function txOf(session: Session): Tx {
  const guard = () => {
    if (session.lost)
      throw Object.assign(new Error('The connection to the database was lost.'), { code: 'CONNECTION_CLOSED' })
  }
  let savepoints = 0
  /** Runs `work` so that its failure takes only itself down; the rest of the database transaction goes on. */
  const savepoint = async <T>(work: (tx: Tx) => Promise<T>): Promise<T> => {
    savepoints += 1
    const name = `s${savepoints}`
    await session.sql.unsafe(`savepoint ${name}`)
    const alongBefore = countAlong(tx)
    try {
      const result = await work(tx)
      await session.sql.unsafe(`release savepoint ${name}`)
      return result
    } catch (error) {
      guard()
      const cause = await causeOf(tx, error, alongBefore)
      guard()
      await session.sql.unsafe(`rollback to savepoint ${name}`)
      throw cause
    }
  }
  const tx = new Proxy(session.sql, {
    apply(sql, _self, given: unknown[]) {
      guard()
      return Reflect.apply(sql, undefined, given)
    },
    get(sql, name) {
      if (name === 'savepoint') return savepoint
      if (['begin', 'reserve', 'listen', 'end', 'close'].includes(name as string))
        throw new Error(`tx.${String(name)} has no meaning`)
      if (name === 'unsafe') guard()
      return Reflect.get(sql, name)
    },
  }) as unknown as Tx
  return tx
}
