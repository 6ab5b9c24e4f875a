-- Calls by their ids, $4; the rest as in transactions.sql. Ids that are none of the account's are passed over.
--  $1 account  $2 from  $3 until  $5 channels  $6 names of skills  $7 statuses, each null for any
with page as (
  select c.*, count.facet
  from calls c cross join lateral report_count_of(c) count
  where c.account_id = $1 and c.call_id = any($4::uuid[]) and c.attempted_at >= $2 and c.attempted_at < $3
    and ($5::text[] is null or (count.facet).channel = any($5)) and ($7::text[] is null or (count.facet).status = any($7))
    and ($6::text[] is null or exists (select from skills where skills.account_id = $1
      and skills.skill_id = (count.facet).skill_id and skills.name = any($6)))
)
