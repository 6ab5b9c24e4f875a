-- What agents' pages live on: numbered events, who is there, whose turn it is, and what agents write beside messages.

-- What changed, in the order in which it was committed and without a gap, so that a page that was cut off goes on after the
-- last number it heard. An event names what changed and tells who could see it from then on; its content is read when it
-- is told, so that no text of a consumer is kept twice.
create table event_numbers (
  account_id text primary key references accounts,
  last bigint not null default 0
);
create table events (
  account_id text not null references accounts,
  number bigint not null,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('conversation', 'message', 'agent', 'skill', 'rights', 'everything')),
  -- The conversation, message, user or skill; null for 'everything'.
  subject_id uuid,
  -- Of a conversation and of a message: in which conversation, and in whose sight that is now.
  conversation_id uuid,
  sight jsonb,
  primary key (account_id, number)
);
create index events_of_conversation on events (account_id, conversation_id, number) where kind = 'conversation';
create index events_by_time on events using brin (at);

-- Who is there. `seen_at` is touched while a page of theirs is open, and is no event.
create table presences (
  account_id text not null,
  user_id uuid not null,
  status text not null default 'offline' check (status in ('online', 'away', 'offline')),
  changed_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  -- When they were last given a conversation: of equals the next goes to whom that is longest ago.
  given_at timestamptz,
  primary key (account_id, user_id),
  foreign key (account_id, user_id) references users
);
create index presences_there on presences (seen_at) where status <> 'offline';

-- Conversations at once; null: the account's default.
alter table users add column capacity integer check (capacity between 0 and 1000);

alter table skills
  -- Agents take from the queue, or are offered the next one.
  add column routing text not null default 'pull' check (routing in ('pull', 'offer')),
  add column offer_seconds integer not null default 30 check (offer_seconds between 5 and 600),
  -- Of its conversations; the higher goes first.
  add column priority integer not null default 0 check (priority between -100 and 100),
  -- Weekly hours, time zone and holidays; null: always open.
  add column hours jsonb,
  -- Automatic texts by name; what is missing is the account's.
  add column texts jsonb not null default '{}',
  add column survey_on boolean not null default false,
  -- After the consumer's last message; null: the account's.
  add column close_after_minutes integer check (close_after_minutes between 1 and 43200);

alter table settings
  add column texts jsonb not null default '{}',
  add column close_after_minutes integer check (close_after_minutes between 1 and 43200),
  add column agent_capacity integer not null default 5 check (agent_capacity between 0 and 1000),
  -- After so long in a queue the consumer hears the text for those who wait.
  add column waiting_after_minutes integer not null default 5 check (waiting_after_minutes between 1 and 1440);

alter table conversations
  add column priority integer not null default 0,
  -- The agent it is offered to, and until when; only while it is queued.
  add column offered_to uuid,
  add column offered_until timestamptz,
  -- Who should get it if they are there: the last agent, or the one it was transferred to.
  add column preferred_agent uuid,
  -- Why it stands in the queue again.
  add column returned_for text check (returned_for in ('vanished', 'transferred', 'requeued')),
  add column tags text[] not null default '{}',
  add check ((offered_to is null) = (offered_until is null)),
  add check (offered_to is null or state = 'queued');
create index conversations_offered on conversations (offered_until) where offered_to is not null;
create index conversations_offered_to on conversations (account_id, offered_to) where offered_to is not null;
create index conversations_idle on conversations (last_message_at) where state <> 'closed';

-- Each offer, so that nobody is offered the same conversation again at once.
create table conversation_offers (
  account_id text not null,
  conversation_id uuid not null,
  offered_at timestamptz not null default now(),
  user_id uuid not null,
  ended_at timestamptz,
  outcome text check (outcome in ('accepted', 'declined', 'expired', 'withdrawn')),
  primary key (account_id, conversation_id, offered_at),
  foreign key (account_id, conversation_id) references conversations
);

-- Who reads along and writes notes beside the owner.
create table conversation_joins (
  account_id text not null,
  conversation_id uuid not null,
  user_id uuid not null,
  joined_at timestamptz not null default now(),
  primary key (account_id, conversation_id, user_id),
  foreign key (account_id, conversation_id) references conversations,
  foreign key (account_id, user_id) references users
);
create index conversation_joins_of on conversation_joins (account_id, user_id);

-- Up to which message a person has seen a conversation.
create table seen_marks (
  account_id text not null,
  conversation_id uuid not null,
  user_id uuid not null,
  message_number bigint not null,
  at timestamptz not null default now(),
  primary key (account_id, conversation_id, user_id),
  foreign key (account_id, conversation_id) references conversations
);

-- What colleagues write to each other in a conversation. A table of its own, because nothing in here may ever be sent;
-- numbered together with the messages, which they stand among.
create table notes (
  account_id text not null,
  note_id uuid not null,
  conversation_id uuid not null,
  message_number bigint not null default nextval('messages_message_number_seq'),
  author_id uuid not null,
  body text not null,
  client_id text,
  created_at timestamptz not null default now(),
  primary key (account_id, note_id),
  foreign key (account_id, conversation_id) references conversations
);
create index notes_of_conversation on notes (account_id, conversation_id, message_number);
-- A double click, a retry and a reconnect write one note.
create unique index notes_client_id on notes (account_id, conversation_id, client_id) where client_id is not null;

create table surveys (
  account_id text not null,
  conversation_id uuid not null,
  message_id uuid not null,
  asked_at timestamptz not null default now(),
  -- Until then a bare number is the answer and no new conversation.
  answerable_until timestamptz not null,
  answered_at timestamptz,
  score integer check (score between 1 and 5),
  primary key (account_id, conversation_id),
  foreign key (account_id, conversation_id) references conversations
);

-- Automatic texts that a conversation has got: each once.
create table auto_texts (
  account_id text not null,
  conversation_id uuid not null,
  name text not null,
  message_id uuid,
  at timestamptz not null default now(),
  primary key (account_id, conversation_id, name),
  foreign key (account_id, conversation_id) references conversations
);

create table canned_replies (
  account_id text not null references accounts,
  canned_reply_id uuid not null,
  title text not null,
  shortcut text not null,
  body text not null,
  -- Null: for every skill; null: whatever language.
  skill_id uuid,
  language text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (account_id, canned_reply_id),
  foreign key (account_id, skill_id) references skills
);

create unique index canned_replies_shortcut on canned_replies (account_id, shortcut, skill_id, language) nulls not distinct;

-- Files that agents send. The token stands in the address from which the provider fetches them.
create table files (
  account_id text not null,
  file_id uuid not null,
  conversation_id uuid not null,
  author_id uuid not null,
  token text not null,
  content_type text not null,
  file_name text,
  bytes bytea not null,
  message_id uuid,
  created_at timestamptz not null default now(),
  primary key (account_id, file_id),
  foreign key (account_id, conversation_id) references conversations
);
create unique index files_token on files (account_id, token);

-- Deflection switched off by hand; null: for every skill, on every channel.
create table stops (
  account_id text not null references accounts,
  stop_id uuid not null,
  skill_id uuid,
  channel text check (channel in ('sms', 'wa', 'inapp')),
  stopped_by text not null,
  stopped_at timestamptz not null default now(),
  primary key (account_id, stop_id),
  foreign key (account_id, skill_id) references skills
);
create unique index stops_of on stops (account_id, skill_id, channel) nulls not distinct;
create trigger stops_touched after insert or update or delete on stops for each row execute function touch_account_config();

-- Every state of a handoff, so that an older one can be read and restored.
create table handoff_versions (
  account_id text not null,
  handoff_id text not null,
  version integer not null,
  at timestamptz not null default now(),
  actor text not null,
  handoff jsonb not null,
  primary key (account_id, handoff_id, version),
  foreign key (account_id, handoff_id) references handoffs
);

-- To find calls by time or by number. A tree for either would cost the hot path with every call; these summaries of pages
-- cost next to nothing. Both in one index, because the planner trusts the order of the times and not that of the numbers.
create index calls_found on calls using brin (attempted_at, consumer_phone text_bloom_ops) with (autosummarize = on);

-- An opt-out is spoken of by an id: no address of a consumer stands in a URL.
alter table opt_outs add column opt_out_id uuid not null default gen_random_uuid();
create unique index opt_outs_by_id on opt_outs (account_id, opt_out_id);
create index opt_outs_by_time on opt_outs (account_id, opted_out_at desc);
