import type { DbOrTx } from './db.ts'

/** The time by the database's clock, which all processes share. */
export async function databaseTime(tx: DbOrTx): Promise<Date> {
  const [clock] = await tx<[{ now: Date }]>`select clock_timestamp() as now`
  return clock.now
}
