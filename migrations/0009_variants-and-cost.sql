-- What messages cost. The columns of calls that this adds up in, and `calls.variant`, are in 0008, whose sums read them.

alter table messages
  -- In millionths of the currency's unit; null: not known, or free.
  add column cost_micros bigint check (cost_micros >= 0),
  add column cost_currency text check (cost_currency ~ '^[A-Z]{3}$'),
  -- Who says so: the provider, or the account's price table.
  add column cost_source text check (cost_source in ('provider', 'table')),
  -- How the provider bills it, in its own word; WhatsApp's `marketing`, `utility`, ...
  add column price_category text,
  add constraint messages_cost_whole check (
    (cost_micros is null) = (cost_currency is null) and (cost_micros is null) = (cost_source is null));

-- The few calls whose messages cost in a second currency: reports add these to their sums.
create index calls_other_costs on calls (account_id, attempted_at) where other_costs is not null;

-- What a message, or a part of one, costs where its provider does not say so.
create table prices (
  account_id text not null references accounts,
  price_id uuid not null,
  channel text not null check (channel in ('sms', 'wa')),
  -- Null, here and below: any.
  sender_id uuid,
  country text check (country ~ '^[A-Z]{2}$'),
  category text check (channel = 'wa' or category is null),
  per text not null check (per = 'message' or per = 'segment' and channel = 'sms'),
  micros bigint not null check (micros between 0 and 1000000000),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  updated_at timestamptz not null default now(),
  primary key (account_id, price_id),
  unique nulls not distinct (account_id, channel, sender_id, country, category),
  foreign key (account_id, sender_id) references senders
);

-- Messages whose price is to be found out: asked of the provider some minutes after sending, a few times, and then looked up
-- in the table. A row goes as soon as that is settled.
create table price_questions (
  account_id text not null,
  message_id uuid not null,
  asked integer not null default 0,
  next_ask_at timestamptz not null,
  primary key (account_id, message_id)
);
create index price_questions_due on price_questions (next_ask_at);
