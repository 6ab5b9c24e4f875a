-- Goes into counted-facets.sql, before `told`: what calls that the sums have not come to change in who called again.
repeat_changes as materialized (
  select change.*
  from (
    select array_agg(account_id) as accounts, array_agg(call_id) as calls
    from report_changes
    -- A call is repeated by another within the 720 hours after it, and by none before.
    where account_id = $1 and attempted_at >= $11 and attempted_at < $12::timestamptz + interval '720 hours') pending
    cross join lateral report_repeat_changes(pending.accounts, pending.calls) change
),
