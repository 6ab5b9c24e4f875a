-- A page of calls in the order of their time.
--  $1 account  $2 from  $3 until  $4 $5 the call before the page, both null: from the beginning
--  $6 channels  $7 names of skills  $8 statuses, each null for any  $9 calls to pass over  $10 most
--  $11 calls to look at: as many as the page and those passed over when nothing is filtered, else null
with gone as materialized (
  select call_id from report_changes where account_id = $1 and attempted_at >= $2 and attempted_at < $3 and counted is not null
    and not exists (select from calls where calls.account_id = $1 and calls.call_id = report_changes.call_id)
),
here as (
  select attempted_at, call_id from (
    (select attempted_at, call_id from calls_by_time where account_id = $1 and attempted_at >= $2 and attempted_at < $3
      and ($4::timestamptz is null or (attempted_at, call_id) > ($4, $5::uuid)) and call_id not in (select call_id from gone)
      order by attempted_at, call_id limit $11)
    union all
    -- New calls that the sums and that list have not come to.
    (select attempted_at, call_id from report_changes where account_id = $1 and attempted_at >= $2 and attempted_at < $3
      and counted is null and ($4::timestamptz is null or (attempted_at, call_id) > ($4, $5::uuid))
      order by attempted_at, call_id limit $11)) listed
  -- What nothing is looked for in is passed over without being read.
  order by attempted_at, call_id limit case when $11::bigint is not null then $10::bigint end
  offset case when $11::bigint is not null then $9::bigint else 0 end
),
page as (
  select found.*
  from here cross join lateral (
    -- Each by its id: the planner counts every month's partition for a look-up, and would rather read all calls.
    select c.*, count.facet from calls c cross join lateral report_count_of(c) count
    where c.account_id = $1 and c.call_id = here.call_id offset 0) found
  where ($6::text[] is null or (found.facet).channel = any($6)) and ($8::text[] is null or (found.facet).status = any($8))
    and ($7::text[] is null or exists (select from skills where skills.account_id = $1
      and skills.skill_id = (found.facet).skill_id and skills.name = any($7)))
  order by here.attempted_at, here.call_id
  limit $10 offset case when $11::bigint is null then $9::bigint else 0 end
)
