-- All that a file tells of these calls, in the order of their time. Their ids are a parameter, so that no partition is looked
-- into that holds none of them; those that are gone are passed over.
--  $1 account  $2 calls  $3 channels  $4 skills  $5 handoffs  $6 IVR numbers  $7 senders  $8 countries  $9 templates
--  $10 variants, each null for any; an empty text in a list: those that have none
with told as (
  select c.*, count.facet
  from calls c cross join lateral report_count_of(c) count
  where c.account_id = $1 and c.call_id = any($2::uuid[])
    and ($3::text[] is null or coalesce((count.facet).channel, '') = any($3))
    and ($4::text[] is null or coalesce((count.facet).skill_id::text, '') = any($4))
    and ($5::text[] is null or coalesce((count.facet).handoff_id, '') = any($5))
    and ($6::text[] is null or coalesce((count.facet).ivr_number, '') = any($6))
    and ($7::text[] is null or coalesce((count.facet).sender_id::text, '') = any($7))
    and ($8::text[] is null or coalesce((count.facet).country, '') = any($8))
    and ($9::text[] is null or coalesce((count.facet).template_id::text, '') = any($9))
    and ($10::text[] is null or coalesce((count.facet).variant, '') = any($10))
)
select told.call_id, told.attempted_at, told.consumer_phone as consumer, told.consumer_id, told.ivr_number, (told.facet).country,
  told.handoff_id, handoffs.title as handoff, used.name as skill, asked.name as asked_skill,
  (told.facet).channel, (told.facet).asked_channel, told.available_channels <> '{}' as eligible, (told.facet).reached,
  (told.facet).loss, told.sdes is not null as has_sdes, (told.facet).status,
  told.invited_at, told.sent_at, told.delivered_at, told.read_at, told.replied_at, told.failed_at, told.skipped_at, told.opted_out_at,
  told.conversation_id, told.conversation_created_at, told.conversation_taken_at, told.conversation_closed_at,
  (told.facet).error_source, (told.facet).error_code, (told.facet).error_stage, told.error_message, senders.connector,
  told.csat, told.cost_micros, told.cost_currency, told.first_message, told.override_message, templates.name as template,
  told.variant, senders.address as sender
from told
  left join skills used on used.account_id = $1 and used.skill_id = (told.facet).skill_id
  left join skills asked on asked.account_id = $1 and asked.skill_id = told.skill_id
  left join handoffs on handoffs.account_id = $1 and handoffs.handoff_id = told.handoff_id
  left join senders on senders.account_id = $1 and senders.sender_id = told.sender_id
  left join templates on templates.account_id = $1 and templates.template_id = told.template_id
order by told.attempted_at, told.call_id
