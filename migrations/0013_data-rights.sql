-- A person's right to be forgotten: what was asked, and what came of it. The person themselves is not in it.

create table erasures (
  account_id text not null references accounts,
  erasure_id uuid not null,
  requested_at timestamptz not null default now(),
  -- As in `audit`.
  requested_by text not null,
  -- Keyed hashes of the person's addresses: enough to know them again in a backup that is older, and to nobody else.
  hashes text[] not null,
  -- The addresses themselves, sealed with the deployment's key, while there is work to do; then nothing.
  sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'erasing', 'done')),
  -- Calls and conversations to erase, as counted when the work began.
  found integer not null default 0,
  -- Rows erased so far, by table.
  erased jsonb not null default '{}',
  -- Files in the brand's own bucket that may hold the person: only the brand can delete them.
  elsewhere text[] not null default '{}',
  finished_at timestamptz,
  primary key (account_id, erasure_id),
  check ((state = 'done') = (finished_at is not null)),
  check (state <> 'done' or sealed is null)
);
create index erasures_unfinished on erasures (requested_at) where state <> 'done';
create index erasures_by_time on erasures (account_id, requested_at desc);

-- The country that a number shows, and nothing else of it: what remains in a call of an erased person, so that reports by
-- country stay as they are. The shortest beginning that belongs to the same country.
create function country_part_of(phone text) returns text language sql immutable parallel safe as $$
  select left(phone, digits + 1) from generate_series(0, 4) digits
  where country_of(left(phone, digits + 1) || ' ') is not distinct from country_of(phone)
  order by digits limit 1
$$;
