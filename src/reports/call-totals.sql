-- How many calls each hour or day ($8) of a span has, by what is known of hours and days.
--  $1 account  $2 from  $3 until  $4 $5 whole hours  $6 $7 whole days among them (domain/report-window.ts)
select date_trunc($8, at, 'UTC') as since, sum(calls)::float8 as total
from (
  select since as at, calls from call_counts where account_id = $1 and unit = 'day' and since >= $6 and since < $7
  union all
  select since, calls from call_counts where account_id = $1 and unit = 'hour' and since >= $4 and since < $6
  union all
  select since, calls from call_counts where account_id = $1 and unit = 'hour' and since >= $7 and since < $5
  union all
  select attempted_at, 1 from calls_by_time where account_id = $1 and attempted_at >= $2 and attempted_at < $4
  union all
  select attempted_at, 1 from calls_by_time where account_id = $1 and attempted_at >= $5 and attempted_at < $3
  union all
  select attempted_at, case when counted is null then 1 else -1 end
  from report_changes change
  where account_id = $1 and attempted_at >= $2 and attempted_at < $3 and (counted is null or not exists (
    select from calls where calls.account_id = $1 and calls.call_id = change.call_id))) counted
group by 1 having sum(calls) <> 0 order by 1
