import { atomic, type Database, type Tx } from './db.ts'

/** Made every hour and at start: so far ahead, that a table which is read for days does no harm. */
const daysAhead = 3
const monthsAhead = 1

/** Any number will do: of several processes one makes or drops partitions. */
const partitionLock = 7_202_611_222

/**
 * Longest wait for a lock of the whole table, in milliseconds. Whoever comes after it in the queue waits as long, so this is
 * what a caller may lose by it.
 */
export const lockPatienceMs = 100

/** The lock was not to be had: somebody reads the table for long. Try again later. */
export class TableBusy extends Error {}

/**
 * Makes the partitions for the days and months to come, as of `at`; default: now, by the database.
 * @returns the names of those that were missing; none while another process makes them, or while somebody holds a table.
 */
export async function makePartitions(db: Database, at: Date | null = null): Promise<readonly string[]> {
  try {
    return await atomic(db, async (tx) => {
      await holdPartitions(tx)
      const rows = await tx<{ name: string }[]>`
        select name from make_partitions(coalesce(${at}::timestamptz, now()), ${daysAhead}, ${monthsAhead}) as made (name)`
      return rows.map(({ name }) => name)
    })
  } catch (error) {
    if (error instanceof TableBusy || isBusy(error)) return []
    throw error
  }
}

/** The lock that keeps processes apart, and the patience for all others of this tx. @throws TableBusy */
export async function holdPartitions(tx: Tx): Promise<void> {
  const [lock] = await tx<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${partitionLock}) as taken`
  if (lock?.taken !== true) throw new TableBusy()
  await tx.unsafe(`set local lock_timeout = '${lockPatienceMs}ms'`)
}

/** Whether an error is the database's word for a lock that was not to be had in time. */
export const isBusy = (error: unknown): boolean =>
  ['55P03', '40P01'].includes(String((error as { code?: unknown })?.code))
