  -- Goes into counted-facets.sql, into `told`: calls followed by another of the same consumer within :repeat_days times 24 hours.
  union all
  select since, times, (facet).channel, (facet).skill_id, (facet).handoff_id,
    (facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency,
    (facet).ivr_number, (facet).country, (facet).template_id, (facet).variant, (facet).asked_channel, :no_measures, repeated, replied
  from (
    select hour as since, 1 as times, facet, repeated, replied
    from report_repeats
    where account_id = $1 and days <= :repeat_days and hour >= $4 and hour < $5 and hour <> all ($8::timestamptz[])
    union all
    select (counted).hour, 1, (counted).facet, 1, (counted).replied
    from repeat_changes
    where days <= :repeat_days and (counted).hour >= $4 and (counted).hour < $5 and (counted).hour <> all ($8::timestamptz[])
    union all
    select (counted_before).hour, -1, (counted_before).facet, 1, (counted_before).replied
    from repeat_changes
    where days_before <= :repeat_days and (counted_before).hour >= $4 and (counted_before).hour < $5
      and (counted_before).hour <> all ($8::timestamptz[])
    union all
    select c.attempted_at, 1, count.facet, 1, count.replied
    from calls c
      left join calls_by_time listed on listed.account_id = $1 and listed.attempted_at = c.attempted_at and listed.call_id = c.call_id
      left join repeat_changes change on change.call_id = c.call_id
      cross join lateral report_count_of(c) count
    where c.account_id = $1 and :one_by_one
      and case when change.call_id is null then listed.next_days else change.days end <= :repeat_days) repeats
