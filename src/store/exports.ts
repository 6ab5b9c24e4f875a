import { randomUUID } from 'node:crypto'
import type { ExportFormat, ExportKind, ExportQuery, ExportSpan, ExportState } from '../domain/export.ts'
import type { DbOrTx } from './db.ts'

/** An export as it stands. */
export interface StoredExport {
  readonly accountId: string
  readonly exportId: string
  readonly kind: ExportKind
  readonly format: ExportFormat
  readonly query: ExportQuery
  readonly since: Date
  readonly until: Date
  readonly masked: boolean
  readonly state: ExportState
  /** `user:<id>`, `credential:<id>`, `operator` or `system`. */
  readonly askedBy: string
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly finishedAt: Date | null
  readonly rows: number
  readonly lookedAt: number
  /** About how many there are to look at; null: not known. */
  readonly about: number | null
  readonly bytes: number
  /** In the folder of exports; null: there is no file, or not any more. */
  readonly fileName: string | null
  readonly written: boolean
  readonly delivered: boolean
  /** When the file is removed. */
  readonly expiresAt: Date | null
  readonly failure: string | null
  readonly tries: number
  /** While it waits to be begun, or begun again. */
  readonly nextTryAt: Date
  readonly scheduleId: string | null
}

export interface NewExport {
  readonly kind: ExportKind
  readonly format: ExportFormat
  readonly query: ExportQuery
  readonly span: ExportSpan
  readonly masked: boolean
  readonly askedBy: string
}

/** Enters an export that waits for its turn. @returns its id. */
export async function insertExport(tx: DbOrTx, accountId: string, wanted: NewExport): Promise<string> {
  const exportId = randomUUID()
  const { kind, format, query, span, masked, askedBy } = wanted
  await tx`
    insert into exports (account_id, export_id, kind, format, query, since, until, masked, state, asked_by)
    values (${accountId}, ${exportId}, ${kind}, ${format}, ${tx.json(query as never)}, ${span.since}, ${span.until},
      ${masked}, 'waiting', ${askedBy})`
  return exportId
}

/**
 * Enters the export of one period of a schedule; one that is there already is made again when it has ended, and the new file
 * takes the place of the old. @returns its id.
 */
export async function insertScheduledExport(
  tx: DbOrTx,
  accountId: string,
  scheduleId: string,
  wanted: NewExport,
): Promise<string> {
  const { kind, format, query, span, masked, askedBy } = wanted
  const [row] = await tx<{ export_id: string }[]>`
    insert into exports (account_id, export_id, kind, format, query, since, until, masked, state, asked_by, schedule_id)
    values (${accountId}, ${randomUUID()}, ${kind}, ${format}, ${tx.json(query as never)}, ${span.since}, ${span.until},
      ${masked}, 'waiting', ${askedBy}, ${scheduleId})
    on conflict (account_id, schedule_id, until) where schedule_id is not null do update set
      kind = excluded.kind, format = excluded.format, query = excluded.query, since = excluded.since,
      masked = excluded.masked, asked_by = excluded.asked_by, delivered = false, failure = null,
      written = false, tries = 0, next_try_at = now(),
      state = 'waiting', finished_at = null, expires_at = null
    where exports.state <> 'running'
    returning export_id`
  if (row !== undefined) return row.export_id
  const [running] = await tx<{ export_id: string }[]>`
    select export_id from exports
    where account_id = ${accountId} and schedule_id = ${scheduleId} and until = ${span.until}`
  return running!.export_id
}

/** One export; null: the account has none such. */
export async function findExport(db: DbOrTx, accountId: string, exportId: string): Promise<StoredExport | null> {
  const [row] = await db<StoredExport[]>`
    select ${exportColumns(db)} from exports where account_id = ${accountId} and export_id = ${exportId}`
  return row ?? null
}

/** The newest exports of a brand. */
export async function listExports(db: DbOrTx, accountId: string, limit: number): Promise<readonly StoredExport[]> {
  return db<StoredExport[]>`
    select ${exportColumns(db)} from exports where account_id = ${accountId}
    order by created_at desc, export_id desc limit ${limit}`
}

/** How many exports of a brand, apart from its schedules', wait or run. */
export async function countOpenExports(db: DbOrTx, accountId: string): Promise<number> {
  const [row] = await db<{ open: number }[]>`
    select count(*)::int as open from exports
    where account_id = ${accountId} and state in ('waiting', 'running') and schedule_id is null`
  return row!.open
}

/**
 * Cancels an export that waits or runs, and takes away one that has ended.
 * @returns which, and its file; null: the account has none such.
 */
export async function discardExport(
  tx: DbOrTx,
  accountId: string,
  exportId: string,
): Promise<{ cancelled: boolean; fileName: string | null } | null> {
  const [row] = await tx<{ state: ExportState; file_name: string | null }[]>`
    select state, file_name from exports where account_id = ${accountId} and export_id = ${exportId} for update`
  if (row === undefined) return null
  const cancelled = row.state === 'waiting' || row.state === 'running'
  if (cancelled)
    await tx`
      update exports set state = 'cancelled', claimed_by = null, lease_until = null, finished_at = now(), file_name = null
      where account_id = ${accountId} and export_id = ${exportId}`
  else await tx`delete from exports where account_id = ${accountId} and export_id = ${exportId}`
  return { cancelled, fileName: row.file_name }
}

/** Takes away the rows of ended exports that are older than `days`, and the names of files that are due to go. */
export async function expireExports(db: DbOrTx, days: number): Promise<readonly string[]> {
  await db`
    delete from exports where finished_at < now() - make_interval(days => ${days}) and file_name is null`
  const rows = await db<{ file_name: string }[]>`
    with due as (
      select account_id, export_id, file_name from exports where file_name is not null and expires_at < now() for update)
    update exports set file_name = null from due
    where exports.account_id = due.account_id and exports.export_id = due.export_id
    returning due.file_name`
  return rows.map((row) => row.file_name)
}

/** Of these names of files, the ones that belong to an export. */
export async function knownFiles(db: DbOrTx, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db<{ file_name: string }[]>`
    select file_name from exports where file_name = any(${[...names]}::text[])`
  return new Set(rows.map((row) => row.file_name))
}

/** What `StoredExport` has, for whoever selects or returns it. */
export const exportColumns = (db: DbOrTx) => db`
  account_id as "accountId", export_id as "exportId", kind, format, query, since, until, masked, state,
  asked_by as "askedBy", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt",
  row_count::float8 as rows, looked_at::float8 as "lookedAt", about::float8 as about, bytes::float8 as bytes,
  file_name as "fileName", written, delivered, expires_at as "expiresAt", failure, tries, next_try_at as "nextTryAt",
  schedule_id as "scheduleId"`

/** The newest export of each schedule, by the schedule's id. */
export async function lastOfSchedules(db: DbOrTx, accountId: string): Promise<ReadonlyMap<string, StoredExport>> {
  const rows = await db<StoredExport[]>`
    select distinct on (schedule_id) ${exportColumns(db)} from exports
    where account_id = ${accountId} and schedule_id is not null
    order by schedule_id, until desc`
  return new Map(rows.map((row) => [row.scheduleId!, row]))
}

/** Exports of calls and opt-outs that have a file, or are making one, and whose span has one of these times; null: any. */
export async function exportsHolding(
  db: DbOrTx,
  accountId: string,
  times: readonly Date[] | null,
): Promise<readonly StoredExport[]> {
  const moments = times === null ? null : times.map((at) => at.toISOString())
  return db<StoredExport[]>`
    select ${exportColumns(db)} from exports
    where account_id = ${accountId} and kind in ('transactions', 'opt-outs')
      and (file_name is not null or delivered or state = 'running')
      and (${moments}::text[] is null or exists (
        select from unnest(${moments}::text[]) told where told::timestamptz >= since and told::timestamptz < until))
    order by created_at`
}

/**
 * Notes that an export's file is gone for the sake of somebody who was erased. One that is being made, or whose file has not
 * got to where it should, is made anew.
 */
export async function forgetExportFile(db: DbOrTx, accountId: string, exportId: string): Promise<void> {
  await db`
    update exports set file_name = null, written = false, claimed_by = null, lease_until = null,
      state = case when state = 'running' then 'waiting' else state end,
      next_try_at = case when state = 'running' then now() else next_try_at end,
      tries = case when state = 'running' then tries - 1 else tries end
    where account_id = ${accountId} and export_id = ${exportId}`
}
