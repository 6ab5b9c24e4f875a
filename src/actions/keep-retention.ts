import type { Deps } from '../deps.ts'
import { deleteOldConversations, deleteStrayCalls, deleteStrayMessages } from '../store/left-behind.ts'
import { makePartitions } from '../store/partitions.ts'
import { dropPast, type Retention } from '../store/retention.ts'

/** A table that is read for long is tried again after so many seconds. */
const soonSeconds = 300

/**
 * Makes the partitions of the days and months to come, drops those whose time is over, and removes by rows the little that
 * lies in none of them. Safe to repeat and to race.
 * @returns seconds after which it had better run again.
 */
export async function keepRetention(deps: Deps): Promise<number> {
  const { db, log, metrics } = deps
  const retention = retentionOf(deps)
  const made = await makePartitions(db)
  if (made.length > 0) log.info({ made: made.length }, 'partitions were made ahead')
  const { dropped, postponed } = await dropPast(db, retention)
  for (const { kind, since } of dropped) {
    metrics.retentionDropped.inc({ kind })
    log.info({ kind, since: since.toISOString() }, 'data past its retention was dropped')
  }
  metrics.retentionOverdue.set(postponed.length)
  if (postponed.length > 0)
    log.warn({ spans: postponed.length }, 'data past its retention is being read; it is dropped later')
  while (await deleteStrayCalls(db, retention.transactionsMonths)) {
    // The next batch.
  }
  while (await deleteStrayMessages(db, retention.messagesMonths)) {
    // The next batch.
  }
  while (await deleteOldConversations(db, retention.messagesMonths)) {
    // The next batch.
  }
  return postponed.length > 0 ? soonSeconds : Number.POSITIVE_INFINITY
}

/** What the settings of the deployment say. */
export const retentionOf = ({ config }: Pick<Deps, 'config'>): Retention => ({
  transactionsMonths: config.retentionTransactionsMonths,
  messagesMonths: config.retentionMessagesMonths,
  exchangesDays: config.retentionExchangesDays,
})
