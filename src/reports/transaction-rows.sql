-- Follows what names `page`: calls with their facet. Rows as the compatible API tells them.
select page.call_id as "callId", page.attempted_at as "attemptedAt", page.attempted_at::text as place,
  (facet).channel, used.name as skill, (facet).asked_channel as "initialChannel", asked.name as "initialSkill",
  page.handoff_id as "handoffId", handoffs.title as "handoffTitle", page.consumer_id as "consumerId",
  page.conversation_id as "conversationId", page.available_channels <> '{}' as eligible,
  page.invited_at as "invitedAt", page.sent_at as "sentAt", page.delivered_at as "deliveredAt", page.read_at as "readAt",
  page.failed_at as "failedAt", page.skipped_at as "skippedAt", page.opted_out_at as "optedOutAt",
  coalesce(page.conversation_created_at, page.replied_at) as "conversationCreatedAt", page.conversation_closed_at as "conversationClosedAt",
  (facet).status, (facet).error_source as "errorSource", (facet).error_code as "errorCode", (facet).error_stage as "errorStage",
  page.error_message as "errorMessage", senders.connector, page.csat, page.first_message as "firstMessage",
  page.override_message as "overrideMessage", templates.name as template, page.sdes is not null as "hasSdes", page.reasons,
  page.ivr_number as "ivrNumber", begun.tried, begun.skipped
from page
  left join skills used on used.account_id = $1 and used.skill_id = (facet).skill_id
  left join skills asked on asked.account_id = $1 and asked.skill_id = page.skill_id
  left join handoffs on handoffs.account_id = $1 and handoffs.handoff_id = page.handoff_id
  left join senders on senders.account_id = $1 and senders.sender_id = page.sender_id
  left join templates on templates.account_id = $1 and templates.template_id = page.template_id
  -- What the invite tried, and left out. Most calls have none: nothing is looked for then.
  left join lateral (
    select array_agg(steps.channel order by steps.step_number) filter (where steps.step = 'sending') as tried,
      jsonb_agg(jsonb_build_object('channel', steps.channel, 'code', steps.details ->> 'kind') order by steps.step_number)
        filter (where steps.step = 'channel-skipped') as skipped
    from transaction_steps steps
    where steps.account_id = $1 and steps.call_id = page.call_id and steps.step in ('sending', 'channel-skipped')
      and coalesce(page.invited_at, page.failed_at, page.skipped_at) is not null) begun on true
order by page.attempted_at, page.call_id
