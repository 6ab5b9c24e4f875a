-- Which calls come next in the order of their time.
--  $1 account  $2 from  $3 until  $4 $5 the call before, both null: from the beginning  $6 most
with here as (
  (select attempted_at, call_id from calls_by_time where account_id = $1 and attempted_at >= $2 and attempted_at < $3
    and ($4::timestamptz is null or (attempted_at, call_id) > ($4, $5::uuid))
    order by attempted_at, call_id limit $6)
  union all
  -- New calls that the sums and that list have not come to.
  (select attempted_at, call_id from report_changes where account_id = $1 and attempted_at >= $2 and attempted_at < $3
    and counted is null and ($4::timestamptz is null or (attempted_at, call_id) > ($4, $5::uuid))
    order by attempted_at, call_id limit $6)
)
select attempted_at::text as at, call_id as "callId" from here order by attempted_at, call_id limit $6
