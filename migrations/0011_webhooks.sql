-- Outgoing webhooks: who is told of a brand's events, which events there were, and what became of each telling.

create table webhook_endpoints (
  account_id text not null references accounts,
  endpoint_id uuid not null,
  title text not null,
  url text not null,
  -- The types that it is told; null: every one, also those to come.
  events text[],
  -- Whether the consumer's address goes along.
  tells_address boolean not null default false,
  -- Paused: events wait for it. Disabled: they do not, and only a replay by hand tells them later.
  state text not null default 'on' check (state in ('on', 'paused', 'disabled')),
  disabled_for text check (disabled_for in ('gone', 'failing', 'hand')),
  -- The two secrets that sign while one is exchanged for the other.
  secret bytea not null,
  previous_secret bytea,
  previous_until timestamptz,
  -- The first failure since something was delivered, and the word for the newest one.
  failing_since timestamptz,
  last_error text,
  -- While it fails: it asked to be left alone until then.
  wait_until timestamptz,
  -- Of its newest delivery.
  last_number bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (account_id, endpoint_id),
  check ((state = 'disabled') = (disabled_for is not null)),
  check ((previous_secret is null) = (previous_until is null))
);
-- Eligibility knows from its configuration whether anybody wants to hear of a call. Numbers and failures are no configuration.
create trigger webhook_endpoints_touched after insert or delete or update of events on webhook_endpoints
  for each row execute function touch_account_config();

-- What happened, written in the tx in which it happened, and only where an endpoint wants it. Ids, kinds and times: nothing
-- of a person. The consumer's address is looked up when an endpoint that is told it is told.
create table webhook_events (
  account_id text not null,
  -- With `msg_` before it, the id that the receiver knows it by, however often it is told.
  event_id uuid not null default gen_random_uuid(),
  event_number bigint generated always as identity,
  type text not null,
  at timestamptz not null default clock_timestamp(),
  occurred_at timestamptz not null default clock_timestamp(),
  call_id uuid,
  conversation_id uuid,
  opt_out_id uuid,
  data jsonb not null,
  -- When it was given to the endpoints that want it.
  given_at timestamptz,
  primary key (account_id, event_id)
);
create index webhook_events_new on webhook_events (event_number) where given_at is null;
create index webhook_events_of_account on webhook_events (account_id, event_number);
create index webhook_events_by_time on webhook_events using brin (at);

-- One event for one endpoint, numbered for it without a gap. No foreign key to the endpoint: what an endpoint that is
-- removed leaves behind goes with time, and not in one long statement.
create table webhook_deliveries (
  account_id text not null,
  endpoint_id uuid not null,
  number bigint not null,
  event_id uuid not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  -- Goes once, and also to an endpoint that is not on.
  is_test boolean not null default false,
  -- Since the last time that a person asked for it.
  tries integer not null default 0,
  -- Of one that is under way: when another process may take it over.
  next_try_at timestamptz not null default now(),
  claimed_by uuid,
  -- The newest of them, in order: {at, status, ms, error, answer}.
  attempts jsonb not null default '[]',
  event_at timestamptz not null,
  ended_at timestamptz,
  primary key (account_id, endpoint_id, number)
);
create unique index webhook_deliveries_of_event on webhook_deliveries (account_id, event_id, endpoint_id);
create index webhook_deliveries_due on webhook_deliveries (account_id, endpoint_id, next_try_at, number) where state = 'waiting';
create index webhook_deliveries_tests on webhook_deliveries (next_try_at) where state = 'waiting' and is_test;
create index webhook_deliveries_failed on webhook_deliveries (account_id, endpoint_id, number) where state = 'failed';
create index webhook_deliveries_by_time on webhook_deliveries using brin (event_at);

-- Whether anybody wants to hear of such an event. Where there is no endpoint this is one look into an empty index.
create function webhook_wanted(account text, kind text) returns boolean language sql stable parallel safe as $$
  select exists(select from webhook_endpoints e where e.account_id = account and (e.events is null or kind = any(e.events)))
$$;

create function iso_time(t timestamptz) returns text language sql immutable parallel safe as $$
  select to_char(t at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

create function webhook_skill(account text, skill uuid) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('id', skill, 'name',
    (select k.name from skills k where k.account_id = account and k.skill_id = skill))
$$;

create function webhook_handoff(account text, handoff text) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object('id', handoff, 'title',
    (select h.title from handoffs h where h.account_id = account and h.handoff_id = handoff))
$$;

-- What is told of a call: as it is at this moment, in this tx.
create function webhook_data_of(c calls) returns jsonb language sql stable parallel safe as $$
  select jsonb_build_object(
    'accountId', c.account_id,
    'callId', c.call_id,
    'conversationId', c.conversation_id,
    'eligible', c.available_channels <> '{}',
    'availableChannels', c.available_channels,
    'channel', c.channel,
    'skill', webhook_skill(c.account_id, coalesce(c.routed_skill_id, c.skill_id)),
    'handoff', webhook_handoff(c.account_id, c.handoff_id),
    'ivrNumber', c.ivr_number,
    'status', case when c.conversation_closed_at is not null then 'closed'
      when c.replied_at is not null then 'replied'
      when c.read_at is not null then 'read'
      when c.delivered_at is not null then 'delivered'
      when c.skipped_at is not null then 'skipped'
      when c.failed_at is not null then 'failed'
      when c.sent_at is not null then 'sent'
      when c.invited_at is not null then 'sending'
      when c.available_channels <> '{}' then 'eligible'
      else 'not-eligible' end,
    'reasons', coalesce(c.reasons, '[]'),
    'error', case when c.error_code is not null then jsonb_build_object('source', c.error_source, 'code', c.error_code) end,
    'times', jsonb_strip_nulls(jsonb_build_object(
      'attempted', iso_time(c.attempted_at), 'invited', iso_time(c.invited_at), 'sent', iso_time(c.sent_at),
      'delivered', iso_time(c.delivered_at), 'read', iso_time(c.read_at), 'replied', iso_time(c.replied_at),
      'failed', iso_time(c.failed_at), 'skipped', iso_time(c.skipped_at), 'optedOut', iso_time(c.opted_out_at),
      'conversationOpened', iso_time(c.conversation_created_at), 'conversationTaken', iso_time(c.conversation_taken_at),
      'conversationClosed', iso_time(c.conversation_closed_at))))
$$;

-- Triggers, because what is told is told of rows, whichever of the many statements changes them; and a statement that is
-- written next year cannot forget it. Each is asked only about the changes that are events.
create function tell_step() returns trigger language plpgsql as $$
declare kind text := 'invite.' || new.step;
begin
  if webhook_wanted(new.account_id, kind) then
    insert into webhook_events (account_id, type, occurred_at, call_id, data)
    select new.account_id, kind, new.at, new.call_id, webhook_data_of(c) || jsonb_build_object('channel', coalesce(new.channel, c.channel))
    from calls c where c.account_id = new.account_id and c.call_id = new.call_id;
  end if;
  return null;
end $$;
create trigger transaction_steps_told after insert on transaction_steps for each row
  when (new.step in ('sent', 'delivered', 'read', 'replied')) execute function tell_step();

-- An invite that ends without reaching anybody does so by several steps, but by one change of its call.
create function tell_call_end() returns trigger language plpgsql as $$
declare kind text := case when new.skipped_at is not null and old.skipped_at is null then 'invite.skipped' else 'invite.failed' end;
begin
  if webhook_wanted(new.account_id, kind) then
    insert into webhook_events (account_id, type, occurred_at, call_id, data)
    select new.account_id, kind, coalesce(case when kind = 'invite.skipped' then new.skipped_at end, new.failed_at), new.call_id,
      webhook_data_of(new);
  end if;
  return null;
end $$;
create trigger calls_told after update of failed_at, skipped_at on calls for each row
  when ((old.failed_at is null and new.failed_at is not null) or (old.skipped_at is null and new.skipped_at is not null))
  execute function tell_call_end();

create function tell_conversation() returns trigger language plpgsql as $$
declare kind text := case when tg_op = 'INSERT' then 'conversation.opened'
  when new.state = 'closed' then 'conversation.closed'
  when new.state = 'assigned' and old.state = 'queued' then 'conversation.taken'
  else 'conversation.transferred' end;
begin
  if webhook_wanted(new.account_id, kind) then
    insert into webhook_events (account_id, type, call_id, conversation_id, data)
    select new.account_id, kind, new.call_id, new.conversation_id, jsonb_build_object(
      'accountId', new.account_id,
      'callId', new.call_id,
      'conversationId', new.conversation_id,
      'channel', new.channel,
      'skill', webhook_skill(new.account_id, new.skill_id),
      'handoff', (select webhook_handoff(c.account_id, c.handoff_id) from calls c
        where c.account_id = new.account_id and c.call_id = new.call_id),
      'status', new.state,
      'agentId', coalesce(new.owner_id, case when new.state = 'closed' then new.handled_by end),
      'closedBy', new.closed_by,
      'returnedFor', new.returned_for,
      'times', jsonb_strip_nulls(jsonb_build_object(
        'opened', iso_time(new.opened_at), 'queued', iso_time(new.queued_at),
        'taken', iso_time(new.taken_at), 'closed', iso_time(new.closed_at))));
  end if;
  return null;
end $$;
create trigger conversations_opened_told after insert on conversations for each row execute function tell_conversation();
create trigger conversations_told after update of state, owner_id, skill_id on conversations for each row
  when (old.state <> new.state or old.owner_id is distinct from new.owner_id or old.skill_id <> new.skill_id)
  execute function tell_conversation();
