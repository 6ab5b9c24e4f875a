-- Which key this deployment's stored secrets are sealed with: a fingerprint, which tells nothing about the key. Noted at the
-- first start, so that a start with another key is refused instead of storing what nobody could read later.
create table secret_key (
  fingerprint text primary key,
  noted_at timestamptz not null default now()
);
-- One row at most.
create unique index secret_key_one on secret_key ((true));
