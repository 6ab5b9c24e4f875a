-- What consumers stopped and took up again, the newest first.
--  $1 account  $2 from  $3 until  $4 $5 the entry before the page, both null: from the newest on  $6 most
select entry.entry_id as "entryId", entry.at, entry.at::text as place, entry.said_at as "saidAt", entry.address, entry.channel,
  entry.resumed, entry.source, entry.evidence, entry.sender_id as "senderId", senders.title as "senderTitle"
from opt_out_history entry
  left join senders on senders.account_id = $1 and senders.sender_id = entry.sender_id
where entry.account_id = $1 and entry.at >= $2 and entry.at < $3
  and ($4::timestamptz is null or (entry.at, entry.entry_id) < ($4, $5::uuid))
order by entry.at desc, entry.entry_id desc limit $6
