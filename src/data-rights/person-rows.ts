import { randomBytes } from 'node:crypto'
import type { Cipher } from '../store/cipher.ts'
import type { DbOrTx } from '../store/db.ts'
import { type Holding, holdings } from './holdings.ts'

/** A person while they are being erased: their addresses, and what takes each one's place. */
export interface Erased {
  readonly accountId: string
  readonly addresses: readonly string[]
  /** Chance, one for each address. */
  readonly marks: readonly string[]
  /** The keyed hash of each address. */
  readonly hashes: readonly string[]
  /** When they called and opted out or in: what files of exports are told by. */
  readonly times: readonly Date[]
}

/** Where a person's rows hang. */
export interface PersonRows {
  readonly accountId: string
  /** To look for; none when only a part of the calls and conversations is meant. */
  readonly addresses: readonly string[]
  readonly calls: readonly string[]
  readonly conversations: readonly string[]
  readonly messages: readonly string[]
}

/** A mark tells nothing but that two calls were one caller's: `erased-Vx0k2Q9d`. */
export const erasedWith = (cipher: Cipher, accountId: string, addresses: readonly string[]): Erased => ({
  accountId,
  addresses,
  marks: addresses.map(() => `erased-${randomBytes(9).toString('base64url')}`),
  hashes: addresses.map((address) => cipher.erasedAddress(accountId, address)),
  times: [],
})

export async function timesOf(tx: DbOrTx, { accountId, calls, addresses }: PersonRows): Promise<readonly Date[]> {
  const rows = await tx<{ at: Date }[]>`
    select attempted_at as at from calls where account_id = ${accountId} and call_id = any(${[...calls]}::uuid[])
    union
    select at from opt_out_history where account_id = ${accountId} and address = any(${[...addresses]}::text[])`
  return rows.map(({ at }) => at)
}

/** Every call and conversation of the person. */
export async function rowsOfPerson(tx: DbOrTx, accountId: string, addresses: readonly string[]): Promise<PersonRows> {
  // Two questions, not one with an "or": each finds its own way to the rows.
  const calls = await tx<{ id: string; conversation_id: string | null }[]>`
    select call_id as id, conversation_id from calls
    where account_id = ${accountId} and consumer_phone = any(${[...addresses]}::text[])
    union
    select call_id, conversation_id from calls
    where account_id = ${accountId} and consumer_id = any(${[...addresses]}::text[])`
  const callIds = calls.map(({ id }) => id)
  const conversations = await tx<{ id: string }[]>`
    select conversation_id as id from conversations
    where account_id = ${accountId} and (address = any(${[...addresses]}::text[])
      or consumer_phone = any(${[...addresses]}::text[]) or call_id = any(${callIds}::uuid[])
      or conversation_id = any(${calls.flatMap((call) => call.conversation_id ?? [])}::uuid[]) and address not like 'erased-%')`
  return withMessages(tx, { accountId, addresses, calls: callIds, conversations: conversations.map(({ id }) => id) })
}

/** The same with the messages that belong to these calls, conversations and addresses. */
export async function withMessages(tx: DbOrTx, rows: Omit<PersonRows, 'messages'>): Promise<PersonRows> {
  const { accountId, addresses, calls, conversations } = rows
  const messages = await tx<{ id: string }[]>`
    select message_id as id from messages
    where account_id = ${accountId} and conversation_id = any(${[...conversations]}::uuid[])
    union
    select message_id from messages where account_id = ${accountId} and call_id = any(${[...calls]}::uuid[])
    union
    select message_id from messages where account_id = ${accountId} and address = any(${[...addresses]}::text[])`
  return { ...rows, messages: messages.map(({ id }) => id) }
}

/** `of` in the SQL of `holdings`. */
function of(tx: DbOrTx, rows: PersonRows, erased?: Erased) {
  return tx`(select ${rows.accountId}::text as account_id, ${[...rows.addresses]}::text[] as addresses,
    ${[...rows.calls]}::uuid[] as calls, ${[...rows.conversations]}::uuid[] as conversations,
    ${[...rows.messages]}::uuid[] as messages, ${[...(erased?.addresses ?? [])]}::text[] as person,
    ${[...(erased?.marks ?? [])]}::text[] as marks, ${[...(erased?.hashes ?? [])]}::text[] as hashes) of`
}

const meant = (tx: DbOrTx, { rows }: Holding) => tx`t.account_id = of.account_id and (${raw(tx, rows)})`
/** Text of our own, from `holdings`. */
const raw = (tx: DbOrTx, sql: string) => tx.unsafe(sql)

/** How many rows each table holds of the person; tables with none are left out. */
export async function countHoldings(
  tx: DbOrTx,
  rows: PersonRows,
): Promise<readonly { table: string; title: string; rows: number }[]> {
  const counted = new Map<string, { table: string; title: string; rows: number }>()
  for (const holding of holdings) {
    const [found] = await tx<{ count: number }[]>`
      select count(*)::int as count from ${raw(tx, holding.table)} t cross join ${of(tx, rows)} where ${meant(tx, holding)}`
    const { table, title } = holding
    if (found!.count > 0) counted.set(table, { table, title, rows: (counted.get(table)?.rows ?? 0) + found!.count })
  }
  return [...counted.values()]
}

/** The rows of one table as JSON, without what no archive gives out. */
export async function readHolding(
  tx: DbOrTx,
  rows: PersonRows,
  holding: Holding,
): Promise<readonly Record<string, unknown>[]> {
  const found = await tx<{ row: Record<string, unknown> }[]>`
    select to_jsonb(t) - ${[...(holding.hidden ?? [])]}::text[] as row
    from ${raw(tx, holding.table)} t cross join ${of(tx, rows)} where ${meant(tx, holding)}`
  return found.map(({ row }) => row)
}

/** Erases in every table. @returns how many rows, by table. */
export async function eraseRows(tx: DbOrTx, rows: PersonRows, erased: Erased): Promise<Record<string, number>> {
  const gone: Record<string, number> = {}
  await dropOlderWords(tx, rows, erased)
  for (const holding of holdings) {
    const done =
      holding.erase === 'delete'
        ? await tx`delete from ${raw(tx, holding.table)} t using ${of(tx, rows)} where ${meant(tx, holding)}`
        : await tx`
            update ${raw(tx, holding.table)} t set ${raw(tx, holding.erase.set)} from ${of(tx, rows, erased)}
            where ${meant(tx, holding)}`
    if (done.count > 0) gone[holding.table] = (gone[holding.table] ?? 0) + done.count
  }
  return gone
}

/**
 * An opt-out that was lifted binds nobody and goes. One of a person who was erased before and came back takes the place of
 * the word that was kept of them.
 */
async function dropOlderWords(tx: DbOrTx, rows: PersonRows, { hashes, accountId }: Erased): Promise<void> {
  if (rows.addresses.length === 0) return
  await tx`
    delete from opt_outs where account_id = ${accountId} and address = any(${[...rows.addresses]}::text[])
      and lifted_at is not null`
  await tx`
    delete from opt_outs kept where account_id = ${accountId} and address = any(${[...hashes]}::text[])
      and exists (select from opt_outs own where own.account_id = kept.account_id and own.channel = kept.channel
        and own.address = (${[...rows.addresses]}::text[])[array_position(${[...hashes]}::text[], kept.address)])`
}
