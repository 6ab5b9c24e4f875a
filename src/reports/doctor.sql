-- Whether promises P1 to P4 hold on what is stored now, and whether reports are answered from right sums. One row a finding; none: all is well.
-- Read in one snapshot, so that an invite between two steps is never seen half.
with kept as materialized (
  -- Messages may be kept for a shorter time than calls: older invites have lost theirs.
  select coalesce(min(since), '-infinity') as since from data_partitions where parent = 'messages'
),
slow_repeats as materialized (
  -- Repeat calls by the numbers themselves, however slow.
  select c.account_id, c.call_id, c.attempted_at, c.raw, days_until_next(c.attempted_at, c.next_at) as days
  from (
    select raw.account_id, raw.call_id, raw.attempted_at, raw,
      lead(raw.attempted_at) over (partition by raw.account_id, raw.consumer_phone order by raw.attempted_at, raw.call_id) as next_at
    from calls raw where raw.consumer_phone like '+%') c
  where days_until_next(c.attempted_at, c.next_at) is not null
),
pending_repeats as materialized (
  select change.*
  from (select array_agg(account_id) as accounts, array_agg(call_id) as calls from report_changes) pending
    cross join lateral report_repeat_changes(pending.accounts, pending.calls) change
),
finding as (
  -- P1: an accepted invite has exactly one live attempt, or an end.
  select 'invite-without-attempt' as finding, i.account_id, i.call_id::text as subject, i.created_at as since
  from invites i
  where i.state = 'sending' and i.created_at >= (select since from kept) and not exists (
    select from attempts a where a.account_id = i.account_id and a.message_id = i.message_id and a.state in ('accepted', 'claimed'))
  union all
  select 'unknown-without-attempt', i.account_id, i.call_id::text, i.created_at
  from invites i
  where i.state = 'unknown' and i.created_at >= (select since from kept) and not exists (
    select from attempts a where a.account_id = i.account_id and a.message_id = i.message_id and a.state in ('unknown', 'gave-up'))
  union all
  select 'attempts-at-once', a.account_id, a.call_id::text, min(a.created_at)
  from attempts a
  where a.call_id is not null and a.state in ('accepted', 'claimed', 'unknown')
  group by a.account_id, a.call_id having count(*) > 1
  union all
  select 'message-without-attempt', m.account_id, m.message_id::text, m.created_at
  from messages m
  where m.direction = 'out' and m.status = 'accepted' and not exists (
    select from attempts a where a.account_id = m.account_id and a.message_id = m.message_id)
  union all
  -- Waiting is only long when nobody works: the sweep gives a job to what is due every five seconds.
  select 'waits-too-long', a.account_id, a.attempt_id::text, a.next_try_at
  from attempts a
  where a.state = 'accepted' and a.next_try_at < clock_timestamp() - interval '60 seconds'
  union all
  -- P2: one callId, one message that reached the provider.
  select 'sent-twice', m.account_id, m.call_id::text, min(m.created_at)
  from messages m
  where m.kind = 'invite' and m.call_id is not null and m.status in ('sending', 'sent', 'delivered', 'read')
  group by m.account_id, m.call_id having count(*) > 1
  union all
  select 'message-with-attempts', a.account_id, a.message_id::text, min(a.created_at)
  from attempts a
  where a.state in ('accepted', 'claimed', 'unknown', 'sent')
  group by a.account_id, a.message_id having count(*) > 1
  union all
  -- P3: a claim past its lease is swept within seconds; an unknown outcome is asked about for five minutes.
  select 'claimed-past-lease', a.account_id, a.attempt_id::text, a.lease_until
  from attempts a
  where a.state = 'claimed' and coalesce(a.lease_until, a.claimed_at) < clock_timestamp() - interval '60 seconds'
  union all
  select 'unknown-too-long', a.account_id, a.attempt_id::text, a.unknown_since
  from attempts a
  where a.state = 'unknown' and a.unknown_since < clock_timestamp() - interval '10 minutes'
  union all
  select 'unknown-now', a.account_id, a.attempt_id::text, a.unknown_since
  from attempts a
  where a.state = 'unknown' and a.unknown_since >= clock_timestamp() - interval '10 minutes'
  union all
  select 'gave-up', a.account_id, a.attempt_id::text, a.finished_at
  from attempts a
  where a.state = 'gave-up' and a.finished_at > clock_timestamp() - interval '7 days'
  union all
  -- Webhooks: every event is given to its endpoints within seconds, and a delivery that is due is made, unless the endpoint
  -- is just busy with others. One that fails is given one at a time, and its own page says so.
  select 'event-not-given', v.account_id, v.event_id::text, v.at
  from webhook_events v
  where v.given_at is null and v.at < clock_timestamp() - interval '10 minutes'
  union all
  select 'delivery-without-event', d.account_id, d.event_id::text, d.event_at
  from webhook_deliveries d
  where d.state = 'waiting' and not exists (
    select from webhook_events v where v.account_id = d.account_id and v.event_id = d.event_id)
  union all
  select 'delivery-overdue', e.account_id, e.endpoint_id::text, min(d.next_try_at)
  from webhook_endpoints e join webhook_deliveries d using (account_id, endpoint_id)
  where e.state = 'on' and e.failing_since is null and d.state = 'waiting'
  group by e.account_id, e.endpoint_id
  having min(d.next_try_at) < clock_timestamp() - interval '10 minutes'
    and not bool_or(d.claimed_by is not null and d.next_try_at > clock_timestamp())
  union all
  select 'webhook-disabled', e.account_id, e.endpoint_id::text, e.failing_since
  from webhook_endpoints e
  where e.disabled_for in ('gone', 'failing')
  union all
  -- As health tells of it: the newest file was given up, or has failed and is tried again.
  select 'schedule-fails', s.account_id, s.schedule_id::text, e.created_at
  from export_schedules s join lateral (
    select state, tries, created_at from exports
    where exports.account_id = s.account_id and exports.schedule_id = s.schedule_id order by until desc limit 1) e on true
  where s.enabled and (e.state = 'failed' or e.state = 'waiting' and e.tries > 0 or e.state = 'running' and e.tries > 1)
  union all
  -- P4: the last word before the claim was a stop. Its time is that of its tx's begin, which may have waited for the
  -- consumer's lock as long as a statement may live: within those five seconds the order is not known.
  select 'sent-after-opt-out', m.account_id, m.message_id::text, a.claimed_at
  from attempts a join messages m using (account_id, message_id)
  where m.kind <> 'auto' and a.state in ('claimed', 'sent', 'unknown', 'gave-up') and coalesce((
    select h.resumed = false and h.at < a.claimed_at - interval '5 seconds' from opt_out_history h
    where h.account_id = a.account_id and h.address = a.address and h.channel in (m.channel, '*') and h.at < a.claimed_at
    order by h.at desc limit 1), false)
  union all
  -- Data rights: a person is erased within a minute.
  select 'erasure-waits', account_id, erasure_id::text, requested_at
  from erasures where state <> 'done' and requested_at < clock_timestamp() - interval '2 minutes'
  union all
  -- Reports: what the sums say and what they have not come to, less what the calls say, is nothing.
  select 'sums-differ', account_id, to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:00'), min(hour)
  from (
    select account_id, hour, facet, 1 as times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms, cost_micros
    from report_hours
    union all
    select account_id, hour, facet, times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms, cost_micros
    from report_pending
    union all
    select c.account_id, hour, facet, -1, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms, count.cost_micros
    from calls c cross join lateral report_count_of(c) count) said
  group by account_id, hour, facet
  having (sum(times * attempted), sum(times * eligible), sum(times * invited), sum(times * sent), sum(times * delivered), sum(times * read), sum(times * replied), sum(times * closed),
    sum(times * failed), sum(times * skipped), sum(times * opted_out), sum(times * taken), sum(times * abandoned), sum(times * handled), sum(times * csat_count), sum(times * csat_sum),
    sum(times * to_text_ms), sum(times * timed_replies), sum(times * to_reply_ms), sum(times * to_agent_ms), sum(times * handling_ms), sum(times * cost_micros)) is distinct from (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric)
  union all
  select 'day-sums-differ', account_id, day::text, min(day::timestamp at time zone 'UTC')
  from (
    select account_id, day, facet, 1 as times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms, cost_micros
    from report_days
    union all
    select account_id, (hour at time zone 'UTC')::date, row((facet).channel, (facet).skill_id, (facet).handoff_id,
      (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage, (facet).reached, (facet).loss, (facet).currency)::report_day_facet,
      -1, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms, cost_micros
    from report_hours) said
  group by account_id, day, facet
  having (sum(times * attempted), sum(times * eligible), sum(times * invited), sum(times * sent), sum(times * delivered), sum(times * read), sum(times * replied), sum(times * closed),
    sum(times * failed), sum(times * skipped), sum(times * opted_out), sum(times * taken), sum(times * abandoned), sum(times * handled), sum(times * csat_count), sum(times * csat_sum),
    sum(times * to_text_ms), sum(times * timed_replies), sum(times * to_reply_ms), sum(times * to_agent_ms), sum(times * handling_ms), sum(times * cost_micros)) is distinct from (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric)
  union all
  select 'day-totals-differ', account_id, day::text, min(day::timestamp at time zone 'UTC')
  from (
    select account_id, day, channel, skill_id, handoff_id, 1 as times, attempted, eligible, skipped, sent, failed, delivered, read,
      replied, closed, csat_count, csat_sum
    from report_day_totals
    union all
    select account_id, day, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id, -1, attempted, eligible, skipped, sent, failed,
      delivered, read, replied, closed, csat_count, csat_sum
    from report_days) said
  group by account_id, day, channel, skill_id, handoff_id
  having (sum(times * attempted), sum(times * eligible), sum(times * skipped), sum(times * sent), sum(times * failed), sum(times * delivered), sum(times * read), sum(times * replied), sum(times * closed), sum(times * csat_count), sum(times * csat_sum))
    is distinct from (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric)
  union all
  select 'day-errors-differ', account_id, day::text, min(day::timestamp at time zone 'UTC')
  from (
    select account_id, day, channel, skill_id, handoff_id, error, calls from report_day_errors
    union all
    select account_id, day, coalesce((facet).channel, ''), (facet).skill_id, (facet).handoff_id,
      row((facet).sender_id, (facet).error_source, (facet).error_code, (facet).error_stage)::report_error, -attempted
    from report_days where (facet).error_code is not null) said
  group by account_id, day, channel, skill_id, handoff_id, error having sum(calls) <> 0
  union all
  -- What a call is said to have cost is what its messages have cost, in each currency. Only of calls whose messages are all
  -- still kept, which go by whole months.
  select 'costs-differ', said.account_id, said.call_id::text, min(c.attempted_at)
  from (
    select account_id, call_id, cost_currency as currency, cost_micros as micros from calls
    where cost_currency is not null or cost_micros <> 0
    union all
    select account_id, call_id, other.key, other.value::bigint
    from calls cross join lateral jsonb_each_text(other_costs) other
    where other_costs is not null
    union all
    select m.account_id, coalesce(m.call_id, talk.call_id), m.cost_currency, -m.cost_micros
    from messages m left join conversations talk on talk.account_id = m.account_id and talk.conversation_id = m.conversation_id
    where m.cost_micros is not null) said
    join calls c on c.account_id = said.account_id and c.call_id = said.call_id
    join (select account_id, date_trunc('month', min(created_at), 'UTC') as month from messages group by account_id) kept
      on kept.account_id = said.account_id and kept.month <= c.attempted_at
  group by said.account_id, said.call_id, said.currency having sum(said.micros) <> 0
  union all
  select 'call-not-listed', coalesce(c.account_id, listed.account_id), coalesce(c.call_id, listed.call_id)::text,
    coalesce(c.attempted_at, listed.attempted_at)
  from calls c full join calls_by_time listed
    on listed.account_id = c.account_id and listed.call_id = c.call_id and listed.attempted_at = c.attempted_at
  where (c.call_id is null or listed.call_id is null) and not exists (
    select from report_changes change
    where change.account_id = coalesce(c.account_id, listed.account_id) and change.call_id = coalesce(c.call_id, listed.call_id))
  union all
  select 'call-counts-differ', account_id, unit || ' ' || to_char(since at time zone 'UTC', 'YYYY-MM-DD HH24:00'), since
  from (
    select account_id, unit, since, calls from call_counts
    union all
    select account_id, unit, date_trunc(unit, attempted_at, 'UTC'), calls
    from (
      select account_id, attempted_at, -1 as calls from calls
      union all
      select account_id, attempted_at, case when counted is null then 1 else -1 end
      from report_changes change
      where counted is null or not exists (
        select from calls where calls.account_id = change.account_id and calls.call_id = change.call_id)) one
      cross join (values ('hour'), ('day')) units (unit)) said
  group by account_id, unit, since having sum(calls) <> 0
  union all
  select 'repeats-differ', account_id, to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:00'), min(hour)
  from (
    select account_id, hour, facet, days, repeated, replied from report_repeats
    union all
    select account_id, (counted).hour, (counted).facet, days, 1, (counted).replied from pending_repeats where days is not null
    union all
    select account_id, (counted_before).hour, (counted_before).facet, days_before, -1, -(counted_before).replied
    from pending_repeats where days_before is not null
    union all
    select slow.account_id, count.hour, count.facet, slow.days, -1, -count.replied
    from slow_repeats slow cross join lateral report_count_of(slow.raw) count) said
  group by account_id, hour, facet, days
  having (sum(repeated), sum(replied)) is distinct from (0::numeric, 0::numeric)
  union all
  -- What the list by time says of consumers is what the next sums are made from.
  select 'consumer-not-known', listed.account_id, listed.call_id::text, listed.attempted_at
  from calls_by_time listed join calls c using (account_id, call_id)
    left join slow_repeats slow on slow.account_id = listed.account_id and slow.call_id = listed.call_id
    left join pending_repeats pending on pending.account_id = listed.account_id and pending.call_id = listed.call_id
  where (listed.consumer is distinct from report_consumer(c.account_id, c.consumer_phone)
      or case when pending.call_id is null then listed.next_days else pending.days end is distinct from slow.days)
    and not exists (
      select from report_changes change where change.account_id = listed.account_id and change.call_id = listed.call_id)
),
numbered as (
  select finding.*, count(*) over (partition by finding)::int as total,
    row_number() over (partition by finding order by since desc)::int as place
  from finding
)
select finding, account_id as "accountId", subject, since, total from numbered where place <= 20 order by finding, place
