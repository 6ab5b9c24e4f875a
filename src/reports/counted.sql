-- What calls of a span of time count for: sums of whole days and hours, what these do not hold yet, and the calls of the
-- two ends. The begin of every report that counts; it names what it wants of `counted`, columns as below.
--  $1 account  $2 from  $3 until  $4 $5 whole hours  $6 $7 whole days among them (domain/report-window.ts)
--  $8 channels  $9 names of skills  $10 handoffs  $11 statuses, each null for any
with ends as (
  select call_id from calls_by_time where account_id = $1 and attempted_at >= $2 and attempted_at < $4
  union
  select call_id from calls_by_time where account_id = $1 and attempted_at >= $5 and attempted_at < $3
  union
  select call_id from report_changes where account_id = $1 and counted is null
    and (attempted_at >= $2 and attempted_at < $4 or attempted_at >= $5 and attempted_at < $3)
),
told as (
  select days.day::timestamp at time zone 'UTC' as since, 1 as times, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage,
    attempted, eligible, skipped, sent, failed, delivered, read, replied, closed, csat_count, csat_sum
  from report_days days
  where account_id = $1 and day >= ($6::timestamptz at time zone 'UTC')::date and day < ($7::timestamptz at time zone 'UTC')::date
  union all
  select hour, 1, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage,
    attempted, eligible, skipped, sent, failed, delivered, read, replied, closed, csat_count, csat_sum
  from report_hours
  where account_id = $1 and (hour >= $4 and hour < $6 or hour >= $7 and hour < $5)
  union all
  select hour, times, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage,
    attempted, eligible, skipped, sent, failed, delivered, read, replied, closed, csat_count, csat_sum
  from report_pending
  where account_id = $1 and hour >= $4 and hour < $5
  union all
  select hour, 1, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage,
    attempted, eligible, skipped, sent, failed, delivered, read, replied, closed, csat_count, csat_sum
  from calls c cross join lateral report_count_of(c)
  where c.account_id = $1 and c.call_id = any(array(select call_id from ends))
),
counted as (
  select told.*, skills.name as skill
  from told left join skills on skills.account_id = $1 and skills.skill_id = told.skill_id
  where ($8::text[] is null or channel = any($8)) and ($9::text[] is null or skills.name = any($9))
    and ($10::text[] is null or handoff_id = any($10)) and ($11::text[] is null or status = any($11))
)
