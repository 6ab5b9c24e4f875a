-- Exports: files made of a brand's data, asked for by somebody or by a schedule.

-- What is exported again and again, and where it goes. Nothing of a person is in these tables: a query is a span of time
-- and filters by skill, handoff and the like.
create table export_schedules (
  account_id text not null references accounts,
  schedule_id uuid not null,
  title text not null,
  enabled boolean not null default true,
  kind text not null check (kind in ('transactions', 'report', 'opt-outs')),
  format text not null check (format in ('csv', 'ndjson', 'parquet')),
  -- Without the span of time, which is each period's own.
  query jsonb not null,
  masked boolean not null,
  every text not null check (every in ('day', 'week', 'month')),
  -- On the wall clock of the time zone.
  hour smallint not null check (hour between 0 and 23),
  weekday text,
  month_day smallint check (month_day between 1 and 28),
  time_zone text not null,
  destination jsonb not null,
  -- Of the destination, sealed.
  secret bytea,
  next_run_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (account_id, schedule_id)
);
create index export_schedules_due on export_schedules (next_run_at) where enabled;

create table exports (
  account_id text not null references accounts,
  export_id uuid not null,
  kind text not null check (kind in ('transactions', 'report', 'opt-outs')),
  format text not null check (format in ('csv', 'ndjson', 'parquet')),
  query jsonb not null,
  -- Null: the export has no span of time of its own.
  since timestamptz,
  until timestamptz,
  -- Of consumers' numbers only the end: who asked may not read them whole.
  masked boolean not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'cancelled')),
  asked_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  -- How far it has come: rows written, calls looked at, and about how many there are to look at.
  row_count bigint not null default 0,
  looked_at bigint not null default 0,
  about bigint,
  bytes bigint not null default 0,
  -- The file in DATA_DIR/exports; null: there is none, or not any more.
  file_name text,
  -- Whether all of it is written: what remains is to deliver it.
  written boolean not null default false,
  -- Whether it has got to where its schedule sends it.
  delivered boolean not null default false,
  expires_at timestamptz,
  failure text,
  claimed_by uuid,
  lease_until timestamptz,
  tries integer not null default 0,
  next_try_at timestamptz not null default now(),
  schedule_id uuid,
  primary key (account_id, export_id),
  check ((state = 'running') = (claimed_by is not null)),
  check ((state in ('done', 'failed', 'cancelled')) = (finished_at is not null))
);
-- One at a time for each brand, and one file for each period of a schedule.
create unique index exports_running on exports (account_id) where state = 'running';
create unique index exports_of_period on exports (account_id, schedule_id, until) where schedule_id is not null;
create index exports_open on exports (next_try_at) where state in ('waiting', 'running');
create index exports_by_time on exports (account_id, created_at desc, export_id desc);
