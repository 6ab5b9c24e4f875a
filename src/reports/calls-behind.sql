-- A page of the calls behind a number, the newest first. `:filters` and `:conditions` are those of
-- src/reports/call-conditions.ts; `told_of` has the columns of `counted`.
--  $1 account  $2 $3 begins and ends of the spans to look in  $4 seconds that local time is ahead  $5 since when
--  $6 $7 the call before the page, both null: from the newest on  $8 most
with span as (
  select * from unnest($2::text[]::timestamptz[], $3::text[]::timestamptz[]) as span (since, until)
),
here as (
  select listed.call_id from span join calls_by_time listed
    on listed.account_id = $1 and listed.attempted_at >= span.since and listed.attempted_at < span.until
  union
  select change.call_id from span join report_changes change
    on change.account_id = $1 and change.counted is null and change.attempted_at >= span.since and change.attempted_at < span.until
),
told_of as (
  select c.call_id, c.attempted_at, (facet).*, senders.connector, shift.seconds as shift_seconds,
    (c.attempted_at at time zone 'UTC') + make_interval(secs => shift.seconds) as local, :measures
  from here join calls c on c.account_id = $1 and c.call_id = here.call_id and c.call_id = any(array(select call_id from here)) cross join lateral report_count_of(c) own
    cross join lateral (select ($4::float8[])[width_bucket(c.attempted_at, $5::text[]::timestamptz[])] as seconds) shift
    left join senders on senders.account_id = $1 and senders.sender_id = c.sender_id
  where $6::timestamptz is null or (c.attempted_at, c.call_id) < ($6, $7::uuid)
),
page as (
  select call_id from told_of where :filters and :conditions order by attempted_at desc, call_id desc limit $8
)
select c.*, c.attempted_at::text as place, h.title as handoff_title, k.name as skill
from page join calls c on c.account_id = $1 and c.call_id = page.call_id
  left join handoffs h on h.account_id = $1 and h.handoff_id = c.handoff_id
  left join skills k on k.account_id = $1 and k.skill_id = c.skill_id
order by c.attempted_at desc, c.call_id desc
