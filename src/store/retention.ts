import { atomic, type Database, type DbOrTx, type Tx } from './db.ts'
import { holdPartitions, isBusy, TableBusy } from './partitions.ts'
import { summingLock } from './report-sums.ts'

/** How long data is kept. What a month or a day holds goes when the last of it is so old. */
export interface Retention {
  readonly transactionsMonths: number
  readonly messagesMonths: number
  readonly exchangesDays: number
}

/** What goes together, and in which order: what refers to another first, and what every call is stored in last. */
export const keptKinds = {
  transactions: ['transaction_steps', 'invites', 'calls_by_time', 'calls'],
  messages: ['attempts', 'messages'],
  exchanges: ['provider_exchanges'],
} as const
export type KeptKind = keyof typeof keptKinds

/** A month, or a day, of one kind of data. */
export interface KeptSpan {
  readonly kind: KeptKind
  readonly since: Date
  /** Not included. */
  readonly until: Date
  /** When it may be dropped. */
  readonly dueAt: Date
  readonly overdue: boolean
  readonly bytes: number
}

/** Every span that has partitions, oldest first. */
export async function keptSpans(db: DbOrTx, retention: Retention): Promise<readonly KeptSpan[]> {
  const kinds = Object.entries(keptKinds).flatMap(([kind, tables]) => tables.map((table) => ({ kind, table })))
  return db<KeptSpan[]>`
    select kind, since, until, due as "dueAt", due <= now() as overdue,
      sum(pg_total_relation_size(name::regclass))::float8 as bytes
    from data_partitions
    join unnest(${kinds.map(({ kind }) => kind)}::text[], ${kinds.map(({ table }) => table)}::text[]) as known (kind, parent)
      using (parent)
    cross join lateral (select case kind
      when 'transactions' then until + make_interval(months => ${retention.transactionsMonths})
      when 'messages' then until + make_interval(months => ${retention.messagesMonths})
      else until + make_interval(days => ${retention.exchangesDays}) end as due) as rule
    group by kind, since, until, due order by since, kind desc`
}

export interface Dropped {
  readonly dropped: readonly KeptSpan[]
  /** Their tables are being read for long, or another process is at it: next time. */
  readonly postponed: readonly KeptSpan[]
}

/** Tries for one span; in between whoever waited for the table gets it. */
const tries = 5
const pauseMs = 250

/**
 * Drops the months and days whose time is over, over all brands, each in a tx of its own. No request waits for it longer than
 * `lockPatienceMs` for each table. Safe to repeat and to race.
 */
export async function dropPast(db: Database, retention: Retention): Promise<Dropped> {
  const dropped: KeptSpan[] = []
  const postponed: KeptSpan[] = []
  for (const span of (await keptSpans(db, retention)).filter(({ overdue }) => overdue))
    ((await dropPatiently(db, span)) ? dropped : postponed).push(span)
  return { dropped, postponed }
}

async function dropPatiently(db: Database, span: KeptSpan): Promise<boolean> {
  for (let n = 1; ; n += 1) {
    try {
      await atomic(db, (tx) => dropSpan(tx, span))
      return true
    } catch (error) {
      if (!(error instanceof TableBusy) && !isBusy(error)) throw error
      if (n === tries) return false
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** @throws TableBusy, or the database's error for a lock that was not to be had */
async function dropSpan(tx: Tx, span: KeptSpan): Promise<void> {
  await holdPartitions(tx)
  const { kind } = span
  const names = await tx<{ parent: string; name: string }[]>`
    select parent, name from data_partitions
    where parent = any(${[...keptKinds[kind]]}) and since = ${span.since} and until = ${span.until}
    order by array_position(${[...keptKinds[kind]]}, parent)`
  // Another process was faster.
  if (names.length === 0) return
  if (kind !== 'exchanges') await noteDropped(tx, span, names.at(-1)!.name)
  // What takes its time comes before the locks that others would wait for.
  if (kind === 'transactions') await forgetSums(tx, span)
  for (const { parent } of names) await tx.unsafe(`lock table only ${parent} in access exclusive mode`)
  if (kind === 'transactions') await forgetChanges(tx, span)
  await tx.unsafe(`drop table ${names.map(({ name }) => `"${name}"`).join(', ')}`)
}

/** Every brand that had something in it can read when it went. */
async function noteDropped(tx: Tx, { kind, since }: KeptSpan, table: string): Promise<void> {
  await tx`
    insert into audit (account_id, audit_id, at, actor, action, subject, before, after)
    select account_id, gen_random_uuid(), clock_timestamp(), 'system', 'retention.drop',
      ${`${kind} ${since.toISOString().slice(0, 7)}`}, null, null
    from accounts where exists(select from ${tx(table)} held where held.account_id = accounts.account_id)`
}

/**
 * The sums of a month go with its calls, so that they agree before and after. The job that sums up stands still meanwhile.
 * A call whose id is of another month than its time is taken out by itself: its trigger keeps the sums right.
 */
async function forgetSums(tx: Tx, { since, until }: KeptSpan): Promise<void> {
  await tx`set local statement_timeout = '10min'`
  const [lock] = await tx<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${summingLock}) as taken`
  if (lock?.taken !== true) throw new TableBusy()
  await tx`
    with astray as (
      select account_id, call_id from calls where attempted_at >= ${since} and attempted_at < ${until}
        and (call_id < first_id_of(${since}) or call_id >= first_id_of(${until}))
      union all
      select account_id, call_id from calls where (attempted_at < ${since} or attempted_at >= ${until})
        and call_id >= first_id_of(${since}) and call_id < first_id_of(${until})),
    steps as (
      delete from transaction_steps step using astray where step.account_id = astray.account_id and step.call_id = astray.call_id),
    invite as (
      delete from invites invite using astray where invite.account_id = astray.account_id and invite.call_id = astray.call_id)
    delete from calls using astray where calls.account_id = astray.account_id and calls.call_id = astray.call_id`
  await forgetChanges(tx, { since, until })
  for (const [table, column] of [
    ['report_hours', 'hour'],
    ['report_repeats', 'hour'],
    ['call_counts', 'since'],
  ] as const)
    await tx`
      delete from ${tx(table)} gone using accounts
      where gone.account_id = accounts.account_id and ${tx(column)} >= ${since} and ${tx(column)} < ${until}`
  for (const table of ['report_days', 'report_day_totals', 'report_day_errors'])
    await tx`
      delete from ${tx(table)} gone using accounts where gone.account_id = accounts.account_id
        and day >= (${since}::timestamptz at time zone 'UTC')::date and day < (${until}::timestamptz at time zone 'UTC')::date`
}

async function forgetChanges(tx: Tx, { since, until }: Pick<KeptSpan, 'since' | 'until'>): Promise<void> {
  await tx`delete from report_changes where attempted_at >= ${since} and attempted_at < ${until}`
}
