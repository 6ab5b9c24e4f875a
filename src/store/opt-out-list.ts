import type { Channel } from '../domain/channel.ts'
import type { DbOrTx } from './db.ts'

/** A consumer's word as it stands. */
export interface OptOut {
  readonly optOutId: string
  readonly address: string
  /** `*` binds every channel. */
  readonly channel: Channel | '*'
  readonly optedOutAt: Date
  readonly source: string
  readonly evidence: string | null
  /** Null while it binds. */
  readonly liftedAt: Date | null
  readonly liftedBy: string | null
}

export interface OptOutQuery {
  /** Part of an address; null: all. */
  readonly contains: string | null
  /** A whole address, when only such may be asked for. */
  readonly address: string | null
  /** What is kept in the place of the whole address that was asked for, if the person was erased. */
  readonly erasedAddress: string | null
  readonly channel: Channel | '*' | null
  readonly state: 'binding' | 'lifted' | 'all'
}

/** Where a page ends: the last one's time, to the microsecond as the database writes it, and its id. */
export interface OptOutPlace {
  readonly at: string
  readonly optOutId: string
}

/** One page, the newest first. */
export async function listOptOuts(
  db: DbOrTx,
  accountId: string,
  query: OptOutQuery,
  page: { readonly after: OptOutPlace | null; readonly limit: number },
): Promise<{ optOuts: readonly OptOut[]; next: OptOutPlace | null }> {
  const { contains, address, erasedAddress, channel, state } = query
  const { after, limit } = page
  const rows = await db<(OptOut & { place: string })[]>`
    select ${columns(db)}, opted_out_at::text as place from opt_outs
    where account_id = ${accountId}
      and (${contains}::text is null or position(lower(${contains}::text) in lower(address)) > 0 or address = ${erasedAddress})
      and (${address}::text is null or address in (${address}, ${erasedAddress}))
      and (${channel}::text is null or channel = ${channel})
      and ${state === 'all' ? db`true` : state === 'lifted' ? db`lifted_at is not null` : db`lifted_at is null`}
      ${after === null ? db`` : db`and (opted_out_at, opt_out_id) < (${after.at}::timestamptz, ${after.optOutId}::uuid)`}
    order by opted_out_at desc, opt_out_id desc limit ${limit + 1}`
  const last = rows[limit - 1]
  return {
    optOuts: rows.slice(0, limit).map(({ place: _place, ...optOut }) => optOut),
    next: rows.length > limit && last !== undefined ? { at: last.place, optOutId: last.optOutId } : null,
  }
}

/** One opt-out by its id; null: the account has none such. */
export async function findOptOut(db: DbOrTx, accountId: string, optOutId: string): Promise<OptOut | null> {
  const [row] = await db<OptOut[]>`
    select ${columns(db)} from opt_outs where account_id = ${accountId} and opt_out_id = ${optOutId}`
  return row ?? null
}

const columns = (db: DbOrTx) => db`
  opt_out_id as "optOutId", address, channel, opted_out_at as "optedOutAt", source, evidence, lifted_at as "liftedAt",
  lifted_by as "liftedBy"`
