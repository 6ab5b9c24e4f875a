-- The sandbox's pretend network: a phone per number. Nothing of a real brand is ever stored here.
create table simulator_messages (
  account_id text not null references accounts,
  simulator_message_id uuid not null,
  message_number bigint generated always as identity,
  sender_id uuid not null,
  number text not null,
  channel text not null,
  direction text not null check (direction in ('to-phone', 'from-phone')),
  title text,
  body text not null,
  status text not null check (status in ('accepted', 'sent', 'delivered', 'received', 'failed')),
  -- The sender's own mark on a message, by which it can be looked for.
  reference text,
  status_url text,
  at timestamptz not null default now(),
  primary key (account_id, simulator_message_id)
);
-- A phone is nobody's brand: it shows what every brand of this sandbox sent to it.
create index simulator_messages_of_phone on simulator_messages (number, message_number);

-- How the pretend provider of a brand behaves; no row: as it should.
create table simulator_behaviours (
  account_id text primary key references accounts,
  behaviour text not null check (behaviour in ('normal', 'slow', 'refuse', 'drop-receipts'))
);
