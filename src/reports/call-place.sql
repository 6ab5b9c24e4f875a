-- How many calls a span of time has, and where a page of them begins: from which hour on, how many calls of it are passed over,
-- and by when the page is full. By what is known of days, and of the hours of the day in which it begins.
--  $1 account  $2 from  $3 until  $4 $5 whole hours  $6 $7 whole days among them (domain/report-window.ts)
--  $8 calls to pass over  $9 calls of the page
with one_by_one as materialized (
  -- Of less than an hour at both ends, and what the counts have not come to.
  select attempted_at as at, 1 as calls from calls_by_time where account_id = $1 and attempted_at >= $2 and attempted_at < $4
  union all
  select attempted_at, 1 from calls_by_time where account_id = $1 and attempted_at >= $5 and attempted_at < $3
  union all
  select attempted_at, case when counted is null then 1 else -1 end
  from report_changes change
  where account_id = $1 and attempted_at >= $2 and attempted_at < $3 and (counted is null or not exists (
    select from calls where calls.account_id = $1 and calls.call_id = change.call_id))
),
days as materialized (
  select since, sum(calls) as calls, sum(sum(calls)) over (order by since) as up_to
  from (
    select since, calls from call_counts where account_id = $1 and unit = 'day' and since >= $6 and since < $7
    union all
    select date_trunc('day', since, 'UTC'), calls from call_counts
    where account_id = $1 and unit = 'hour' and (since >= $4 and since < $6 or since >= $7 and since < $5)
    union all
    select date_trunc('day', at, 'UTC'), calls from one_by_one) counted
  group by since
),
day as materialized (
  select since, up_to - calls as before from days where up_to > $8 order by since limit 1
),
hours as materialized (
  select counted.since, sum(calls) as calls, day.before + sum(sum(calls)) over (order by counted.since) as up_to
  from day cross join lateral (
    select since, calls from call_counts
    where account_id = $1 and unit = 'hour' and since >= greatest(day.since, $4) and since < least(day.since + interval '24 hours', $5)
    union all
    select date_trunc('hour', at, 'UTC'), calls from one_by_one
    where at >= day.since and at < day.since + interval '24 hours') counted
  group by counted.since, day.before
)
select (select coalesce(sum(calls), 0) from days)::float8 as total, greatest(hour.since, $2) as from,
  ($8 - hour.before)::float8 as offset,
  least($3, coalesce(
    (select min(since) + interval '1 hour' from hours where up_to >= $8 + $9),
    (select min(since) + interval '24 hours' from days where up_to >= $8 + $9))) as until
from (select) always left join (
  select since, up_to - calls as before from hours where up_to > $8 order by since limit 1) hour on true
