-- Follows counted.sql. By day, channel and skill, and by handoff when $12 says so; errors apart.
select to_char(since at time zone 'UTC', 'YYYY-MM-DD') as day, counted.channel, skill,
  case when $12 then handoff_id end as "handoffId",
  error_source as "errorSource", error_code as "errorCode", error_stage as "errorStage", connector,
  sum(times * attempted)::float8 as attempted, sum(times * eligible)::float8 as eligible, sum(times * skipped)::float8 as skipped,
  sum(times * sent)::float8 as sent, sum(times * failed)::float8 as failed, sum(times * delivered)::float8 as delivered,
  sum(times * read)::float8 as read, sum(times * replied)::float8 as replied, sum(times * closed)::float8 as closed,
  sum(times * csat_count)::float8 as csat_count, sum(times * csat_sum)::float8 as csat_sum
from counted left join senders on senders.account_id = $1 and senders.sender_id = counted.sender_id
group by 1, 2, 3, 4, 5, 6, 7, 8
having sum(times * attempted) <> 0
order by 1, 2 nulls last, 3 nulls last, 4, 5, 6, 7, 8
