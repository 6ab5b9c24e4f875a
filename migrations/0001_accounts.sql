-- Brands, who may act for them, and what they have configured.
-- Every table of a brand starts its primary key with account_id (the schema can be distributed by it).
-- Tables of the deployment itself (signing_keys, operators' tokens, processes, schema_migrations) have none.

create table accounts (
  account_id text primary key check (account_id ~ '^[0-9]{1,20}$'),
  title text not null,
  region text not null check (region in ('va', 'lo', 'sy')),
  enabled boolean not null default true,
  config_version bigint not null default 1,
  created_at timestamptz not null default now()
);

-- One row of configuration changed: every process drops its copy of this brand. The version lets a process that
-- missed the notification find out by itself.
create function touch_account_config() returns trigger language plpgsql as $$
declare
  changed text := case when tg_op = 'DELETE' then old.account_id else new.account_id end;
begin
  update accounts set config_version = config_version + 1 where account_id = changed;
  perform pg_notify('account_config', changed);
  return null;
end $$;

create function touch_account() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    new.config_version := old.config_version + 1;
  end if;
  perform pg_notify('account_config', new.account_id);
  return new;
end $$;
create trigger accounts_touched before insert or update of title, region, enabled on accounts
  for each row execute function touch_account();

create table settings (
  account_id text primary key references accounts,
  channels text[] not null,
  device_check boolean not null,
  default_skill_id uuid,
  rate_limit integer not null check (rate_limit between 1 and 100000),
  quiet_hours jsonb,
  consumer_cap jsonb,
  opt_out_scope text not null check (opt_out_scope in ('channel', 'all'))
);

create table skills (
  account_id text not null references accounts,
  skill_id uuid not null,
  name text not null check (length(name) between 1 and 255),
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (account_id, skill_id),
  unique (account_id, name)
);

create table engagements (
  account_id text not null,
  skill_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (account_id, skill_id),
  foreign key (account_id, skill_id) references skills
);

create table users (
  account_id text not null references accounts,
  user_id uuid not null,
  email text,
  name text not null,
  role text not null check (role in ('administrator', 'campaign-manager', 'agent-manager', 'agent', 'internal')),
  password_hash text,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (account_id, user_id),
  check ((role = 'internal') = (email is null))
);
create unique index users_email on users (account_id, lower(email));
create index users_by_email on users (lower(email));

-- The skills whose queues a user may take from.
create table user_skills (
  account_id text not null,
  user_id uuid not null,
  skill_id uuid not null,
  primary key (account_id, user_id, skill_id),
  foreign key (account_id, user_id) references users,
  foreign key (account_id, skill_id) references skills
);

create table sessions (
  account_id text not null,
  session_hash bytea not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  expires_at timestamptz not null,
  primary key (account_id, session_hash),
  foreign key (account_id, user_id) references users
);
create index sessions_by_user on sessions (account_id, user_id);

create table api_keys (
  account_id text not null references accounts,
  app_key text not null,
  title text not null,
  secret bytea not null,
  access_token text not null,
  access_token_secret bytea not null,
  privileges text[] not null,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (account_id, app_key)
);

create table app_installs (
  account_id text not null references accounts,
  client_id uuid not null,
  title text not null,
  secret_hash text not null,
  privileges text[] not null,
  internal boolean not null default false,
  enabled boolean not null default true,
  created_at timestamptz not null default now(),
  primary key (account_id, client_id)
);

-- Apart from the credential's own row, which must not count as configuration every time it is used.
create table credential_uses (
  account_id text not null references accounts,
  credential_id text not null,
  used_at timestamptz not null,
  primary key (account_id, credential_id)
);

-- OAuth 1.0a: a nonce is used once with its timestamp and key (RFC 5849 section 3.3); pruned once the timestamp window has passed.
create table oauth_nonces (
  account_id text not null,
  app_key text not null,
  stamp bigint not null,
  nonce text not null,
  primary key (account_id, app_key, stamp, nonce)
);
-- Times come in order, so a summary of pages suffices to find the old ones; a tree would cost every request.
create index oauth_nonces_by_age on oauth_nonces using brin (stamp);

-- Deployment-wide: a brand's requests of this second, and tries to sign in (keyed by hashes: nobody has signed in yet),
-- when several processes count them together. Lost in a crash, which does no harm. The columns are those that rate-limiter-flexible asks for.
create unlogged table rate_limits (
  key varchar(255) primary key,
  points integer not null default 0,
  expire bigint
);

create table audit (
  account_id text not null references accounts,
  audit_id uuid not null,
  at timestamptz not null default now(),
  actor text not null,
  action text not null,
  subject text not null,
  before jsonb,
  after jsonb,
  primary key (account_id, audit_id)
);
create index audit_by_time on audit (account_id, at desc);

-- Deployment-wide: the keys that sign AppJWTs. A retired key stays in the JWKS until its last token has died.
create table signing_keys (
  kid text primary key,
  private_key bytea not null,
  public_jwk jsonb not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);

-- Deployment-wide: who is running, so that a dead process's work is taken over.
create table processes (
  process_id uuid primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  worker_ids text[] not null default '{}'
);
