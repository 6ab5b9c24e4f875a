-- What a brand sends with: senders, approved templates, and the handoffs that an IVR names.

create table senders (
  account_id text not null references accounts,
  sender_id uuid not null,
  connector text not null,
  channel text not null check (channel in ('sms', 'wa', 'inapp')),
  address text not null,
  title text not null,
  settings jsonb not null,
  secrets bytea,
  enabled boolean not null default true,
  broken text,
  -- Set when a provider refused the credentials: the sender is tried again some minutes later (`store/sender-faults.ts`).
  broken_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (account_id, sender_id)
);
-- A number or app belongs to one brand: an inbound message must never be ambiguous.
create unique index senders_address on senders (connector, address);

create table templates (
  account_id text not null references accounts,
  template_id uuid not null,
  name text not null,
  language text not null,
  category text not null default 'UTILITY',
  status text not null check (status in ('draft', 'pending', 'approved', 'rejected', 'paused', 'disabled')),
  body text not null,
  header jsonb,
  footer text,
  buttons jsonb not null default '[]',
  created_at timestamptz not null default now(),
  primary key (account_id, template_id),
  unique (account_id, name, language)
);

create table handoffs (
  account_id text not null references accounts,
  handoff_id text not null check (handoff_id ~ '^H[0-9]{15}$'),
  title text not null check (title !~ '[<>]'),
  enabled boolean not null default true,
  lookback_minutes integer not null check (lookback_minutes between 60 and 43200),
  channels jsonb not null,
  skills text[],
  route_all_within_lookback boolean not null default false,
  open_conversation text not null default 'refuse' check (open_conversation in ('refuse', 'continue')),
  invite_ttl_seconds integer not null default 600 check (invite_ttl_seconds between 30 and 86400),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, handoff_id),
  unique (account_id, title)
);

-- In-app: where a consumer's app can be reached.
create table devices (
  account_id text not null references accounts,
  device_id uuid not null,
  sender_id uuid not null,
  consumer_id text not null,
  platform text not null,
  token bytea not null,
  registered_at timestamptz not null default now(),
  disabled_at timestamptz,
  primary key (account_id, device_id),
  foreign key (account_id, sender_id) references senders
);
create index devices_by_consumer on devices (account_id, consumer_id) where disabled_at is null;

create trigger settings_touched after insert or update or delete on settings for each row execute function touch_account_config();
create trigger skills_touched after insert or update or delete on skills for each row execute function touch_account_config();
create trigger engagements_touched after insert or update or delete on engagements for each row execute function touch_account_config();
create trigger senders_touched after insert or update or delete on senders for each row execute function touch_account_config();
create trigger templates_touched after insert or update or delete on templates for each row execute function touch_account_config();
create trigger handoffs_touched after insert or update or delete on handoffs for each row execute function touch_account_config();
create trigger api_keys_touched after insert or update or delete on api_keys for each row execute function touch_account_config();
create trigger app_installs_touched after insert or update or delete on app_installs for each row execute function touch_account_config();
create trigger internal_user_inserted after insert on users for each row when (new.role = 'internal') execute function touch_account_config();
create trigger internal_user_updated after update on users for each row when (new.role = 'internal') execute function touch_account_config();
