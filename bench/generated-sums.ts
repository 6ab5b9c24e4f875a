import { analyticsMeasures, reportMeasures } from '../src/domain/report.ts'
import { atomic, type Database } from '../src/store/db.ts'
import { dayFacet } from '../src/store/report-sums.ts'

const measures = reportMeasures.join(', ')
const sums = reportMeasures.map((name) => `sum(said.${name})`).join(', ')

/*
 * What the server's job has made of a month's calls once it has come to all of them, at once: ten million calls, two thousand
 * at a time, take it an hour. That it comes to the same is what the doctor says, which the benchmark asks.
 *  $1 account  $2 since  $3 until
 */
const statements = [
  `insert into report_hours (account_id, hour, facet, ${measures})
   select $1, hour, facet, ${sums}
   from calls c cross join lateral report_count_of(c) said
   where c.account_id = $1 and c.call_id >= first_id_of($2) and c.call_id < first_id_of($3)
   group by hour, facet order by hour`,
  `insert into report_days (account_id, day, facet, ${measures})
   select $1, (hour at time zone 'UTC')::date as day, row(${dayFacet})::report_day_facet as facet, ${sums}
   from report_hours said where account_id = $1 and hour >= $2 and hour < $3
   group by 2, 3 order by 2`,
  `insert into report_day_totals (account_id, day, channel, skill_id, handoff_id, ${analyticsMeasures.join(', ')})
   select $1, day, coalesce((facet).channel, '') as channel, (facet).skill_id, (facet).handoff_id,
     ${analyticsMeasures.map((name) => `sum(${name})`).join(', ')}
   from report_days where account_id = $1 and day >= ($2::timestamptz at time zone 'UTC')::date and day < ($3::timestamptz at time zone 'UTC')::date
   group by 2, 3, 4, 5 order by 2`,
  `insert into report_day_errors (account_id, day, channel, skill_id, handoff_id, error, calls)
   select $1, day, coalesce((facet).channel, '') as channel, (facet).skill_id, (facet).handoff_id,
     row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error, sum(attempted)
   from report_days where account_id = $1 and day >= ($2::timestamptz at time zone 'UTC')::date and day < ($3::timestamptz at time zone 'UTC')::date
     and (facet).error_code is not null
   group by 2, 3, 4, 5, 6 order by 2`,
  `insert into call_counts (account_id, unit, since, calls)
   select $1, unit, date_trunc(unit, hour, 'UTC') as since, sum(attempted)
   from report_hours cross join (values ('hour'), ('day')) units (unit)
   where account_id = $1 and hour >= $2 and hour < $3
   group by 2, 3 order by 3`,
  `insert into calls_by_time (account_id, attempted_at, call_id, consumer, next_days)
   select $1, attempted_at, call_id, consumer, days_until_next(attempted_at, next_at)
   from (
     select attempted_at, call_id, consumer,
       lead(attempted_at) over (partition by consumer order by attempted_at, call_id) as next_at
     from (
       select attempted_at, call_id, report_consumer(account_id, consumer_phone) as consumer from calls
       where account_id = $1 and call_id >= first_id_of($2) and call_id < first_id_of($3::timestamptz + interval '31 days')) known
   ) told
   where attempted_at < $3 order by attempted_at, call_id`,
  `insert into report_repeats (account_id, hour, facet, days, repeated, replied)
   select $1, hour, facet, next_days, count(*), sum(said.replied)
   from calls_by_time listed
     join calls c on c.account_id = $1 and c.call_id = listed.call_id and c.call_id >= first_id_of($2) and c.call_id < first_id_of($3)
     cross join lateral report_count_of(c) said
   where listed.account_id = $1 and listed.attempted_at >= $2 and listed.attempted_at < $3 and listed.next_days is not null
   group by hour, facet, next_days order by hour`,
]

/** Sums up the calls of a month, which are all stored, as those of the month after it are. */
export function sumUpMonth(db: Database, accountId: string, since: Date, until: Date): Promise<void> {
  return atomic(db, async (tx) => {
    await tx`select set_config('work_mem', '512MB', true)`
    for (const statement of statements) await tx.unsafe(statement, [accountId, since, until] as never)
  })
}
