import type { ExportColumn, ExportRow, ExportSpan } from '../domain/export.ts'
import { masked } from '../domain/masked.ts'
import type { DbOrTx } from './db.ts'

/** Words of one statement. */
const wordsOfOneLook = 1_000
/** Beyond it nobody needs to know how many there are. */
const mostCounted = 1_000_000

/** What a file tells of each time that somebody opted out, or in again. */
export const optOutColumns = [
  { name: 'at', type: 'time' },
  { name: 'consumer', type: 'text' },
  { name: 'channel', type: 'text' },
  { name: 'opted', type: 'text' },
  { name: 'source', type: 'text' },
  { name: 'evidence', type: 'text' },
  { name: 'sender', type: 'text' },
  { name: 'said_at', type: 'time' },
] as const satisfies readonly ExportColumn[]

/**
 * Who opted out or in again in a span of time, when, by which word, on which channel: in the order of their time, look by
 * look.
 */
export async function* exportedOptOuts(
  db: DbOrTx,
  accountId: string,
  { since, until }: ExportSpan,
  hidden: boolean,
): AsyncGenerator<{ readonly rows: readonly ExportRow[]; readonly lookedAt: number }> {
  let after: { at: string; entryId: string } | null = null
  while (true) {
    const place: { at: string; entryId: string } | null = after
    const found: readonly (ExportRow & { place: string; entry_id: string })[] = await db<
      (ExportRow & { place: string; entry_id: string })[]
    >`
      select h.at::text as place, h.entry_id, h.at, h.address as consumer, h.channel,
        case when h.resumed then 'in' else 'out' end as opted, h.source, h.evidence, senders.address as sender, h.said_at
      from opt_out_history h left join senders using (account_id, sender_id)
      where h.account_id = ${accountId} and h.at >= ${since} and h.at < ${until}
        ${place === null ? db`` : db`and (h.at, h.entry_id) > (${place.at}::timestamptz, ${place.entryId}::uuid)`}
      order by h.at, h.entry_id limit ${wordsOfOneLook}`
    const last = found.at(-1)
    if (last === undefined) return
    yield { rows: found.map((row) => (hidden ? hiddenRow(row) : row)), lookedAt: found.length }
    if (found.length < wordsOfOneLook) return
    after = { at: last.place, entryId: last.entry_id }
  }
}

/** Evidence says who recorded it and how, and may repeat what the consumer said. */
const hiddenRow = (row: ExportRow): ExportRow => ({ ...row, consumer: masked(String(row.consumer)), evidence: null })

export async function countOptOuts(db: DbOrTx, accountId: string, { since, until }: ExportSpan): Promise<number> {
  const [row] = await db<{ words: number }[]>`
    select count(*)::int as words from (
      select from opt_out_history where account_id = ${accountId} and at >= ${since} and at < ${until}
      limit ${mostCounted}) counted`
  return row!.words
}
