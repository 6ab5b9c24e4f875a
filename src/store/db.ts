import type postgres from 'postgres'
import { mendedDriver } from '../mended-driver.ts'
import { arrayTypes } from './array-types.ts'
import { keepClosing, leftForCommit } from './closing-statements.ts'
import { announce, announceGiven } from './committed.ts'
import { appendEvents } from './events.ts'
import { noteTouches } from './touched.ts'
import { type TxSessions, txSessions } from './tx-sessions.ts'

/** The pool. */
export type Database = postgres.Sql
/** A database transaction; `transaction` alone is the domain's word for the journey of a call. */
export type Tx = postgres.TransactionSql
/** Every store function takes this first, so that any of them can join a larger unit of work. */
export type DbOrTx = postgres.ISql

export interface DatabaseTarget {
  /** `postgres://…`, or the folder of the embedded database's unix socket. */
  readonly url?: string
  readonly socketDir?: string
  readonly user?: string
  readonly database?: string
}

/** Milliseconds after which the server ends a statement: an orphaned backend must die early (reliability DB-03). */
const statementTimeoutMs = 5_000

export interface PoolOptions {
  readonly max: number
  readonly name: string
  /** Milliseconds; what fills a database with millions of rows takes longer than a server may. */
  readonly patienceMs?: number
  /** See `plannedOnce`. */
  readonly planOnce?: boolean
}

/**
 * Seconds before the next try to connect. The driver's own waits grow to 20 s with every statement that fails meanwhile, so
 * a database that was away for moments was found again much later (measured: 14 s); tries on this machine's scale are cheap.
 */
const reconnectAfter = (failures: number) => (0.5 + Math.random() / 2) * Math.min(0.02 * 2 ** failures, 0.5)

const sessionsOf = new WeakMap<object, TxSessions>()
const plannedOnceOf = new WeakMap<object, Database>()
const plannedOnceConnections = 4
const inOrderOf = new WeakMap<object, Database>()

/**
 * Opens the pool. Every session is UTC, ends long statements by itself and frees forgotten locks.
 * @param options.max connections for single statements, and as many again for database transactions, made as needed.
 */
export function openDatabase(target: DatabaseTarget, options: PoolOptions): Database {
  const pool = connect(target, options)
  const sessions = txSessions(
    (onLost) => connect(target, { ...options, max: 1, name: `${options.name} tx`, onLost }),
    options.max,
  )
  const plannedOnce = connect(target, {
    ...{ ...options, planOnce: true, name: `${options.name} planned once` },
    max: Math.min(options.max, plannedOnceConnections),
  })
  const inOrder = connect(target, { ...options, planOnce: true, name: `${options.name} in order`, max: 1 })
  const endPool = pool.end
  pool.end = async (how) => {
    await Promise.all([sessions.end(), plannedOnce.end(how), inOrder.end(how), endPool(how)])
  }
  sessionsOf.set(pool, sessions)
  plannedOnceOf.set(pool, plannedOnce)
  inOrderOf.set(pool, inOrder)
  return pool
}

/**
 * Connections of the pool for what is read again and again by a few ids: each statement is planned once a connection.
 * Elsewhere PostgreSQL plans a statement with a list of ids anew at every call, since it takes ten for granted and finds that
 * one would be cheaper: 5.0 ms to plan the view of a conversation that is then read in 0.5 ms. No place for statements whose
 * conditions may be absent.
 */
export function plannedOnce(db: Database): Database {
  return plannedOnceOf.get(db)!
}

/**
 * One connection, on which statements run in the order in which they were given: one sees at least what those before it saw,
 * without waiting for their answers. Each is planned once, see `plannedOnce`.
 */
export function inOrder(db: Database): Database {
  return inOrderOf.get(db)!
}

/**
 * A time that is given as text stays as it is: the driver's own way cuts it to milliseconds, and a list that is continued
 * after a row's time, which the database knows to the microsecond, tells that row again or leaves its neighbours out.
 */
const timeAsItIs = {
  ...{ to: 1184, from: [1082, 1114, 1184] },
  serialize: (time: Date | string) => (typeof time === 'string' ? time : time.toISOString()),
  parse: (text: string) => new Date(text),
}

function connect(target: DatabaseTarget, options: PoolOptions & { onLost?: () => void }): Database {
  const common = {
    max: options.max,
    connect_timeout: 5,
    max_lifetime: null,
    backoff: reconnectAfter,
    onnotice: () => {},
    // Not asked of the database on each connection: `arrayTypes`.
    fetch_types: false,
    types: { date: timeAsItIs, ...arrayTypes },
    ...(options.onLost === undefined ? {} : { onclose: options.onLost }),
    connection: {
      application_name: options.name,
      TimeZone: 'UTC',
      statement_timeout: options.patienceMs ?? statementTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
      // Partitions make plans look dear that are not: compiling them takes longer than running them.
      jit: 'off',
      ...(options.planOnce === true ? { plan_cache_mode: 'force_generic_plan' } : {}),
    },
  }
  return target.url !== undefined
    ? mendedDriver(target.url, common)
    : mendedDriver({
        ...common,
        path: `${target.socketDir}/.s.PGSQL.5432`,
        user: target.user ?? 'c2m',
        database: target.database ?? 'postgres',
      })
}

/**
 * A COMMIT keeps its locks until the disk has it, and all of one account that bring events would wait for the disk one after
 * the other: 300 replies a second waited 200 ms and more for each other. So such a COMMIT only writes, which frees the locks,
 * and a message in the log of the database, committed right behind it, waits for the disk: what is durable there is durable
 * up to there. Many wait together, for one write. Until then whoever asked for it is not told that it succeeded; but pages that
 * follow the account are woken at once, since reading what they then show takes as long as the disk (ADR 7).
 */
const visibleBeforeDurable = (tx: Tx) => tx`set local synchronous_commit = off`
const durable = (tx: Tx) => tx`select pg_logical_emit_message(true, 'durable', '')`

/**
 * Runs `work` in one database transaction. No network call belongs inside: a slow provider would hold the locks.
 * Whatever it touches of what agents see is written down as events with the COMMIT, and announced after it.
 * @param options.planOnce see `plannedOnce`.
 * An error on COMMIT leaves the outcome unknown; whoever calls must be able to read what became of it.
 * @throws whatever `work` throws, after a rollback; an error with code `CONNECTION_CLOSED` when the connection is lost.
 */
export async function atomic<T>(
  db: Database,
  work: (tx: Tx) => Promise<T>,
  options: { readonly planOnce?: boolean } = {},
): Promise<T> {
  return sessionsOf.get(db)!.run(
    (tx) => {
      noteTouches(tx)
      keepClosing(tx)
      return work(tx)
    },
    (tx) => {
      const { touched, statements } = appendEvents(tx)
      if (touched.size === 0) return { before: leftForCommit(tx), after: [] }
      return {
        before: [...leftForCommit(tx), ...statements, visibleBeforeDurable(tx)],
        after: [durable(tx)],
        onGiven: (read) => announceGiven(db, touched, read),
        onCommit: () => announce(db, touched),
      }
    },
    options.planOnce,
  )
}
