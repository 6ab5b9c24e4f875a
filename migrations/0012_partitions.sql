-- Partitions: a month's calls, and a month's messages, lie together and go together when their time is over (ADR 15).

-- The least id of a time: what is made at or after it has none below. Ids of calls, messages and attempts (UUIDv7) begin
-- with their milliseconds.
create function first_id_of(at timestamptz) returns uuid language sql immutable strict parallel safe as $$
  select (lpad(to_hex(greatest(0, floor(extract(epoch from at - timestamptz '1970-01-01 00:00:00+00') * 1000))::bigint), 12, '0')
    || '00000000000000000000')::uuid
$$;

-- Every partition but the default ones: of which table, and from when until when. The name says it: calls_2026_11 is a month,
-- provider_exchanges_2026_11_23 a day, both in UTC.
create view data_partitions as
  select parent.relname::text as parent, child.relname::text as name, named.since at time zone 'UTC' as since,
    (named.since + case when length(suffix.digits) = 7 then interval '1 month' else interval '1 day' end) at time zone 'UTC' as until
  from pg_inherits
    join pg_class child on child.oid = inhrelid and child.relkind = 'r'
    join pg_class parent on parent.oid = inhparent and parent.relkind = 'p' and parent.relnamespace = current_schema()::regnamespace
    cross join lateral (select substr(child.relname, length(parent.relname) + 2) as digits) suffix
    cross join lateral (
      select case when suffix.digits ~ '^[0-9]{4}_[0-9]{2}$' then to_timestamp(suffix.digits, 'YYYY_MM')::timestamp
        when suffix.digits ~ '^[0-9]{4}_[0-9]{2}_[0-9]{2}$' then to_timestamp(suffix.digits, 'YYYY_MM_DD')::timestamp end as since) named
  where named.since is not null;

-- Makes one partition; false: there is one. It is made beside its table and then attached, which takes no lock on the table
-- that a request would wait for. What the default partition holds of that time moves into it.
create function make_partition(parent text, key text, since timestamptz, until timestamptz) returns boolean
language plpgsql set timezone to 'UTC' as $$
declare
  leaf text := parent || to_char(since, case when until - since > interval '2 days' then '_YYYY_MM' else '_YYYY_MM_DD' end);
  remains text := parent || '_default';
  low text := case when key in ('at', 'attempted_at') then since::text else first_id_of(since)::text end;
  high text := case when key in ('at', 'attempted_at') then until::text else first_id_of(until)::text end;
  moved bigint;
begin
  if to_regclass(leaf) is not null then return false; end if;
  execute format('create table %I (like %I including all)', leaf, parent);
  if parent = 'messages' then
    execute format('create unique index on %I (account_id, sender_id, provider_id) where provider_id is not null', leaf);
    execute format('create unique index on %I (account_id, conversation_id, client_id) where client_id is not null', leaf);
  elsif parent = 'attempts' then
    execute format('create unique index on %I (account_id, token)', leaf);
  end if;
  execute format('with moved as (delete from %I where %I >= %L and %I < %L returning *) insert into %I select * from moved',
    remains, key, low, key, high, leaf);
  get diagnostics moved = row_count;
  if moved > 0 and parent = 'calls' then
    -- Its trigger took the calls for gone: they are here, and counted as before.
    execute format('insert into report_changes (account_id, call_id, attempted_at) select account_id, call_id, attempted_at from %I
      on conflict (account_id, call_id) do nothing', leaf);
  end if;
  execute format('alter table %I attach partition %I for values from (%L) to (%L)', parent, leaf, low, high);
  return true;
end $$;

-- Makes the partitions that hold a time, and those that follow. @returns the names of those that were not there.
create function make_partitions(at timestamptz, days_ahead integer, months_ahead integer) returns setof text
language plpgsql set timezone to 'UTC' as $$
declare
  since timestamptz;
  suffix text;
  kind text[];
begin
  for n in 0 .. months_ahead loop
    since := date_trunc('month', at) + make_interval(months => n);
    suffix := to_char(since, '_YYYY_MM');
    foreach kind slice 1 in array array[['calls', 'call_id'], ['transaction_steps', 'call_id'], ['invites', 'call_id'],
      ['calls_by_time', 'attempted_at'], ['messages', 'message_id'], ['attempts', 'attempt_id']] loop
      if make_partition(kind[1], kind[2], since, since + interval '1 month') then
        return next kind[1] || suffix;
        -- Of one month are an invite and its call, and an attempt and its message: months refer to each other, not tables, so
        -- that to drop one needs no look at all the others.
        if kind[1] = 'invites' then
          execute format('alter table %I add foreign key (account_id, call_id) references %I', 'invites' || suffix, 'calls' || suffix);
        elsif kind[1] = 'attempts' then
          execute format('alter table %I add foreign key (account_id, message_id) references %I', 'attempts' || suffix, 'messages' || suffix);
        end if;
      end if;
    end loop;
  end loop;
  for n in 0 .. days_ahead loop
    since := date_trunc('day', at) + make_interval(days => n);
    if make_partition('provider_exchanges', 'at', since, since + interval '1 day') then
      return next 'provider_exchanges' || to_char(since, '_YYYY_MM_DD');
    end if;
  end loop;
end $$;
