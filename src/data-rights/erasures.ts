import { randomUUID } from 'node:crypto'
import type { Caller } from '../domain/caller.ts'
import { enqueue } from '../jobs/queue.ts'
import { actorOf } from '../store/audit.ts'
import type { Cipher } from '../store/cipher.ts'
import type { DbOrTx } from '../store/db.ts'
import { type Erased, erasedWith } from './person-rows.ts'

/** What was asked and what came of it; nothing in it tells who the person is. */
export interface Erasure {
  readonly erasureId: string
  readonly requestedAt: Date
  /** As in the audit log. */
  readonly requestedBy: string
  readonly state: 'waiting' | 'erasing' | 'done'
  /** Calls and conversations, as counted when the work began. */
  readonly found: number
  /** Rows erased so far, by table. */
  readonly erased: Readonly<Record<string, number>>
  /** Files in the brand's own bucket that may hold the person, which only the brand can delete. */
  readonly elsewhere: readonly string[]
  readonly finishedAt: Date | null
}

const columns = (db: DbOrTx) => db`
  erasure_id as "erasureId", requested_at as "requestedAt", requested_by as "requestedBy", state, found, erased,
  elsewhere, finished_at as "finishedAt"`

/** The newest, at most `limit`. */
export async function listErasures(db: DbOrTx, accountId: string, limit: number): Promise<readonly Erasure[]> {
  return db<Erasure[]>`
    select ${columns(db)} from erasures where account_id = ${accountId} order by requested_at desc, erasure_id limit ${limit}`
}

export async function findErasure(db: DbOrTx, accountId: string, erasureId: string): Promise<Erasure | null> {
  const [row] = await db<Erasure[]>`
    select ${columns(db)} from erasures where account_id = ${accountId} and erasure_id = ${erasureId}`
  return row ?? null
}

/** Earlier and present erasures of a person, by any of their addresses, the newest first. */
export async function erasuresOf(
  db: DbOrTx,
  accountId: string,
  hashes: readonly string[],
): Promise<readonly Erasure[]> {
  return db<Erasure[]>`
    select ${columns(db)} from erasures where account_id = ${accountId} and hashes && ${[...hashes]}::text[]
    order by requested_at desc, erasure_id`
}

const context = (accountId: string, erasureId: string) => `erasure/${accountId}/${erasureId}`

/**
 * Writes down that a person is to be erased, and gives the work to the queue. Asked for twice while it is under way, it is
 * one: the same id comes back.
 * @param known.erasureId of an erasure that is done again after a restore; else a new one.
 */
export async function requestErasure(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  caller: Caller,
  addresses: readonly string[],
  known: { readonly erasureId?: string } = {},
): Promise<{ erasureId: string; hashes: readonly string[]; isNew: boolean }> {
  const person = erasedWith(cipher, accountId, addresses)
  const { hashes } = person
  await tx`select pg_advisory_xact_lock(hashtextextended(${`${accountId}/erasures`}, 3))`
  const [same] = await tx<{ erasure_id: string }[]>`
    select erasure_id from erasures where account_id = ${accountId} and state <> 'done' and hashes @> ${[...hashes]}::text[]`
  if (same !== undefined) return { erasureId: same.erasure_id, hashes, isNew: false }
  const erasureId = known.erasureId ?? randomUUID()
  const sealed = seal(cipher, erasureId, person)
  await tx`
    insert into erasures (account_id, erasure_id, requested_by, hashes, sealed)
    values (${accountId}, ${erasureId}, ${actorOf(caller)}, ${[...hashes]}::text[], ${sealed})`
  await enqueue(tx, 'erase-person', { accountId, erasureId }, { key: `erase/${erasureId}` })
  return { erasureId, hashes, isNew: true }
}

/** The person of an erasure that is not done; null when it is, or there is none. */
export async function personOfErasure(
  db: DbOrTx,
  cipher: Cipher,
  accountId: string,
  erasureId: string,
): Promise<Erased | null> {
  const [row] = await db<{ sealed: Buffer | null; hashes: string[] }[]>`
    select sealed, hashes from erasures
    where account_id = ${accountId} and erasure_id = ${erasureId} and state <> 'done'`
  if (row?.sealed == null) return null
  const { addresses, marks, times } = JSON.parse(cipher.decrypt(row.sealed, context(accountId, erasureId))) as {
    addresses: string[]
    marks: string[]
    times: string[]
  }
  const hashes = addresses.map((address) => cipher.erasedAddress(accountId, address))
  return { accountId, addresses, marks, hashes, times: times.map((at) => new Date(at)) }
}

const seal = (cipher: Cipher, erasureId: string, { accountId, addresses, marks, times }: Erased) =>
  cipher.encrypt(JSON.stringify({ addresses, marks, times }), context(accountId, erasureId))

/**
 * The work begins, or goes on after a crash.
 * @param begun.found calls and conversations there are to erase now.
 * @param begun.person with all times: once the calls are erased nobody can tell them any more.
 * @returns the person as sealed now.
 */
export async function beginErasure(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  erasureId: string,
  begun: { readonly found: number; readonly person: Erased },
): Promise<Erased> {
  await tx`
    update erasures set state = 'erasing', sealed = ${seal(cipher, erasureId, begun.person)}, found = greatest(found, ${begun.found}
      + coalesce((erased ->> 'calls')::int, 0) + coalesce((erased ->> 'conversations')::int, 0))
    where account_id = ${accountId} and erasure_id = ${erasureId} and state <> 'done'`
  return begun.person
}

/** Takes the erasure for this tx, so that of two that do the same work one waits. @returns false when it is done. */
export async function holdErasure(tx: DbOrTx, accountId: string, erasureId: string): Promise<boolean> {
  const rows = await tx`
    select 1 from erasures where account_id = ${accountId} and erasure_id = ${erasureId} and state <> 'done' for update`
  return rows.length > 0
}

/** Adds up what this tx has erased. */
export async function noteErased(
  tx: DbOrTx,
  accountId: string,
  erasureId: string,
  gone: Readonly<Record<string, number>>,
): Promise<void> {
  await tx`
    update erasures set erased = (
      select coalesce(jsonb_object_agg(name, rows), '{}') from (
        select name, sum(rows::int) as rows from (
          select * from jsonb_each_text(erased) known (name, rows)
          union all select * from jsonb_each_text(${tx.json(gone)}) more (name, rows)) counted
        group by name) summed)
    where account_id = ${accountId} and erasure_id = ${erasureId}`
}

/** The person is gone, and so is what led to them from here. @returns the rows erased, by table. */
export async function finishErasure(
  tx: DbOrTx,
  accountId: string,
  erasureId: string,
  elsewhere: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const [row] = await tx<{ erased: Record<string, number> }[]>`
    update erasures set state = 'done', sealed = null, elsewhere = ${[...elsewhere]}::text[], finished_at = clock_timestamp()
    where account_id = ${accountId} and erasure_id = ${erasureId} returning erased`
  return row!.erased
}

/** An erasure of which this database holds nothing (any more): known as done, so that it is not looked for again. */
export async function noteNothingLeft(
  db: DbOrTx,
  accountId: string,
  erasureId: string,
  hashes: readonly string[],
): Promise<void> {
  await db`
    insert into erasures (account_id, erasure_id, requested_by, hashes, state, finished_at)
    select account_id, ${erasureId}::uuid, 'system', ${[...hashes]}::text[], 'done', now() from accounts
    where account_id = ${accountId}
    on conflict do nothing`
}

/** Erasures that are not done and have no job that will do them: the queue gave up, or lost it in a restore. */
export async function forgottenErasures(
  db: DbOrTx,
): Promise<readonly { readonly accountId: string; readonly erasureId: string }[]> {
  return db<{ accountId: string; erasureId: string }[]>`
    select account_id as "accountId", erasure_id as "erasureId" from erasures
    where state <> 'done' and not exists (
      select from graphile_worker.jobs where key = 'erase/' || erasure_id and attempts < max_attempts)
    order by requested_at limit 100`
}
