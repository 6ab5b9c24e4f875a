-- Invites, attempts to send, conversations, messages, and what providers said.

-- One callId, one invite: the primary key is the promise.
create table invites (
  account_id text not null,
  call_id uuid not null,
  state text not null check (state in ('sending', 'sent', 'unknown', 'failed', 'expired', 'opted-out')),
  -- Counts definite failures after which the IVR asked again.
  round integer not null default 1,
  consumer_phone text not null,
  skill_id uuid not null,
  override_channel text,
  override_message text,
  -- Channels of this call not tried yet, in order.
  channels_left text[] not null,
  channel text,
  sender_id uuid,
  -- The consumer's address on the channel used: phone, or consumer id in the app.
  address text,
  message_id uuid,
  handoff_id text not null,
  lookback_minutes integer not null,
  route_all_within_lookback boolean not null,
  failure_kind text,
  provider_code text,
  conversation_id uuid,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  sent_at timestamptz,
  lookback_until timestamptz,
  primary key (account_id, call_id)
) partition by range (call_id);
-- Each month's invites refer to that month's calls (migration 0012): so both can be dropped without a look at all others.
create table invites_default partition of invites default;
create index invites_for_reply on invites (account_id, sender_id, address, sent_at desc);
create index invites_by_consumer on invites (account_id, consumer_phone, created_at desc);

-- One owner or one queue, always: the check is promise P8.
create table conversations (
  account_id text not null references accounts,
  conversation_id uuid not null,
  channel text not null,
  sender_id uuid not null,
  address text not null,
  consumer_phone text,
  skill_id uuid not null,
  state text not null check (state in ('queued', 'assigned', 'closed')),
  owner_id uuid,
  -- Who took it last; stays when it is closed, which owns nothing.
  handled_by uuid,
  call_id uuid,
  opened_at timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  taken_at timestamptz,
  closed_at timestamptz,
  closed_by text check (closed_by in ('agent', 'consumer', 'system')),
  last_inbound_at timestamptz,
  last_message_at timestamptz not null default now(),
  version bigint not null default 1,
  primary key (account_id, conversation_id),
  check ((state = 'assigned') = (owner_id is not null)),
  check ((state = 'closed') = (closed_at is not null)),
  foreign key (account_id, sender_id) references senders,
  foreign key (account_id, skill_id) references skills
);
-- Two replies at once must not open two conversations.
create unique index conversations_open on conversations (account_id, sender_id, address) where state <> 'closed';
create index conversations_open_by_phone on conversations (account_id, consumer_phone) where state <> 'closed';
create index conversations_open_by_address on conversations (account_id, address) where state <> 'closed';
create index conversations_queue on conversations (account_id, skill_id, queued_at) where state = 'queued';
create index conversations_owned on conversations (account_id, owner_id) where state = 'assigned';
create index conversations_closed on conversations (account_id, closed_at desc) where state = 'closed';
create index conversations_handled on conversations (account_id, handled_by, closed_at desc) where state = 'closed';
create index conversations_by_consumer on conversations (account_id, address, opened_at desc);

create sequence messages_message_number_seq;
-- In partitions of a month each, by the id, like calls.
create table messages (
  account_id text not null references accounts,
  message_id uuid not null,
  message_number bigint not null default nextval('messages_message_number_seq'),
  conversation_id uuid,
  call_id uuid,
  sender_id uuid not null,
  channel text not null,
  address text not null,
  direction text not null check (direction in ('in', 'out')),
  kind text not null check (kind in ('invite', 'reply', 'auto', 'text')),
  body text not null,
  title text,
  template_id uuid,
  template_variables jsonb,
  media jsonb,
  author_id uuid,
  client_id text,
  status text,
  provider_id text,
  failure_kind text,
  provider_code text,
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz,
  primary key (account_id, message_id),
  check ((direction = 'out') = (status is not null)),
  foreign key (account_id, sender_id) references senders
) partition by range (message_id);
create table messages_default partition of messages default;
alter sequence messages_message_number_seq owned by messages.message_number;
-- What a provider tells us twice is stored once, and a double click, a retry and a reconnect send one reply: two that come at
-- once wait for each other under the consumer's lock, and look into all months. Within a month the index holds it besides.
create unique index messages_default_provider_id on messages_default (account_id, sender_id, provider_id) where provider_id is not null;
create unique index messages_default_client_id on messages_default (account_id, conversation_id, client_id) where client_id is not null;
create index messages_of_conversation on messages (account_id, conversation_id, message_number);
create index messages_to_address on messages (account_id, address, created_at desc) where direction = 'out';
create index messages_of_call on messages (account_id, call_id) where call_id is not null;

-- One try to hand a message to a provider. The token is committed before the call; the fence counts claims, so that a
-- process that slept through its lease can neither send nor overwrite. In partitions by the id, which is made of the time of
-- its message's: both lie in partitions of the same month.
create table attempts (
  account_id text not null references accounts,
  attempt_id uuid not null,
  message_id uuid not null,
  call_id uuid,
  sender_id uuid not null,
  address text not null,
  state text not null check (state in ('accepted', 'claimed', 'sent', 'rejected', 'unknown', 'gave-up', 'expired', 'opted-out')),
  token text not null,
  fence integer not null default 0,
  claimed_by uuid,
  claimed_at timestamptz,
  lease_until timestamptz,
  tries integer not null default 0,
  next_try_at timestamptz not null default now(),
  expires_at timestamptz,
  unknown_since timestamptz,
  unknown_reason text check (unknown_reason in ('lease-expired', 'unclear-answer')),
  asked integer not null default 0,
  next_ask_at timestamptz,
  provider_id text,
  failure_kind text,
  provider_code text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (account_id, attempt_id)
) partition by range (attempt_id);
create table attempts_default partition of attempts default;
create unique index attempts_default_token on attempts_default (account_id, token);
create index attempts_of_message on attempts (account_id, message_id);
-- The sweep reads these three every five seconds over all brands.
create index attempts_waiting on attempts (next_try_at) where state = 'accepted';
create index attempts_leased on attempts (lease_until) where state = 'claimed';
create index attempts_unknown on attempts (next_ask_at) where state = 'unknown';

-- Status callbacks as heard. One that comes before its message is known waits here and is matched later.
create table receipts (
  account_id text not null references accounts,
  sender_id uuid not null,
  provider_id text not null,
  status text not null,
  attempt_token text,
  failure_kind text,
  provider_code text,
  occurred_at timestamptz,
  received_at timestamptz not null default now(),
  matched_at timestamptz,
  primary key (account_id, sender_id, provider_id, status)
);
create index receipts_by_time on receipts using brin (received_at);

-- Each exchange with a provider, redacted: why did this person not get it? In partitions of a day each, because they are not
-- kept for long.
create table provider_exchanges (
  account_id text not null references accounts,
  exchange_id uuid not null,
  at timestamptz not null,
  call_id uuid,
  message_id uuid,
  sender_id uuid,
  direction text not null check (direction in ('out', 'in')),
  method text not null,
  url text not null,
  request_body text,
  status integer,
  answer_body text,
  failure text,
  duration_ms integer not null,
  primary key (account_id, at, exchange_id)
) partition by range (at);
create table provider_exchanges_default partition of provider_exchanges default;
create index provider_exchanges_of_call on provider_exchanges (account_id, call_id, at) where call_id is not null;
create index provider_exchanges_of_message on provider_exchanges (account_id, message_id, at) where message_id is not null;
