-- What calls of some time count for, with all that tells them apart: from sums of whole days and hours, what these do not
-- hold yet, and calls read one by one where an hour is cut (domain/report-plan.ts). The begin of every report of our own;
-- it names what it wants of `counted`. `:measures` are those of domain/report.ts, `:own_measures` the same of `own`.
--  $1 account  $2 $3 begins and ends of the spans that are read from the calls  $4 $5 whole hours  $6 $7 whole days among
--  them  $8 hours among them that are read from the calls  $9 seconds that local time is ahead  $10 since when
--  $11 $12 from and until  `:one_by_one` that a call is among those read from the calls  `:repeat_changes`, `:repeated_calls` the files of those names, when repeats are asked for
--  `:filters` those of src/reports/call-conditions.ts, on the columns of `told`
with span as (
  select * from unnest($2::text[]::timestamptz[], $3::text[]::timestamptz[]) as span (since, until)
),
one_by_one as (
  select listed.call_id from span join calls_by_time listed
    on listed.account_id = $1 and listed.attempted_at >= span.since and listed.attempted_at < span.until
  union
  select change.call_id from span join report_changes change
    on change.account_id = $1 and change.counted is null and change.attempted_at >= span.since and change.attempted_at < span.until
),
:repeat_changes
told as (
  select days.day::timestamp at time zone 'UTC' as since, 1 as times, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency,
    null as ivr_number, null as country, null::uuid as template_id, null as variant, null as asked_channel, :measures
  from report_days days
  where account_id = $1 and day >= ($6::timestamptz at time zone 'UTC')::date and day < ($7::timestamptz at time zone 'UTC')::date
  union all
  select hour, 1, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency,
    (facet).ivr_number, (facet).country, (facet).template_id, (facet).variant, (facet).asked_channel, :measures
  from report_hours
  where account_id = $1 and (hour >= $4 and hour < $6 or hour >= $7 and hour < $5) and hour <> all ($8::timestamptz[])
  union all
  select hour, times, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency,
    (facet).ivr_number, (facet).country, (facet).template_id, (facet).variant, (facet).asked_channel, :measures
  from report_pending
  where account_id = $1 and hour >= $4 and hour < $5 and hour <> all ($8::timestamptz[])
  union all
  select c.attempted_at, 1, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency,
    (facet).ivr_number, (facet).country, (facet).template_id, (facet).variant, (facet).asked_channel, :own_measures
  from calls c cross join lateral report_count_of(c) own
  where c.account_id = $1 and :one_by_one
  union all
  -- What a call has cost in other currencies than its own, which few have.
  select c.attempted_at, 1, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, other.currency,
    (facet).ivr_number, (facet).country, (facet).template_id, (facet).variant, (facet).asked_channel, :other_costs
  from calls c cross join lateral jsonb_each_text(c.other_costs) other (currency, micros) cross join lateral report_count_of(c)
  where c.account_id = $1 and c.other_costs is not null and c.attempted_at >= $11 and c.attempted_at < $12
  :repeated_calls
),
counted as (
  select told.*, shift.seconds as shift_seconds, (told.since at time zone 'UTC') + make_interval(secs => shift.seconds) as local
  from told cross join lateral (
    select ($9::float8[])[width_bucket(told.since, $10::text[]::timestamptz[])] as seconds) shift
  where :filters
)
