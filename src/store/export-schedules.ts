import type { ExportSchedule } from '../domain/export-schedule.ts'
import type { Cipher } from './cipher.ts'
import type { DbOrTx } from './db.ts'

/** A schedule with what is known of its runs. */
export interface StoredSchedule extends ExportSchedule {
  readonly nextRunAt: Date
  /** Whether the secret of its destination is kept. */
  readonly hasSecret: boolean
}

/** Schedules of one brand at most. */
export const mostSchedules = 100

const contextOf = (accountId: string, scheduleId: string) => `export-schedule/${accountId}/${scheduleId}`

export async function listExportSchedules(db: DbOrTx, accountId: string): Promise<readonly StoredSchedule[]> {
  return db<StoredSchedule[]>`
    select ${columns(db)} from export_schedules where account_id = ${accountId} order by lower(title), schedule_id`
}

/** One of them, locked until the tx ends; null: there is none such. */
export async function lockExportSchedule(
  tx: DbOrTx,
  accountId: string,
  scheduleId: string,
): Promise<StoredSchedule | null> {
  const [row] = await tx<StoredSchedule[]>`
    select ${columns(tx)} from export_schedules
    where account_id = ${accountId} and schedule_id = ${scheduleId} for update`
  return row ?? null
}

/** A schedule and the secret of its destination; null: there is none such any more. */
export async function openExportSchedule(
  db: DbOrTx,
  cipher: Cipher,
  accountId: string,
  scheduleId: string,
): Promise<{ schedule: ExportSchedule; secret: string | null } | null> {
  const [row] = await db<(StoredSchedule & { secret: Uint8Array | null })[]>`
    select ${columns(db)}, secret from export_schedules
    where account_id = ${accountId} and schedule_id = ${scheduleId}`
  if (row === undefined) return null
  const { secret, ...schedule } = row
  return { schedule, secret: secret === null ? null : cipher.decrypt(secret, contextOf(accountId, scheduleId)) }
}

/**
 * Adds a schedule, or stores it as it now is.
 * @param secret of the destination; undefined: it stays as it was; null: there is none.
 */
export async function putExportSchedule(
  tx: DbOrTx,
  cipher: Cipher,
  accountId: string,
  schedule: ExportSchedule,
  options: { readonly nextRunAt: Date; readonly secret: string | null | undefined },
): Promise<void> {
  const { scheduleId, title, enabled, kind, format, query, masked, every, hour, weekday, monthDay, timeZone } = schedule
  const { nextRunAt, secret } = options
  const sealed = typeof secret === 'string' ? cipher.encrypt(secret, contextOf(accountId, scheduleId)) : null
  await tx`
    insert into export_schedules (account_id, schedule_id, title, enabled, kind, format, query, masked, every, hour,
      weekday, month_day, time_zone, destination, secret, next_run_at)
    values (${accountId}, ${scheduleId}, ${title}, ${enabled}, ${kind}, ${format}, ${tx.json(query as never)}, ${masked},
      ${every}, ${hour}, ${weekday}, ${monthDay}, ${timeZone}, ${tx.json(schedule.destination as never)}, ${sealed},
      ${nextRunAt})
    on conflict (account_id, schedule_id) do update set title = excluded.title, enabled = excluded.enabled,
      kind = excluded.kind, format = excluded.format, query = excluded.query, masked = excluded.masked,
      every = excluded.every, hour = excluded.hour, weekday = excluded.weekday, month_day = excluded.month_day,
      time_zone = excluded.time_zone, destination = excluded.destination, next_run_at = excluded.next_run_at,
      secret = ${secret === undefined ? tx`export_schedules.secret` : tx`excluded.secret`}`
}

export async function deleteExportSchedule(tx: DbOrTx, accountId: string, scheduleId: string): Promise<void> {
  await tx`delete from export_schedules where account_id = ${accountId} and schedule_id = ${scheduleId}`
}

/**
 * The schedule that has been due for longest, of all brands, locked; null: none is. A brand that is switched off gets its
 * files when it is on again. Due a minute after its time, so that
 * what happened in the last moments of the period is stored.
 */
export async function lockDueSchedule(tx: DbOrTx, now: Date): Promise<(StoredSchedule & { accountId: string }) | null> {
  const [row] = await tx<(StoredSchedule & { accountId: string })[]>`
    select account_id as "accountId", ${columns(tx)} from export_schedules
    where enabled and exists (
        select from accounts where accounts.account_id = export_schedules.account_id and accounts.enabled)
      and next_run_at < ${now}::timestamptz - interval '1 minute'
    order by next_run_at limit 1 for update skip locked`
  return row ?? null
}

export async function moveSchedule(tx: DbOrTx, accountId: string, scheduleId: string, nextRunAt: Date): Promise<void> {
  await tx`
    update export_schedules set next_run_at = ${nextRunAt}
    where account_id = ${accountId} and schedule_id = ${scheduleId}`
}

const columns = (db: DbOrTx) => db`
  schedule_id as "scheduleId", title, enabled, kind, format, query, masked, every, hour, weekday,
  month_day as "monthDay", time_zone as "timeZone", destination, secret is not null as "hasSecret",
  next_run_at as "nextRunAt"`
