-- What calls of a span of time count for by day (UTC), channel and skill, and by handoff when $9 says so. And which errors they
-- ended with: a row an error, with a list of days and one of calls, in which a day may stand several times.
-- `:edges` is analytics-edges.sql when the span is not of whole days.
--  $1 account  $2 $3 whole hours  $4 $5 whole days among them (domain/report-window.ts)
--  $6 channels  $7 names of skills  $8 handoffs, each null for any  $9 above  $10 $11 from and until, of the edges
with beside as materialized (
  -- What the sums of days do not hold.
  select (hour at time zone 'UTC')::date as day, times, coalesce((facet).channel, '') as channel, (facet).skill_id, (facet).handoff_id,
    row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error as error, :measures
  from report_pending
  where account_id = $1 and hour >= $2 and hour < $3
  :edges
),
counted as (
  select day, 1 as times, channel, skill_id, handoff_id, :measures
  from report_day_totals
  where account_id = $1 and day >= ($4::timestamptz at time zone 'UTC')::date and day < ($5::timestamptz at time zone 'UTC')::date
  union all
  select day, times, channel, skill_id, handoff_id, :measures from beside
),
failed as (
  select day, channel, skill_id, handoff_id, error, calls
  from report_day_errors
  where account_id = $1 and day >= ($4::timestamptz at time zone 'UTC')::date and day < ($5::timestamptz at time zone 'UTC')::date
  union all
  select day, channel, skill_id, handoff_id, error, times * attempted from beside where (error).code is not null
)
select day::text as day, nullif(channel, '') as channel, skills.name as skill, case when $9 then handoff_id end as "handoffId",
  :sums, null as connector, null as source, null as code, null as stage, null::json as days, null::json as calls
from counted left join skills on skills.account_id = $1 and skills.skill_id = counted.skill_id
where ($6::text[] is null or channel = any($6)) and ($7::text[] is null or skills.name = any($7))
  and ($8::text[] is null or handoff_id = any($8))
group by counted.day, 2, 3, 4
having sum(times * attempted) <> 0
union all
select null, nullif(told.channel, ''), skills.name, told."handoffId", :no_sums, connector, source, code, stage, days, calls
from (
  select channel, skill_id, case when $9 then handoff_id end as "handoffId", (error).sender_id, (error).source, (error).code, (error).stage,
    json_agg(day) as days, json_agg(calls) as calls
  from failed where ($6::text[] is null or channel = any($6)) and ($8::text[] is null or handoff_id = any($8))
  group by 1, 2, 3, 4, 5, 6, 7) told
  left join skills on skills.account_id = $1 and skills.skill_id = told.skill_id
  left join senders on senders.account_id = $1 and senders.sender_id = told.sender_id
where $7::text[] is null or skills.name = any($7)
order by 1, 2 nulls last, 3 nulls last, 4
