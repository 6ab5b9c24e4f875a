import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'

/** What became of the calls of some time. */
export interface DeflectionCounts {
  readonly calls: number
  readonly eligible: number
  readonly invited: number
  readonly sent: number
  readonly delivered: number
  readonly failed: number
  readonly replied: number
}

/** Calls since a time, as a whole and by the channel they were invited on. */
export async function countDeflection(
  db: DbOrTx,
  accountId: string,
  since: Date,
): Promise<{ all: DeflectionCounts; byChannel: readonly (DeflectionCounts & { channel: Channel })[] }> {
  const rows = await db<(DeflectionCounts & { channel: Channel | null; whole: boolean })[]>`
    select channel, grouping(channel) = 1 as whole, count(*)::int as calls,
      count(*) filter (where available_channels <> '{}')::int as eligible,
      count(*) filter (where invited_at is not null)::int as invited,
      count(*) filter (where sent_at is not null)::int as sent,
      count(*) filter (where delivered_at is not null)::int as delivered,
      count(*) filter (where failed_at is not null and delivered_at is null)::int as failed,
      count(*) filter (where replied_at is not null)::int as replied
    from calls where account_id = ${accountId} and attempted_at >= ${since}
    group by grouping sets ((), (channel)) order by channel`
  const none: DeflectionCounts = { calls: 0, eligible: 0, invited: 0, sent: 0, delivered: 0, failed: 0, replied: 0 }
  const counts = ({ whole: _whole, channel: _channel, ...rest }: (typeof rows)[number]): DeflectionCounts => rest
  const all = rows.find(({ whole }) => whole)
  return {
    all: all === undefined ? none : counts(all),
    byChannel: rows.flatMap((row) =>
      row.whole || row.channel === null ? [] : { ...counts(row), channel: row.channel },
    ),
  }
}
