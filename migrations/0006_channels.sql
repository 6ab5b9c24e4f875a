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

-- When WhatsApp was last told that an answer is being written, which it shows for 25 seconds.
alter table conversations add column typing_shown_at timestamptz;

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

-- In-app: what a device may still get, and the token with which its app calls us.
alter table devices
  add column pushes text not null default 'all' check (pushes in ('all', 'invites')),
  -- A push token belongs to one device: whoever signs in on it next takes it over.
  add column push_token_hash bytea,
  -- SHA-256 of the device token; null once the consumer has signed out.
  add column device_token_hash bytea,
  add column last_seen_at timestamptz not null default now();
create unique index devices_by_device_token on devices (account_id, device_token_hash) where device_token_hash is not null;
create unique index devices_by_push_token on devices (account_id, sender_id, push_token_hash)
  where push_token_hash is not null and disabled_at is null;

-- In-app: what a consumer sees, in whichever of the brand's apps, since an invite rings in all apps of its handoff. Every
-- message and every change of status gets the inbox's next number, so that a stream that was cut off goes on after the
-- last number it told.
create table inapp_inboxes (
  account_id text not null references accounts,
  consumer_id text not null,
  last_change bigint not null default 0,
  consumer_typing_at timestamptz,
  agent_typing_at timestamptz,
  primary key (account_id, consumer_id)
);
alter table messages add column inbox_change bigint;
create index messages_by_inbox_change on messages (account_id, address, inbox_change) where channel = 'inapp';
create index messages_of_inbox on messages (account_id, address, message_number) where channel = 'inapp';

-- Deferred to the commit: the inbox's row is the last one locked, so that nobody waits for it while holding what others
-- want, and numbers become visible in their order.
create function number_inbox_change() returns trigger language plpgsql as $$
declare
  change bigint;
begin
  insert into inapp_inboxes as inbox (account_id, consumer_id, last_change)
  values (new.account_id, new.address, 1)
  on conflict (account_id, consumer_id) do update set last_change = inbox.last_change + 1
  returning last_change into change;
  update messages set inbox_change = change where account_id = new.account_id and message_id = new.message_id;
  perform pg_notify('inapp_inbox', new.account_id || '/' || md5(new.address));
  return null;
end $$;
create constraint trigger messages_into_inbox after insert on messages deferrable initially deferred
  for each row when (new.channel = 'inapp') execute function number_inbox_change();
create constraint trigger messages_changed_in_inbox after update of status on messages deferrable initially deferred
  for each row when (new.channel = 'inapp' and new.status is distinct from old.status) execute function number_inbox_change();
