import { analyticsMeasures, type ReportMeasure, reportMeasures } from '../domain/report.ts'
import { atomic, type Database } from './db.ts'

/** Any number will do: of several workers one sums up, so that no two wait for each other's rows. */
export const summingLock = 7_202_611_221

/** Calls of one tx: short locks, and well below the statement's time limit. */
const batch = 2_000

/**
 * Most of what happens to a call happens soon after it: a call that is left alone for so long is summed up once instead of
 * again and again, and until then costs reports a row to read.
 */
const settlingSeconds = 20

const columns = reportMeasures.join(', ')
const sums = sumsOf(reportMeasures)
const added = addedTo(reportMeasures)
/** A day's facet, of an hour's. */
export const dayFacet = [
  'channel',
  'skill_id',
  'handoff_id',
  'sender_id',
  'status',
  'error_source',
  'error_code',
  'error_stage',
  'reached',
  'loss',
  'currency',
]
  .map((name) => `(facet).${name}`)
  .join(', ')

/*
 * The changes were locked by the statement before, so that this one's snapshot holds whatever their calls' last writers
 * have committed (migration 0008).
 */
const summing = `
  with picked as materialized (
    select account_id, call_id, attempted_at, counted
    from report_changes join unnest($1::text[], $2::uuid[]) as named (account_id, call_id) using (account_id, call_id)),
  alive as materialized (
    select picked.account_id, picked.call_id, picked.attempted_at, picked.counted is null as is_new, found.consumer, found.count
    from picked cross join lateral (
      select report_consumer(c.account_id, c.consumer_phone) as consumer, count
      from calls c cross join lateral report_count_of(c) count
      where c.account_id = picked.account_id and c.call_id = picked.call_id
      -- Each by its id: the planner counts every month's partition for a look-up, and would rather read all calls.
      offset 0) found),
  pending as materialized (
    select account_id, 1 as times, (count).* from alive
    union all
    select account_id, -1, (counted).* from picked where counted is not null),
  hours as (
    insert into report_hours as known (account_id, hour, facet, ${columns})
    select account_id, hour, facet, ${sums} from pending group by 1, 2, 3
    on conflict (account_id, hour, facet) do update set ${added}),
  days as (
    insert into report_days as known (account_id, day, facet, ${columns})
    select account_id, (hour at time zone 'UTC')::date, row(${dayFacet})::report_day_facet, ${sums}
    from pending group by 1, 2, 3
    on conflict (account_id, day, facet) do update set ${added}),
  totals as (
    insert into report_day_totals as known (account_id, day, channel, skill_id, handoff_id, ${analyticsMeasures.join(', ')})
    select account_id, (hour at time zone 'UTC')::date, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id,
      ${sumsOf(analyticsMeasures)}
    from pending group by 1, 2, 3, 4, 5
    on conflict (account_id, day, channel, skill_id, handoff_id) do update set ${addedTo(analyticsMeasures)}),
  errors as (
    insert into report_day_errors as known (account_id, day, channel, skill_id, handoff_id, error, calls)
    select account_id, (hour at time zone 'UTC')::date, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id,
      row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error, sum(times * attempted)
    from pending where (facet).error_code is not null
    group by 1, 2, 3, 4, 5, 6 having sum(times * attempted) <> 0
    on conflict (account_id, day, channel, skill_id, handoff_id, error) do update set calls = known.calls + excluded.calls),
  call_counts as (
    insert into call_counts as known (account_id, unit, since, calls)
    select account_id, unit, date_trunc(unit, hour, 'UTC'), sum(times)
    from pending cross join (values ('hour'), ('day')) units (unit) group by 1, 2, 3 having sum(times) <> 0
    on conflict (account_id, unit, since) do update set calls = known.calls + excluded.calls),
  repeats as materialized (select * from report_repeat_changes($1, $2)),
  repeated as (
    insert into report_repeats as known (account_id, hour, facet, days, repeated, replied)
    select account_id, hour, facet, days, sum(times), sum(times * replied) from (
      select account_id, (counted).hour, (counted).facet, days, 1 as times, (counted).replied
      from repeats where days is not null
      union all
      select account_id, (counted_before).hour, (counted_before).facet, days_before, -1, (counted_before).replied
      from repeats where days_before is not null) change
    group by 1, 2, 3, 4 having sum(times) <> 0 or sum(times * replied) <> 0
    on conflict (account_id, hour, facet, days) do update
    set repeated = known.repeated + excluded.repeated, replied = known.replied + excluded.replied),
  listed as (
    insert into calls_by_time (account_id, attempted_at, call_id, consumer, next_days)
    select alive.account_id, alive.attempted_at, alive.call_id, alive.consumer, repeats.days
    from alive left join repeats using (account_id, call_id)
    where alive.is_new order by 1, 2, 3
    on conflict do nothing),
  relisted as (
    update calls_by_time listed set consumer = repeats.consumer, next_days = repeats.days
    from repeats
    where repeats.lives and listed.account_id = repeats.account_id and listed.attempted_at = repeats.attempted_at
      and listed.call_id = repeats.call_id
      and (listed.consumer, listed.next_days) is distinct from (repeats.consumer, repeats.days)),
  unlisted as (
    delete from calls_by_time listed using picked
    where listed.account_id = picked.account_id and listed.attempted_at = picked.attempted_at
      and listed.call_id = picked.call_id
      and (picked.account_id, picked.call_id) not in (select account_id, call_id from alive))
  delete from report_changes done using picked
  where done.account_id = picked.account_id and done.call_id = picked.call_id`

/**
 * Brings the sums of reports up to date with calls that have changed, over all brands. Reports are right without it: they
 * add what it has not come to; it keeps that little. Passes over calls that somebody is changing.
 * @param options.settled only calls that are left alone by now.
 * @returns whether there may be more.
 */
export async function sumUpCalls(db: Database, options: { settled: boolean } = { settled: true }): Promise<boolean> {
  const seconds = options.settled ? settlingSeconds : 0
  return atomic(db, async (tx) => {
    const [lock] = await tx<{ taken: boolean }[]>`select pg_try_advisory_xact_lock(${summingLock}) as taken`
    if (lock?.taken !== true) return false
    // A plan is kept for a while: one made when a month had few calls must not read it whole, call by call, when it has many.
    await tx`set local enable_seqscan = off`
    const picked = await tx<{ account_id: string; call_id: string }[]>`
      select account_id, call_id from report_changes
      where ${!options.settled} or attempted_at < clock_timestamp() - make_interval(secs => ${seconds})
      limit ${batch} for update skip locked`
    if (picked.length === 0) return false
    await tx.unsafe(
      summing,
      [picked.map(({ account_id }) => account_id), picked.map(({ call_id }) => call_id)] as never,
      { prepare: true },
    )
    // A statement does not see what it has written itself.
    await tx`delete from report_hours where attempted = 0`
    await tx`delete from report_days where attempted = 0`
    await tx`delete from report_day_totals where attempted = 0`
    await tx`delete from report_day_errors where calls = 0`
    await tx`delete from report_repeats where repeated = 0`
    await tx`delete from call_counts where calls = 0`
    return picked.length === batch
  })
}

function sumsOf(measures: readonly ReportMeasure[]): string {
  return measures.map((name) => `sum(times * ${name})`).join(', ')
}

/** What an upsert makes of a row that there is already. */
function addedTo(measures: readonly ReportMeasure[]): string {
  return measures.map((name) => `${name} = known.${name} + excluded.${name}`).join(', ')
}
