import { type DataRights, erasePerson } from '../data-rights/erase-person.ts'
import { reapplyErasures } from '../data-rights/reapply-erasures.ts'
import { atomic, type Database, type DatabaseTarget } from '../store/db.ts'
import { migrate } from '../store/migrate.ts'
import { migrateQueue } from '../store/migrate-queue.ts'

export interface Restored {
  readonly accounts: number
  readonly calls: number
  /** Messages that were about to be sent, or being sent, when the backup was made. */
  readonly questioned: number
  /** Erasures of after the backup, done again. */
  readonly erased: number
  /** Migrations of this release that the backup did not have. */
  readonly migrated: readonly string[]
}

/**
 * Makes a restored database fit to be served: brings its schema up to date, sees that nothing is sent a second time, and
 * erases again who was erased since.
 * @param erasureLog the list of erasures; null: the one in DATA_DIR.
 * @throws SchemaTooNew when the backup is of a newer release.
 */
export async function settleRestored(
  rights: DataRights,
  target: DatabaseTarget,
  erasureLog: string | null,
): Promise<Restored> {
  const { db } = rights
  const migrated = await migrate(db)
  await migrateQueue(target)
  const questioned = await questionSends(db)
  const again = erasureLog === null ? await reapplyErasures(rights) : await reapplyErasures(rights, erasureLog)
  const unfinished = await db<{ accountId: string; erasureId: string }[]>`
    select account_id as "accountId", erasure_id as "erasureId" from erasures where state <> 'done' order by requested_at`
  for (const { accountId, erasureId } of unfinished) await erasePerson(rights, accountId, erasureId)
  const [counted] = await atomic(db, async (tx) => {
    await tx`set local statement_timeout = 0`
    return tx<{ accounts: number; calls: number }[]>`
      select (select count(*)::int from accounts) as accounts, (select count(*)::int from calls) as calls`
  })
  return { ...counted!, questioned, erased: again.length, migrated }
}

/**
 * What waited to be sent when the backup was made was sent since, as far as anybody knows here: it counts as a send whose
 * process died. The provider is asked, and only what it certainly has not got goes out (promise P3).
 */
async function questionSends(db: Database): Promise<number> {
  const rows = await atomic(
    db,
    (tx) => tx`
      with held as (
        update attempts set state = 'claimed', fence = fence + 1, claimed_by = null, claimed_at = clock_timestamp(),
          lease_until = clock_timestamp()
        where state = 'accepted' returning account_id, message_id),
      begun as (
        update messages m set status = 'sending' from held
        where m.account_id = held.account_id and m.message_id = held.message_id and m.status = 'accepted')
      select 1 from held`,
  )
  return rows.length
}
