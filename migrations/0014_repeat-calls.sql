-- What the list of calls by time (0008) knows besides: repeat calls, and how many calls each hour and day has.

-- Repeat calls: whether a consumer called again, and after how long. Kept by the job that sums up calls (0008), beside the
-- list of calls by time: eligibility's insert pays nothing for it.

-- Who called, without their number: a hash of account and number, so that no two brands' lists can be laid side by side.
-- Null: not known, and then nobody who calls again. A call whose number was erased has none.
create function report_consumer(account_id text, phone text) returns bigint language sql immutable parallel safe as $$
  select case when phone like '+%' then ('x' || substr(md5(account_id || '/' || phone), 1, 16))::bit(64)::bigint end
$$;

-- After how many times 24 hours the next call came, rounded up: 1 to 30. Null: later or never.
create function days_until_next(at timestamptz, next_at timestamptz) returns smallint language sql immutable parallel safe as $$
  select case when extract(epoch from next_at - at) <= 2592000 then greatest(1, ceil(extract(epoch from next_at - at) / 86400))::smallint end
$$;

alter table calls_by_time
  add column consumer bigint,
  -- Until the consumer's next call, as of the last time the job looked.
  add column next_days smallint check (next_days between 1 and 30);
create index calls_by_time_of_consumer on calls_by_time (account_id, consumer, attempted_at) where consumer is not null;

-- Of the calls that an hour's sums hold: how many were followed by another of the same consumer, and how many of those
-- had been answered.
create table report_repeats (
  account_id text not null,
  hour timestamptz not null,
  facet report_facet not null,
  days smallint not null check (days between 1 and 30),
  repeated bigint not null,
  replied bigint not null,
  primary key (account_id, hour, facet, days)
);
create index report_repeats_empty on report_repeats (account_id) where repeated = 0;

-- What taking in the named changes does to repeats: the changed calls themselves, and calls that have another next one now.
-- Pure, so that the job and a report that cannot wait for it ask the same: `counted_before` and `days_before` is what list
-- and sums hold, `counted` and `days` what they had to hold. All of a list's consumers that are touched are put in order anew
-- within the 720 hours around what is new. Planned by itself, which `set` brings about: as part of a larger statement its few
-- rows would be taken for many. And planned for any number of calls, so for ten: two thousand would be compared with two
-- thousand, one by one. Look-ups by key are laterals, which are nested loops all the same; and by an index, also in a month
-- that was nearly empty when the plan was made.
create function report_repeat_changes(of_accounts text[], of_calls uuid[]) returns table (
  account_id text, attempted_at timestamptz, call_id uuid, consumer bigint, lives boolean,
  counted_before report_count, days_before smallint, counted report_count, days smallint
) language sql stable rows 20 set enable_nestloop = off set enable_seqscan = off as $$
with changed as materialized (
  select change.account_id, change.attempted_at, change.call_id, change.counted, c.call_id is not null as lives,
    c.consumer, listed.call_id is not null as was_listed, listed.consumer as consumer_before, listed.next_days,
    -- Stands elsewhere in the order than the list says.
    listed.call_id is null or c.call_id is null or listed.consumer is distinct from c.consumer as moved
  from unnest(of_accounts, of_calls) named (account_id, call_id)
    -- Each by its key, here and below: the planner counts every month's partition for a look-up, and would rather read all.
    cross join lateral (
      select pending.* from report_changes pending
      where pending.account_id = named.account_id and pending.call_id = named.call_id offset 0) change
    left join lateral (
      select raw.call_id, report_consumer(raw.account_id, raw.consumer_phone) as consumer
      from calls raw where raw.account_id = change.account_id and raw.call_id = change.call_id offset 0) c on true
    left join lateral (
      select known.call_id, known.consumer, known.next_days
      from calls_by_time known
      where known.account_id = change.account_id and known.attempted_at = change.attempted_at and known.call_id = change.call_id
      offset 0) listed on true
),
touched as materialized (
  select place.account_id, place.consumer, min(place.attempted_at) as first_at, max(place.attempted_at) as last_at
  from (
    select changed.account_id, changed.consumer, changed.attempted_at from changed where moved and lives
    union all
    select changed.account_id, changed.consumer_before, changed.attempted_at from changed where moved and was_listed) place
  where place.consumer is not null
  group by 1, 2
),
placed as (
  select touched.account_id, touched.consumer, touched.last_at, listed.attempted_at, listed.call_id, listed.next_days
  from touched cross join lateral (
    select known.attempted_at, known.call_id, known.next_days
    from calls_by_time known
    where known.account_id = touched.account_id and known.consumer = touched.consumer
      and known.attempted_at >= touched.first_at - interval '720 hours' and known.attempted_at <= touched.last_at + interval '720 hours'
    offset 0) listed
  where not exists (
    select from changed
    where changed.account_id = touched.account_id and changed.call_id = listed.call_id and changed.moved)
  union all
  select changed.account_id, changed.consumer, touched.last_at, changed.attempted_at, changed.call_id, changed.next_days
  from changed join touched on touched.account_id = changed.account_id and touched.consumer = changed.consumer
  where changed.moved and changed.lives
),
ordered as (
  select placed.*, days_until_next(placed.attempted_at, lead(placed.attempted_at)
    over (partition by placed.account_id, placed.consumer order by placed.attempted_at, placed.call_id)) as days
  from placed
),
known as (
  select coalesce(o.account_id, changed.account_id) as account_id, coalesce(o.attempted_at, changed.attempted_at) as attempted_at,
    coalesce(o.call_id, changed.call_id) as call_id, coalesce(o.consumer, changed.consumer) as consumer,
    changed.call_id is not null as is_changed, coalesce(changed.lives, true) as lives, changed.was_listed, changed.counted,
    coalesce(changed.moved, false) as moved,
    coalesce(o.next_days, changed.next_days) as days_before,
    case when o.call_id is not null then o.days
      when changed.lives and changed.consumer is not null then changed.next_days end as days
  from (
    -- What comes after the last that is new has the next call that it had.
    select * from ordered where ordered.attempted_at <= ordered.last_at) o
    full join changed on changed.account_id = o.account_id and changed.call_id = o.call_id
)
select known.account_id, known.attempted_at, known.call_id, known.consumer, known.lives,
  case when known.days_before is null then null when known.is_changed then known.counted else held.counted end,
  known.days_before,
  case when known.days is null then null when known.is_changed then now.counted else held.counted end,
  known.days
from known
  left join lateral (
    select count as counted
    from calls c cross join lateral report_count_of(c) count
    where c.account_id = known.account_id and c.call_id = known.call_id and known.is_changed and known.days is not null
    offset 0) now on true
  left join lateral (
    -- What the sums hold of a call that is not among those named: as it is, or as it was before a change not taken in yet.
    select coalesce(
      (select change.counted from report_changes change where change.account_id = known.account_id and change.call_id = known.call_id),
      (select count from calls c cross join lateral report_count_of(c) count
       where c.account_id = known.account_id and c.call_id = known.call_id)) as counted
    where not known.is_changed offset 0) held on true
where (known.is_changed and (known.days_before is not null or known.days is not null or known.moved and known.was_listed))
  or (not known.is_changed and known.days is distinct from known.days_before)
$$;

-- How many calls there are, so that a page at any depth is found without passing over the calls before it.
create table call_counts (
  account_id text not null,
  unit text not null check (unit in ('hour', 'day')),
  -- UTC.
  since timestamptz not null,
  calls bigint not null,
  primary key (account_id, unit, since)
);
create index call_counts_empty on call_counts (account_id) where calls = 0;

-- Calls that were listed before.
insert into call_counts (account_id, unit, since, calls)
select account_id, unit, date_trunc(unit, attempted_at, 'UTC'), count(*)
from calls_by_time cross join (values ('hour'), ('day')) units (unit) group by 1, 2, 3;
update calls_by_time listed set consumer = report_consumer(c.account_id, c.consumer_phone)
from calls c where c.account_id = listed.account_id and c.call_id = listed.call_id;
update calls_by_time listed set next_days = ordered.days
from (
  select account_id, attempted_at, call_id,
    days_until_next(attempted_at, lead(attempted_at) over (partition by account_id, consumer order by attempted_at, call_id)) as days
  from calls_by_time where consumer is not null) ordered
where ordered.days is not null and listed.account_id = ordered.account_id and listed.attempted_at = ordered.attempted_at
  and listed.call_id = ordered.call_id;
insert into report_repeats (account_id, hour, facet, days, repeated, replied)
select held.account_id, (held.counted).hour, (held.counted).facet, held.next_days, count(*), sum((held.counted).replied)
from (
  select listed.account_id, listed.next_days, coalesce(change.counted, count) as counted
  from calls_by_time listed join calls c using (account_id, call_id) cross join lateral report_count_of(c) count
    left join report_changes change on change.account_id = listed.account_id and change.call_id = listed.call_id
  where listed.next_days is not null) held
group by 1, 2, 3, 4;
