-- Follows counted.sql. How many calls each hour or day ($12) has.
select date_trunc($12, since, 'UTC') as since, sum(times * attempted)::float8 as total
from counted group by 1 having sum(times * attempted) <> 0 order by 1
