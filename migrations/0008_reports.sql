-- Reports: what every call counts for, kept so that any window of time is answered at once and exactly.

alter table calls
  -- What the invite went out with.
  add column sender_id uuid,
  add column template_id uuid,
  -- Which of the handoff's texts; null: it has but one.
  add column variant text,
  -- The consumer's score of the conversation that the call opened.
  add column csat smallint check (csat between 1 and 5),
  -- What its messages have cost, in millionths of the currency's unit; no currency: no cost is known.
  add column cost_micros bigint not null default 0,
  add column cost_currency text,
  -- Only of a call whose messages cost in more than one currency: the others', {"EUR": 12000}.
  add column other_costs jsonb;

-- A text whose delivery nobody has reported: after 72 hours it counts as failed.
create index calls_without_receipt on calls (sent_at)
  where channel = 'sms' and sent_at is not null and delivered_at is null and failed_at is null and replied_at is null;

-- The country that a number belongs to, by its calling code, and in North America by its area code.
-- Made from libphonenumber's metadata; where a code is shared, the larger country.
create function country_of(phone text) returns text language sql immutable parallel safe as $$
  select coalesce(codes ->> substr(phone, 2, 4), codes ->> substr(phone, 2, 3), codes ->> substr(phone, 2, 2), codes ->> substr(phone, 2, 1))
  from (select '{
    "1":"US","7":"RU","20":"EG","27":"ZA","30":"GR","31":"NL","32":"BE","33":"FR","34":"ES","36":"HU","39":"IT",
    "40":"RO","41":"CH","43":"AT","44":"GB","45":"DK","46":"SE","47":"NO","48":"PL","49":"DE","51":"PE","52":"MX",
    "53":"CU","54":"AR","55":"BR","56":"CL","57":"CO","58":"VE","60":"MY","61":"AU","62":"ID","63":"PH","64":"NZ",
    "65":"SG","66":"TH","76":"KZ","77":"KZ","81":"JP","82":"KR","84":"VN","86":"CN","90":"TR","91":"IN","92":"PK",
    "93":"AF","94":"LK","95":"MM","98":"IR","211":"SS","212":"MA","213":"DZ","216":"TN","218":"LY","220":"GM",
    "221":"SN","222":"MR","223":"ML","224":"GN","225":"CI","226":"BF","227":"NE","228":"TG","229":"BJ","230":"MU",
    "231":"LR","232":"SL","233":"GH","234":"NG","235":"TD","236":"CF","237":"CM","238":"CV","239":"ST","240":"GQ",
    "241":"GA","242":"CG","243":"CD","244":"AO","245":"GW","246":"IO","247":"AC","248":"SC","249":"SD","250":"RW",
    "251":"ET","252":"SO","253":"DJ","254":"KE","255":"TZ","256":"UG","257":"BI","258":"MZ","260":"ZM","261":"MG",
    "262":"RE","263":"ZW","264":"NA","265":"MW","266":"LS","267":"BW","268":"SZ","269":"KM","290":"SH","291":"ER",
    "297":"AW","298":"FO","299":"GL","350":"GI","351":"PT","352":"LU","353":"IE","354":"IS","355":"AL","356":"MT",
    "357":"CY","358":"FI","359":"BG","370":"LT","371":"LV","372":"EE","373":"MD","374":"AM","375":"BY","376":"AD",
    "377":"MC","378":"SM","380":"UA","381":"RS","382":"ME","383":"XK","385":"HR","386":"SI","387":"BA","389":"MK",
    "420":"CZ","421":"SK","423":"LI","500":"FK","501":"BZ","502":"GT","503":"SV","504":"HN","505":"NI","506":"CR",
    "507":"PA","508":"PM","509":"HT","590":"GP","591":"BO","592":"GY","593":"EC","594":"GF","595":"PY","596":"MQ",
    "597":"SR","598":"UY","599":"CW","670":"TL","672":"NF","673":"BN","674":"NR","675":"PG","676":"TO","677":"SB",
    "678":"VU","679":"FJ","680":"PW","681":"WF","682":"CK","683":"NU","685":"WS","686":"KI","687":"NC","688":"TV",
    "689":"PF","690":"TK","691":"FM","692":"MH","850":"KP","852":"HK","853":"MO","855":"KH","856":"LA","880":"BD",
    "886":"TW","960":"MV","961":"LB","962":"JO","963":"SY","964":"IQ","965":"KW","966":"SA","967":"YE","968":"OM",
    "970":"PS","971":"AE","972":"IL","973":"BH","974":"QA","975":"BT","976":"MN","977":"NP","992":"TJ","993":"TM",
    "994":"AZ","995":"GE","996":"KG","998":"UZ","1204":"CA","1226":"CA","1236":"CA","1242":"BS","1246":"BB",
    "1249":"CA","1250":"CA","1257":"CA","1263":"CA","1264":"AI","1268":"AG","1273":"CA","1284":"VG","1289":"CA",
    "1306":"CA","1340":"VI","1343":"CA","1345":"KY","1354":"CA","1365":"CA","1367":"CA","1368":"CA","1382":"CA",
    "1403":"CA","1416":"CA","1418":"CA","1428":"CA","1431":"CA","1437":"CA","1438":"CA","1441":"BM","1450":"CA",
    "1468":"CA","1473":"GD","1474":"CA","1506":"CA","1514":"CA","1519":"CA","1548":"CA","1579":"CA","1581":"CA",
    "1584":"CA","1587":"CA","1600":"CA","1604":"CA","1613":"CA","1622":"CA","1633":"CA","1639":"CA","1647":"CA",
    "1649":"TC","1658":"JM","1664":"MS","1670":"MP","1671":"GU","1672":"CA","1683":"CA","1684":"AS","1705":"CA",
    "1709":"CA","1721":"SX","1742":"CA","1753":"CA","1758":"LC","1767":"DM","1778":"CA","1780":"CA","1782":"CA",
    "1784":"VC","1787":"PR","1807":"CA","1809":"DO","1819":"CA","1825":"CA","1829":"DO","1849":"DO","1867":"CA",
    "1868":"TT","1869":"KN","1873":"CA","1876":"JM","1879":"CA","1902":"CA","1905":"CA","1939":"PR","1942":"CA"
  }'::jsonb) known (codes)
$$;

-- Who stopped and who came back, by time.
create index opt_out_history_by_time on opt_out_history (account_id, at desc, entry_id desc);

-- Clocks of providers differ from ours: never less than nothing. Null when one has not happened.
create function milliseconds_between(earlier timestamptz, later timestamptz) returns bigint language sql immutable parallel safe as $$
  select case when later > earlier then round(extract(epoch from later - earlier) * 1000)::bigint
    when later <= earlier then 0 end
$$;

-- By what calls are told apart. In one column, so that it can be a key although most of it may be null.
create type report_facet as (
  -- The one used; before that, the one that would be.
  channel text,
  skill_id uuid,
  handoff_id text,
  -- With the channel: whose error codes these are.
  sender_id uuid,
  -- As the compatible API names it; null: on its way, or never invited.
  status text,
  error_source text,
  error_code text,
  -- Of a provider's: 'send' or 'delivery'.
  error_stage text,
  ivr_number text,
  country text,
  template_id uuid,
  variant text,
  asked_channel text,
  has_sdes boolean,
  -- The first reason for a "no".
  refusal text,
  -- How far the call came, a later step implying those before it: 0 attempted, 1 eligible, 2 sent, 3 delivered, 4 read,
  -- 5 replied, 6 handled: an agent took the conversation, 7 closed.
  reached smallint,
  -- Why no further, in our words; an error, where there is one, goes before it. Null: it came to the end.
  loss text,
  -- Of cost_micros.
  currency text
);
-- What the compatible API tells apart: days stay few however many calls there are.
create type report_day_facet as (
  channel text,
  skill_id uuid,
  handoff_id text,
  sender_id uuid,
  status text,
  error_source text,
  error_code text,
  error_stage text,
  reached smallint,
  loss text,
  currency text
);

-- What a call counts for.
create type report_count as (
  hour timestamptz,
  facet report_facet,
  attempted bigint, eligible bigint, invited bigint, sent bigint, delivered bigint, read bigint,
  replied bigint, closed bigint, failed bigint, skipped bigint, opted_out bigint, taken bigint,
  abandoned bigint, handled bigint, csat_count bigint, csat_sum bigint, to_text_ms bigint, timed_replies bigint,
  to_reply_ms bigint, to_agent_ms bigint, handling_ms bigint, cost_micros bigint
);

-- The only place that says what one call counts for. Inlined where it is used: the job that sums up, the reports and the
-- doctor all ask it.
-- Status (reference c2m.md, A28): the farthest that the message is known to have come; failed and skipped only while
-- nothing better is known, failed also after sending.
create function report_count_of(c calls) returns setof report_count language sql stable parallel safe as $$
  select date_trunc('hour', c.attempted_at, 'UTC'),
    row(told.channel, coalesce(c.routed_skill_id, c.skill_id), c.handoff_id, c.sender_id, told.status,
      case when told.status in ('FAILED', 'SKIPPED') or told.status is null then
        case when c.error_code is not null then c.error_source
          when told.status = 'FAILED' and c.available_channels = '{}' then 'c2m' end end,
      case when told.status in ('FAILED', 'SKIPPED') or told.status is null then
        case when c.error_code is not null then c.error_code
          when told.status = 'FAILED' and c.available_channels = '{}' then
            case when told.refusal = 'open_conversation' then '1400' else '1001' end end end,
      case when c.error_source = 'provider' and told.status in ('FAILED', 'SKIPPED') then
        case when c.sent_at is null then 'send' else 'delivery' end end,
      c.ivr_number, country_of(c.consumer_phone), c.template_id, c.variant, told.asked_channel, c.sdes is not null,
      told.refusal, told.reached,
      case told.reached
        when 0 then coalesce(told.refusal, 'unknown')
        when 1 then case when told.status = 'SKIPPED' then 'opted_out' when told.status = 'FAILED' then 'failed'
          when c.invited_at is null then 'not_invited' else 'on_its_way' end
        when 2 then case when c.opted_out_at is not null or told.status = 'SKIPPED' then 'opted_out'
          when told.status = 'FAILED' then 'failed' else 'no_receipt' end
        when 3 then case when c.opted_out_at is not null then 'opted_out' when told.channel = 'sms' then 'reading_unknown' else 'not_read' end
        when 4 then case when c.opted_out_at is not null then 'opted_out' else 'not_answered' end
        when 5 then case when c.conversation_closed_at is not null then 'abandoned' else 'waiting' end
        when 6 then 'in_conversation' end, c.cost_currency)::report_facet,
    1::bigint,
    (c.available_channels <> '{}')::integer::bigint,
    (c.invited_at is not null)::integer::bigint,
    (c.sent_at is not null)::integer::bigint,
    (c.delivered_at is not null)::integer::bigint,
    (c.read_at is not null)::integer::bigint,
    (c.replied_at is not null)::integer::bigint,
    (c.conversation_closed_at is not null)::integer::bigint,
    (c.sent_at is null or told.status is not distinct from 'FAILED')::integer::bigint,
    (told.status is not distinct from 'SKIPPED')::integer::bigint,
    (c.opted_out_at is not null)::integer::bigint,
    (c.conversation_taken_at is not null)::integer::bigint,
    (c.conversation_closed_at is not null and c.conversation_taken_at is null)::integer::bigint,
    (c.conversation_closed_at is not null and c.conversation_taken_at is not null)::integer::bigint,
    (c.csat is not null)::integer::bigint,
    coalesce(c.csat, 0)::bigint,
    coalesce(milliseconds_between(c.attempted_at, c.sent_at), 0),
    (c.sent_at is not null and c.replied_at is not null)::integer::bigint,
    coalesce(milliseconds_between(c.sent_at, c.replied_at), 0),
    coalesce(milliseconds_between(c.replied_at, c.conversation_taken_at), 0),
    coalesce(milliseconds_between(c.conversation_taken_at, c.conversation_closed_at), 0),
    c.cost_micros
  from (
    select coalesce(c.channel, c.available_channels[1], c.reasons -> 0 ->> 'channel') as channel,
      coalesce(c.available_channels[1], c.reasons -> 0 ->> 'channel') as asked_channel,
      case when c.available_channels = '{}' then
        jsonb_path_query_first(c.reasons, '$[*].code ? (!(@ starts with "lookup_"))') #>> '{}' end as refusal,
      case when c.replied_at is not null then 'RESPONDED'
        when c.read_at is not null then 'READ'
        when c.delivered_at is not null then 'DELIVERED'
        when c.skipped_at is not null then 'SKIPPED'
        when c.failed_at is not null then 'FAILED'
        when c.sent_at is not null then 'SENT'
        when c.available_channels = '{}' and c.reasons @> '[{"code": "opted_out"}]' then 'SKIPPED'
        when c.available_channels = '{}' then 'FAILED' end as status,
      (case when c.replied_at is not null then
          case when c.conversation_taken_at is null then 5 when c.conversation_closed_at is null then 6 else 7 end
        when c.read_at is not null then 4
        when c.delivered_at is not null then 3
        when c.sent_at is not null then 2
        when c.available_channels <> '{}' then 1
        else 0 end)::smallint as reached) told
  -- Worked out once a call: taken apart, the facet's long expressions would be planned and worked out for each of its parts.
  offset 0
$$;

-- Calls that are not in the sums below, or not as they are now: one row a call, with what the sums hold of it. A new call
-- costs eligibility this row and nothing else; no caller waits for another caller's sums. A job brings the sums up to date
-- and deletes the row, in one tx. Reports read sums and changes in one snapshot, so they are exact at every moment,
-- whether the job runs or not. Whoever changes a call holds a lock on its row here, which the job passes over.
create table report_changes (
  account_id text not null,
  call_id uuid not null,
  attempted_at timestamptz not null,
  -- Null: nothing yet, the call is new.
  counted report_count,
  primary key (account_id, call_id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

create table report_hours (
  account_id text not null,
  hour timestamptz not null,
  facet report_facet not null,
  attempted bigint not null, eligible bigint not null, invited bigint not null, sent bigint not null, delivered bigint not null,
  read bigint not null, replied bigint not null, closed bigint not null, failed bigint not null, skipped bigint not null,
  opted_out bigint not null, taken bigint not null, abandoned bigint not null, handled bigint not null, csat_count bigint not null,
  csat_sum bigint not null, to_text_ms bigint not null, timed_replies bigint not null, to_reply_ms bigint not null, to_agent_ms bigint not null,
  handling_ms bigint not null, cost_micros bigint not null,
  primary key (account_id, hour, facet)
);
create table report_days (
  account_id text not null,
  day date not null,
  facet report_day_facet not null,
  attempted bigint not null, eligible bigint not null, invited bigint not null, sent bigint not null, delivered bigint not null,
  read bigint not null, replied bigint not null, closed bigint not null, failed bigint not null, skipped bigint not null,
  opted_out bigint not null, taken bigint not null, abandoned bigint not null, handled bigint not null, csat_count bigint not null,
  csat_sum bigint not null, to_text_ms bigint not null, timed_replies bigint not null, to_reply_ms bigint not null, to_agent_ms bigint not null,
  handling_ms bigint not null, cost_micros bigint not null,
  primary key (account_id, day, facet)
);
-- The days once more, with no more told apart than the compatible API's analytics tell: a day has as many rows as channels,
-- skills and handoffs had calls, whatever became of those. Sixty days are read several times sooner than in report_days
-- (measured: 4 ms and 50 ms).
create table report_day_totals (
  account_id text not null,
  day date not null,
  -- Empty: none.
  channel text not null,
  skill_id uuid not null,
  handoff_id text not null,
  attempted bigint not null, eligible bigint not null, skipped bigint not null, sent bigint not null, failed bigint not null,
  delivered bigint not null, read bigint not null, replied bigint not null, closed bigint not null,
  csat_count bigint not null, csat_sum bigint not null,
  primary key (account_id, day, channel, skill_id, handoff_id)
);
-- What tells an error's words apart, as in report_facet.
create type report_error as (sender_id uuid, source text, code text, stage text);
-- Which of them ended with which error.
create table report_day_errors (
  account_id text not null,
  day date not null,
  channel text not null,
  skill_id uuid not null,
  handoff_id text not null,
  error report_error not null,
  calls bigint not null,
  primary key (account_id, day, channel, skill_id, handoff_id, error)
);
-- A call passes through several facets; what it leaves behind empty is removed.
create index report_hours_empty on report_hours (account_id) where attempted = 0;
create index report_days_empty on report_days (account_id) where attempted = 0;
create index report_day_totals_empty on report_day_totals (account_id) where attempted = 0;
create index report_day_errors_empty on report_day_errors (account_id) where calls = 0;

-- Calls in the order of their time, for pages of them. Kept by the same job: a tree by time would cost every eligibility
-- request, and sorted in by the thousand it costs little. In partitions of a month each, like calls (migration 0012).
create table calls_by_time (
  account_id text not null,
  attempted_at timestamptz not null,
  call_id uuid not null,
  primary key (account_id, attempted_at, call_id)
) partition by range (attempted_at);
create table calls_by_time_default partition of calls_by_time default;

-- What the sums lack: plus what calls count for now, minus what the sums hold of them.
create view report_pending as
  select change.account_id, 1 as times, count.*
  from report_changes change cross join lateral (
    select count.* from calls c cross join lateral report_count_of(c) count
    where c.account_id = change.account_id and c.call_id = change.call_id
    -- Each by its id: the planner counts every month's partition for a look-up, and would rather read all calls.
    offset 0) count
  union all
  select account_id, -1, (counted).* from report_changes where counted is not null;

create function note_new_calls() returns trigger language plpgsql as $$
begin
  insert into report_changes (account_id, call_id, attempted_at) select account_id, call_id, attempted_at from added
  on conflict (account_id, call_id) do nothing;
  return null;
end $$;
create function note_changed_call() returns trigger language plpgsql as $$
begin
  perform from report_changes where account_id = old.account_id and call_id = old.call_id for share;
  if not found then
    insert into report_changes (account_id, call_id, attempted_at, counted)
    select old.account_id, old.call_id, old.attempted_at, count from report_count_of(old) count;
  end if;
  return null;
end $$;
create function note_gone_call() returns trigger language plpgsql as $$
begin
  delete from report_changes where account_id = old.account_id and call_id = old.call_id and counted is null;
  if not found then
    insert into report_changes (account_id, call_id, attempted_at, counted)
    select old.account_id, old.call_id, old.attempted_at, count from report_count_of(old) count
    -- What the sums hold of it stays as it is; the row is locked against the job all the same.
    on conflict (account_id, call_id) do update set attempted_at = excluded.attempted_at;
  end if;
  return null;
end $$;
create trigger calls_added after insert on calls referencing new table as added for each statement execute function note_new_calls();
create trigger calls_changed after update on calls for each row when (old.* is distinct from new.*) execute function note_changed_call();
create trigger calls_gone after delete on calls for each row execute function note_gone_call();

-- Calls of before: scores of their conversations first.
update calls set csat = surveys.score from surveys
where surveys.account_id = calls.account_id and surveys.conversation_id = calls.conversation_id
  and surveys.score is not null and calls.conversation_created_at is not null;
update calls set sender_id = invites.sender_id from invites
where invites.account_id = calls.account_id and invites.call_id = calls.call_id and invites.sender_id is not null;
update calls set template_id = messages.template_id from invites join messages using (account_id, message_id)
where invites.account_id = calls.account_id and invites.call_id = calls.call_id and messages.template_id is not null;
delete from report_changes;
insert into report_changes (account_id, call_id, attempted_at) select account_id, call_id, attempted_at from calls;
