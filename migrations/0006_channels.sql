-- What WhatsApp and in-app need beside SMS: templates with their approval, devices to push to, the other names of a
-- consumer, and which senders' providers fail.

-- A template is submitted through one sender, and with it belongs to that sender's account at the provider.
alter table templates
  add column sender_id uuid,
  -- A sample value for each variable, without which no provider judges a template.
  add column samples jsonb not null default '{"body": {}, "header": {}, "buttons": {}}',
  add column provider_template_id text,
  -- Why it was rejected, paused or disabled, in the provider's words.
  add column reason text,
  add column submitted_at timestamptz,
  add check (category in ('UTILITY', 'MARKETING', 'AUTHENTICATION')),
  add foreign key (account_id, sender_id) references senders;
create unique index templates_at_provider on templates (account_id, sender_id, provider_template_id)
  where provider_template_id is not null;

-- When the provider was last asked about the templates of a sender. Apart from the templates: asking is no change of
-- configuration.
create table template_syncs (
  account_id text not null references accounts,
  sender_id uuid not null,
  synced_at timestamptz not null default now(),
  -- Kind of the failure when the provider could not be asked; null: it has answered.
  failure_kind text,
  primary key (account_id, sender_id),
  foreign key (account_id, sender_id) references senders
);

-- Other addresses of a consumer on a channel: WhatsApp's own number for them when it is not the one we sent to, and
-- business-scoped user ids. Everything about the person is kept under `address`.
create table consumer_addresses (
  account_id text not null references accounts,
  channel text not null check (channel in ('sms', 'wa', 'inapp')),
  also_known_as text not null,
  address text not null,
  learned_at timestamptz not null default now(),
  primary key (account_id, channel, also_known_as)
);
create index consumer_addresses_of on consumer_addresses (account_id, channel, address);

-- In-app: a message is tried on every live device of the consumer, an attempt each.
alter table attempts add column device_id uuid;

-- Senders whose provider has failed lately; a row with no failures is one that recovered. Shared by all processes.
create table sender_circuits (
  account_id text not null references accounts,
  sender_id uuid not null,
  -- One after the other, since `failing_since`.
  failures integer not null default 0,
  failing_since timestamptz,
  last_kind text,
  -- Left out until then; after it, one attempt at a time may try (until `probe_until`).
  open_until timestamptz,
  probe_until timestamptz,
  updated_at timestamptz not null default now(),
  primary key (account_id, sender_id),
  foreign key (account_id, sender_id) references senders
);
