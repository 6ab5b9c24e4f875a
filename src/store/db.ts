import type postgres from 'postgres'
import { mendedDriver } from '../mended-driver.ts'
import { keepClosing, leftForCommit } from './closing-statements.ts'
import { announce } from './committed.ts'
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
}

/**
 * Seconds before the next try to connect. The driver's own waits grow to 20 s with every statement that fails meanwhile, so
 * a database that was away for moments was found again much later (measured: 14 s); tries on this machine's scale are cheap.
 */
const reconnectAfter = (failures: number) => (0.5 + Math.random() / 2) * Math.min(0.02 * 2 ** failures, 0.5)

const sessionsOf = new WeakMap<object, TxSessions>()

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
  const endPool = pool.end
  pool.end = async (how) => {
    await Promise.all([sessions.end(), endPool(how)])
  }
  sessionsOf.set(pool, sessions)
  return pool
}

function connect(target: DatabaseTarget, options: PoolOptions & { onLost?: () => void }): Database {
  const common = {
    max: options.max,
    connect_timeout: 5,
    max_lifetime: null,
    backoff: reconnectAfter,
    onnotice: () => {},
    ...(options.onLost === undefined ? {} : { onclose: options.onLost }),
    connection: {
      application_name: options.name,
      TimeZone: 'UTC',
      statement_timeout: options.patienceMs ?? statementTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
      // Partitions make plans look dear that are not: compiling them takes longer than running them.
      jit: 'off',
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
 * Runs `work` in one database transaction. No network call belongs inside: a slow provider would hold the locks.
 * Whatever it touches of what agents see is written down as events with the COMMIT, and announced after it.
 * An error on COMMIT leaves the outcome unknown; whoever calls must be able to read what became of it.
 * @throws whatever `work` throws, after a rollback; an error with code `CONNECTION_CLOSED` when the connection is lost.
 */
export async function atomic<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  let accountIds: readonly string[] = []
  const result = await sessionsOf.get(db)!.run(
    (tx) => {
      noteTouches(tx)
      keepClosing(tx)
      return work(tx)
    },
    (tx) => {
      const events = appendEvents(tx)
      accountIds = events.accountIds
      return [...leftForCommit(tx), ...events.statements]
    },
  )
  if (accountIds.length > 0) announce(db, accountIds)
  return result
}
