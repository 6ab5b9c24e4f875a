import type { Channel } from '../domain/channel.ts'
import type { ReportPeriod } from '../domain/report-query.ts'
import type { Database } from '../store/db.ts'
import { overCounted } from './counted-facets.ts'
import { inSnapshot } from './in-snapshot.ts'

/** How often one of a handoff's texts went out, and how many of those were answered. */
export interface VariantCounts {
  readonly channel: Channel
  readonly variant: string
  readonly sent: number
  readonly replied: number
}

/** Counts of a handoff's variants in a period, of what was sent with one. */
export async function variantCounts(
  db: Database,
  { handoffId, ...period }: ReportPeriod & { readonly accountId: string; readonly handoffId: string },
): Promise<readonly VariantCounts[]> {
  const { sql, parameters } = overCounted(
    { ...period, filters: { handoffs: [handoffId] }, offsets: [{ since: period.from.getTime(), shiftMs: 0 }] },
    ['channel', 'variant'],
    () => `
    select channel, variant, sum(times * sent)::float8 as sent, sum(times * timed_replies)::float8 as replied
    from counted where variant is not null and channel is not null
    group by 1, 2 having sum(times * sent) <> 0 order by 1, 2`,
  )
  return inSnapshot(db, (tx) => tx.unsafe<VariantCounts[]>(sql, parameters as never))
}
