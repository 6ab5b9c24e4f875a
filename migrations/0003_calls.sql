-- The journey of one deflected call, from eligibility to the closed conversation, and what is known of consumers.

-- A call and its transaction share one row: the call is what the IVR told us, the transaction is what came of it.
-- No foreign key to accounts: an account is never deleted, and the check would lock and rewrite its row at every call.
-- In partitions of a month each, by the id, which begins with the time at which it was made (migration 0012). The default
-- partition takes ids that are not of ours, and of months that have no partition.
create table calls (
  account_id text not null,
  call_id uuid not null,
  attempted_at timestamptz not null,
  credential_id text not null,
  consumer_phone text not null,
  consumer_id text,
  handoff_id text not null,
  skill_id uuid not null,
  ivr_number text,
  sdes jsonb,
  template_variables jsonb,
  available_channels text[] not null,
  reasons jsonb,
  partial boolean not null default false,
  -- The transaction: each step's time, null while it has not happened.
  invited_at timestamptz,
  channel text,
  routed_skill_id uuid,
  first_message text,
  override_message text,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  failed_at timestamptz,
  skipped_at timestamptz,
  replied_at timestamptz,
  opted_out_at timestamptz,
  conversation_id uuid,
  conversation_created_at timestamptz,
  conversation_taken_at timestamptz,
  conversation_closed_at timestamptz,
  error_source text,
  error_code text,
  error_message text,
  primary key (account_id, call_id)
) partition by range (call_id);
create table calls_default partition of calls default;
create index calls_of_conversation on calls (account_id, conversation_id) where conversation_id is not null;

-- Every step of the journey as it happened, in order: what a person reads to understand one call.
create sequence transaction_steps_step_number_seq;
create table transaction_steps (
  account_id text not null,
  call_id uuid not null,
  -- No identity column: below PostgreSQL 17 a partitioned table cannot have one.
  step_number bigint not null default nextval('transaction_steps_step_number_seq'),
  at timestamptz not null default clock_timestamp(),
  step text not null,
  channel text,
  details jsonb,
  primary key (account_id, call_id, step_number)
) partition by range (call_id);
create table transaction_steps_default partition of transaction_steps default;
alter sequence transaction_steps_step_number_seq owned by transaction_steps.step_number;

-- The current word on a consumer's address; channel '*' binds all. Lifted by START: the row stays, with the time.
create table opt_outs (
  account_id text not null references accounts,
  address text not null,
  channel text not null check (channel in ('sms', 'wa', 'inapp', '*')),
  opted_out_at timestamptz not null,
  source text not null,
  evidence text,
  -- The newest message to this address when the stop was recorded: only an automatic answer made later (the
  -- confirmation, a help text) may still go out.
  answers_after bigint not null default 0,
  lifted_at timestamptz,
  lifted_by text,
  primary key (account_id, address, channel)
);

-- Every stop and start, never changed: who, when, by which word, on which channel.
create table opt_out_history (
  account_id text not null references accounts,
  entry_id uuid not null,
  at timestamptz not null default now(),
  address text not null,
  channel text not null,
  resumed boolean not null,
  source text not null,
  evidence text,
  sender_id uuid,
  -- When it was said, by the provider's clock; null: no provider said when.
  said_at timestamptz,
  primary key (account_id, entry_id)
);
create index opt_out_history_of_address on opt_out_history (account_id, address);

-- What a look-up or a provider's refusal taught us about an address on a channel; believed until it expires.
create table reachability (
  account_id text not null references accounts,
  address text not null,
  channel text not null,
  reachable boolean not null,
  reason text not null,
  source text not null,
  learned_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (account_id, address, channel)
);
