  -- Goes into analytics.sql: the hours, and the calls of less than an hour, before the first whole day and after the last.
  union all
  select (hour at time zone 'UTC')::date, 1, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id,
    row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error, :measures
  from report_hours
  where account_id = $1 and (hour >= $2 and hour < $4 or hour >= $5 and hour < $3)
  union all
  select (hour at time zone 'UTC')::date, 1, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id,
    row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error, :measures
  from calls c cross join lateral report_count_of(c)
  where c.account_id = $1 and c.call_id = any(array(
    select call_id from calls_by_time where account_id = $1 and attempted_at >= $10 and attempted_at < $2
    union
    select call_id from calls_by_time where account_id = $1 and attempted_at >= $3 and attempted_at < $11
    union
    select call_id from report_changes where account_id = $1 and counted is null
      and (attempted_at >= $10 and attempted_at < $2 or attempted_at >= $3 and attempted_at < $11)))
