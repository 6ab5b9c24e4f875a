import type { Channel } from '../domain/channel.ts'
import type { ReportPeriod } from '../domain/report-query.ts'
import type { DbOrTx } from '../store/db.ts'
import { readSql } from './read-sql.ts'

/** One stop, or its end. */
export interface OptOutEntry {
  readonly entryId: string
  /** When it was recorded. */
  readonly at: Date
  /** When it was said, by the provider's clock; null: no provider said when. */
  readonly saidAt: Date | null
  readonly address: string
  /** `*`: every channel. */
  readonly channel: Channel | '*'
  /** True: messages may be sent again. */
  readonly resumed: boolean
  /** keyword, provider, provider-refusal, agent or api. */
  readonly source: string
  /** What the consumer said, or who recorded it and why. */
  readonly evidence: string | null
  /** To which sender it was said. */
  readonly senderId: string | null
  readonly senderTitle: string | null
}

/** Where a page ends: the last entry's time, to the microsecond as the database writes it, and its id. */
export interface OptOutEntryPlace {
  readonly at: string
  readonly entryId: string
}

const statement = readSql('opt-out-entries.sql')

/** One page of a period, the newest first. */
export async function optOutEntries(
  db: DbOrTx,
  query: ReportPeriod & { readonly accountId: string },
  page: { readonly after: OptOutEntryPlace | null; readonly limit: number },
): Promise<{ readonly entries: readonly OptOutEntry[]; readonly next: OptOutEntryPlace | null }> {
  const { accountId, from, to } = query
  const { after, limit } = page
  const rows = await db.unsafe<(OptOutEntry & { place: string })[]>(
    statement,
    [accountId, from, to, after?.at ?? null, after?.entryId ?? null, limit + 1] as never,
    { prepare: true },
  )
  const last = rows[limit - 1]
  return {
    entries: rows.slice(0, limit).map(({ place: _place, ...entry }) => entry),
    next: rows.length > limit && last !== undefined ? { at: last.place, entryId: last.entryId } : null,
  }
}
