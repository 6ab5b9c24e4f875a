-- Whether promises P1 to P4 hold on what is stored now, and whether reports are answered from right sums. One row a finding; none: all is well.
-- Read in one snapshot, so that an invite between two steps is never seen half.
with finding as (
  -- P1: an accepted invite has exactly one live attempt, or an end.
  select 'invite-without-attempt' as finding, i.account_id, i.call_id::text as subject, i.created_at as since
  from invites i
  where i.state = 'sending' and not exists (
    select from attempts a where a.account_id = i.account_id and a.message_id = i.message_id and a.state in ('accepted', 'claimed'))
  union all
  select 'unknown-without-attempt', i.account_id, i.call_id::text, i.created_at
  from invites i
  where i.state = 'unknown' and not exists (
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
  -- P4: the last word before the claim was a stop. Its time is that of its tx's begin, which may have waited for the
  -- consumer's lock as long as a statement may live: within those five seconds the order is not known.
  select 'sent-after-opt-out', m.account_id, m.message_id::text, a.claimed_at
  from attempts a join messages m using (account_id, message_id)
  where m.kind <> 'auto' and a.state in ('claimed', 'sent', 'unknown', 'gave-up') and coalesce((
    select h.resumed = false and h.at < a.claimed_at - interval '5 seconds' from opt_out_history h
    where h.account_id = a.account_id and h.address = a.address and h.channel in (m.channel, '*') and h.at < a.claimed_at
    order by h.at desc limit 1), false)
  union all
  -- Reports: what the sums say and what they have not come to, less what the calls say, is nothing.
  select 'sums-differ', account_id, to_char(hour at time zone 'UTC', 'YYYY-MM-DD HH24:00'), min(hour)
  from (
    select account_id, hour, facet, 1 as times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms
    from report_hours
    union all
    select account_id, hour, facet, times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms
    from report_pending
    union all
    select c.account_id, hour, facet, -1, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms
    from calls c cross join lateral report_count_of(c)) said
  group by account_id, hour, facet
  having (sum(times * attempted), sum(times * eligible), sum(times * invited), sum(times * sent), sum(times * delivered), sum(times * read), sum(times * replied), sum(times * closed),
    sum(times * failed), sum(times * skipped), sum(times * opted_out), sum(times * taken), sum(times * abandoned), sum(times * handled), sum(times * csat_count), sum(times * csat_sum),
    sum(times * to_text_ms), sum(times * timed_replies), sum(times * to_reply_ms), sum(times * to_agent_ms), sum(times * handling_ms)) is distinct from (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric)
  union all
  select 'day-sums-differ', account_id, day::text, min(day::timestamp at time zone 'UTC')
  from (
    select account_id, day, facet, 1 as times, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms
    from report_days
    union all
    select account_id, (hour at time zone 'UTC')::date, row((facet).channel, (facet).skill_id, (facet).handoff_id,
      (facet).sender_id, (facet).status, (facet).error_source, (facet).error_code, (facet).error_stage)::report_day_facet,
      -1, attempted, eligible, invited, sent, delivered, read, replied, closed,
    failed, skipped, opted_out, taken, abandoned, handled, csat_count, csat_sum,
    to_text_ms, timed_replies, to_reply_ms, to_agent_ms, handling_ms
    from report_hours) said
  group by account_id, day, facet
  having (sum(times * attempted), sum(times * eligible), sum(times * invited), sum(times * sent), sum(times * delivered), sum(times * read), sum(times * replied), sum(times * closed),
    sum(times * failed), sum(times * skipped), sum(times * opted_out), sum(times * taken), sum(times * abandoned), sum(times * handled), sum(times * csat_count), sum(times * csat_sum),
    sum(times * to_text_ms), sum(times * timed_replies), sum(times * to_reply_ms), sum(times * to_agent_ms), sum(times * handling_ms)) is distinct from (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::numeric)
  union all
  select 'call-not-listed', coalesce(c.account_id, listed.account_id), coalesce(c.call_id, listed.call_id)::text,
    coalesce(c.attempted_at, listed.attempted_at)
  from calls c full join calls_by_time listed
    on listed.account_id = c.account_id and listed.call_id = c.call_id and listed.attempted_at = c.attempted_at
  where (c.call_id is null or listed.call_id is null) and not exists (
    select from report_changes change
    where change.account_id = coalesce(c.account_id, listed.account_id) and change.call_id = coalesce(c.call_id, listed.call_id))
),
numbered as (
  select finding.*, count(*) over (partition by finding)::int as total,
    row_number() over (partition by finding order by since desc)::int as place
  from finding
)
select finding, account_id as "accountId", subject, since, total from numbered where place <= 20 order by finding, place
