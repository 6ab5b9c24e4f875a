import type { FailingSchedule } from '../domain/export-schedule.ts'
import type { DbOrTx } from './db.ts'

/**
 * Schedules that are on and whose newest file was given up, or has failed and is tried again; by title.
 * @param accountId null: of every brand that is on.
 */
export async function failingSchedules(db: DbOrTx, accountId: string | null): Promise<readonly FailingSchedule[]> {
  return db<FailingSchedule[]>`
    select s.schedule_id as "scheduleId", s.title, e.failure, e.state = 'failed' as "givenUp"
    from export_schedules s
    join accounts a on a.account_id = s.account_id and a.enabled
    cross join lateral (
      select state, tries, failure from exports
      where exports.account_id = s.account_id and exports.schedule_id = s.schedule_id
      order by until desc limit 1) e
    where s.enabled and (${accountId}::text is null or s.account_id = ${accountId})
      and (e.state = 'failed' or e.state = 'waiting' and e.tries > 0 or e.state = 'running' and e.tries > 1)
    order by lower(s.title), s.schedule_id`
}
