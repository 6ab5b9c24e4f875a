import { mostTries, waitAfter } from '../domain/export.ts'
import { atomic, type Database, type DbOrTx } from './db.ts'
import { exportColumns, type StoredExport } from './exports.ts'

/** Without a sign of life for so long, the process that makes an export is taken for dead. */
const leaseSeconds = 30

export interface ClaimedExport extends StoredExport {
  readonly fileName: string
  /** What a process that died has left behind; null: nothing. */
  readonly leftBehind: string | null
}

/** Which claim of which export: a process that slept through its lease holds an older one. */
export interface ExportClaim {
  readonly accountId: string
  readonly exportId: string
  readonly processId: string
  readonly tries: number
}

/**
 * Takes the export whose turn it is: one that waits, of a brand that has none under way, or one whose process has died. What
 * was not written whole is written anew.
 * @param fileName of the file to write.
 * @returns null when there is nothing to do.
 */
export async function claimExport(db: Database, processId: string, fileName: string): Promise<ClaimedExport | null> {
  try {
    return await atomic(db, async (tx) => {
      await tx`
        update exports set state = 'failed', claimed_by = null, lease_until = null, finished_at = now(),
          failure = ${`It was begun ${mostTries} times and never came to its end.`}
        where state = 'running' and lease_until < clock_timestamp() and tries >= ${mostTries}`
      const [due] = await tx<{ account_id: string; export_id: string; written: boolean; file_name: string | null }[]>`
        select account_id, export_id, written, file_name from exports e
        where state = 'running' and lease_until < clock_timestamp()
          or state = 'waiting' and next_try_at <= clock_timestamp() and not exists (
            select from exports r where r.account_id = e.account_id and r.state = 'running')
        order by next_try_at, created_at limit 1 for update skip locked`
      if (due === undefined) return null
      const [claimed] = await tx<(StoredExport & { fileName: string })[]>`
        update exports set state = 'running', claimed_by = ${processId}, tries = tries + 1,
          lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}),
          started_at = coalesce(started_at, now()), failure = null,
          file_name = case when written then file_name else ${fileName} end,
          row_count = case when written then row_count else 0 end,
          looked_at = case when written then looked_at else 0 end
        where account_id = ${due.account_id} and export_id = ${due.export_id}
        returning ${exportColumns(tx)}`
      return { ...claimed!, leftBehind: due.written ? null : due.file_name }
    })
  } catch (error) {
    // Another process has begun one of the same brand at the same moment.
    if ((error as { constraint_name?: string }).constraint_name === 'exports_running') return null
    throw error
  }
}

/** Says that the claim lives, and how far it has come. @returns false when the claim is lost: cancelled, or somebody else's. */
export async function beatExport(
  db: DbOrTx,
  claim: ExportClaim,
  progress: { readonly rows: number; readonly lookedAt: number; readonly about: number | null; readonly bytes: number },
): Promise<boolean> {
  const rows = await db`
    update exports set lease_until = clock_timestamp() + make_interval(secs => ${leaseSeconds}),
      row_count = ${progress.rows}, looked_at = ${progress.lookedAt}, about = ${progress.about}, bytes = ${progress.bytes}
    where ${held(db, claim)} returning 1`
  return rows.length > 0
}

/** Notes that the whole file is there. @returns false when the claim is lost. */
export async function noteWritten(db: DbOrTx, claim: ExportClaim): Promise<boolean> {
  const rows = await db`update exports set written = true where ${held(db, claim)} returning 1`
  return rows.length > 0
}

/** Ends an export well. Its file is kept for so many hours. @returns false when the claim is lost. */
export async function finishExport(
  db: DbOrTx,
  claim: ExportClaim,
  end: { readonly delivered: boolean; readonly keptHours: number },
): Promise<boolean> {
  const rows = await db`
    update exports set state = 'done', claimed_by = null, lease_until = null, finished_at = now(),
      delivered = ${end.delivered}, expires_at = now() + make_interval(hours => ${end.keptHours})
    where ${held(db, claim)} returning 1`
  return rows.length > 0
}

/**
 * Notes that it came to nothing this time: for good, or to be begun again later.
 * @param options.forGood trying again would end the same way. @param options.keptHours for a file that is written.
 */
export async function failExport(
  db: DbOrTx,
  claim: ExportClaim,
  options: { readonly failure: string; readonly forGood: boolean; readonly keptHours: number },
): Promise<void> {
  const over = options.forGood || claim.tries >= mostTries
  await db`
    update exports set claimed_by = null, lease_until = null, failure = ${options.failure},
      state = ${over ? 'failed' : 'waiting'}, finished_at = ${over ? db`now()` : null},
      next_try_at = now() + make_interval(secs => ${waitAfter(claim.tries) / 1_000}),
      file_name = case when written then file_name end,
      expires_at = ${over ? db`now() + make_interval(hours => ${options.keptHours})` : null}
    where ${held(db, claim)}`
}

/** Gives a claim back, because this process stops: it is begun again at once elsewhere, and this time does not count. */
export async function giveBackExport(db: DbOrTx, claim: ExportClaim): Promise<void> {
  await db`
    update exports set state = 'waiting', claimed_by = null, lease_until = null, tries = tries - 1, next_try_at = now(),
      file_name = case when written then file_name end
    where ${held(db, claim)}`
}

const held = (db: DbOrTx, { accountId, exportId, processId, tries }: ExportClaim) => db`
  account_id = ${accountId} and export_id = ${exportId} and state = 'running' and claimed_by = ${processId}
  and tries = ${tries}`
