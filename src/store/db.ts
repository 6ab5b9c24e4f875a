import postgres from 'postgres'

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

/**
 * Opens the pool. Every session is UTC, ends long statements by itself and frees forgotten locks.
 * @param max connections of this process.
 */
export function openDatabase(target: DatabaseTarget, options: { max: number; name: string }): Database {
  const common = {
    max: options.max,
    connect_timeout: 5,
    idle_timeout: 0,
    max_lifetime: null,
    onnotice: () => {},
    connection: {
      application_name: options.name,
      TimeZone: 'UTC',
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
    },
  }
  return target.url !== undefined
    ? postgres(target.url, common)
    : postgres({
        ...common,
        path: `${target.socketDir}/.s.PGSQL.5432`,
        user: target.user ?? 'c2m',
        database: target.database ?? 'c2m',
      })
}

/**
 * Runs `work` in one database transaction. No network call belongs inside: a slow provider would hold the locks.
 * An error on COMMIT leaves the outcome unknown; whoever calls must be able to read what became of it.
 */
export function atomic<T>(db: Database, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.begin(work) as Promise<T>
}
