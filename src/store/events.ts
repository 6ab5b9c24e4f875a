import type { EventKind, LiveEvent } from '../domain/event.ts'
import type { Sight } from '../domain/sight.ts'
import type { Statement } from './closing-statements.ts'
import type { DbOrTx } from './db.ts'
import { type Touch, touchesOf } from './touched.ts'

/**
 * The statements that write the events of everything that the tx has touched: the last thing it does, sent together with
 * the COMMIT. The account's number is the last row it locks, and held until the COMMIT, so numbers are without a gap and in
 * the order of the commits, and nobody waits for it while holding it.
 * @returns also what was touched, by the accounts that get events.
 */
export function appendEvents(tx: DbOrTx): {
  readonly touched: ReadonlyMap<string, readonly Touch[]>
  readonly statements: readonly Statement[]
} {
  const touched = Map.groupBy(touchesOf(tx), (touch) => touch.accountId)
  // In one order: whoever locks the numbers of two accounts must not meet whoever locks them the other way round.
  const statements = [...touched.keys()].sort().map((accountId) => {
    const own = touched.get(accountId)!
    return tx`
      with touched as (
        select * from unnest(${own.map((touch) => touch.kind)}::text[], ${own.map((touch) => touch.subjectId)}::uuid[],
          ${own.map((touch) => touch.conversationId)}::uuid[], ${own.map((touch) => (touch.opened ? 'opened' : 'changed'))}::text[])
          with ordinality as touch(kind, subject_id, conversation_id, how, place)),
      found as (
        select row_number() over (order by t.place) as place, t.kind, t.subject_id, c.conversation_id,
          case when t.kind = 'conversation' then jsonb_build_object('state', c.state, 'skillId', c.skill_id,
            'ownerId', c.owner_id, 'handledBy', c.handled_by, 'offeredTo', c.offered_to, 'opened', t.how = 'opened',
            'joined', array(select j.user_id from conversation_joins j
              where j.account_id = c.account_id and j.conversation_id = c.conversation_id order by j.user_id)) end as sight
        from touched t left join lateral (
          -- Each by its id: planned for any list, the join would read all of the account's conversations.
          select * from conversations known
          where known.account_id = ${accountId} and known.conversation_id = t.conversation_id offset 0) c on true
        where t.conversation_id is null or c.conversation_id is not null),
      numbered as (
        insert into event_numbers as known (account_id, last)
        select ${accountId}, count(*) from found having count(*) > 0
        on conflict (account_id) do update set last = known.last + excluded.last
        returning last)
      insert into events (account_id, number, kind, subject_id, conversation_id, sight)
      select ${accountId}, numbered.last - (select count(*) from found) + found.place, found.kind, found.subject_id,
        found.conversation_id, found.sight
      from found, numbered`
  })
  return { touched, statements }
}

/** The number of an account's newest event; 0 while there was none. */
export async function lastEvent(db: DbOrTx, accountId: string): Promise<number> {
  return (await lastEvents(db, [accountId])).get(accountId) ?? 0
}

export async function lastEvents(db: DbOrTx, accountIds: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await db<{ account_id: string; last: string }[]>`
    select account_id, last from event_numbers where account_id = any(${[...accountIds]})`
  return new Map(rows.map((row) => [row.account_id, Number(row.last)]))
}

/** When the event of this number was written, as `LiveEvent.at`; null: there is none. */
export async function eventAt(db: DbOrTx, accountId: string, number: number): Promise<string | null> {
  const [row] = await db<{ at: string }[]>`
    select at::text as at from events where account_id = ${accountId} and number = ${number}`
  return row?.at ?? null
}

interface EventRow {
  /** Of the account's newest event. */
  last: string
  number: string
  at: string
  kind: EventKind
  subject_id: string | null
  conversation_id: string | null
  sight: (Sight & { opened: boolean }) | null
  before: (Sight & { opened: boolean }) | null
}

/**
 * The events after a number, in order, at most `limit`. There is no gap in the numbers, so that is a span of them: with no
 * upper bound the plan takes a third of the table for granted and reads all of it (0.8 ms instead of 0.1, of 4,500 events).
 * @returns null when they cannot be told without a gap: some are no longer kept, or the number was never reached.
 */
export async function readEvents(
  db: DbOrTx,
  accountId: string,
  after: number,
  limit: number,
): Promise<readonly LiveEvent[] | null> {
  const rows = await db<(EventRow | (Record<keyof EventRow, null> & { last: string }))[]>`
    with known as (select coalesce((select last from event_numbers where account_id = ${accountId}), 0) as last)
    select known.last, e.number, e.at::text as at, e.kind, e.subject_id, e.conversation_id, e.sight, case when e.kind = 'conversation' then (
      select b.sight from events b where b.account_id = e.account_id and b.conversation_id = e.conversation_id
        and b.kind = 'conversation' and b.number < e.number order by b.number desc limit 1) end as before
    from known left join events e on e.account_id = ${accountId} and e.number between ${after + 1} and ${after + limit}
    order by e.number`
  const events = rows.flatMap((row) => (row.number === null ? [] : [row]))
  if (events.length === 0 && Number(rows[0]?.last) !== after) return null
  if (events.some((row, place) => Number(row.number) !== after + 1 + place)) return null
  return events.map(eventOf)
}

function eventOf(row: EventRow): LiveEvent {
  const [number, at] = [Number(row.number), row.at]
  const id = row.subject_id!
  switch (row.kind) {
    case 'conversation':
      return {
        number,
        at,
        kind: 'conversation',
        conversationId: id,
        before: row.before ?? (row.sight!.opened ? 'nobody' : 'unknown'),
        after: row.sight!,
      }
    case 'message':
      return { number, at, kind: 'message', conversationId: row.conversation_id!, messageId: id }
    case 'agent':
      return { number, at, kind: 'agent', userId: id }
    case 'skill':
      return { number, at, kind: 'skill', skillId: id }
    case 'rights':
      return { number, at, kind: 'rights', userId: id }
    case 'everything':
      return { number, at, kind: 'everything' }
  }
}
