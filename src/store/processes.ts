import type { DbOrTx } from './db.ts'

/** A process that has not been heard of for so long is taken for dead: as long as a lease. */
const silentSeconds = 20

/** Says that this process lives, and which pools of the queue are its own: the queue locks a job in the pool's name. */
export async function beat(db: DbOrTx, processId: string, workerIds: readonly string[]): Promise<void> {
  await db`
    insert into processes (process_id, worker_ids) values (${processId}, ${workerIds as string[]})
    on conflict (process_id) do update set seen_at = clock_timestamp(), worker_ids = excluded.worker_ids`
}

/** Whether another process than this was heard of lately. */
export async function othersLive(db: DbOrTx, processId: string): Promise<boolean> {
  const rows = await db`
    select 1 from processes
    where process_id <> ${processId} and seen_at > clock_timestamp() - make_interval(secs => ${silentSeconds}) limit 1`
  return rows.length > 0
}

/** Takes this process off the list, as one that stops in order, and gives back the jobs that it could not end. */
export async function leave(db: DbOrTx, processId: string): Promise<void> {
  await db`
    with gone as (delete from processes where process_id = ${processId} returning worker_ids)
    select graphile_worker.force_unlock_workers(worker_ids) from gone`
}

/**
 * Strikes out processes that are dead or frozen and gives back the jobs of every pool that no living process owns; by
 * itself the queue would keep them for four hours (reliability 0.3). A frozen one that wakes up enters itself again, and
 * what it does with a job that somebody else has by now is decided by the attempt's claim.
 * @returns how many processes were struck out.
 */
export async function buryProcesses(db: DbOrTx): Promise<number> {
  const dead = await db`
    delete from processes where seen_at < clock_timestamp() - make_interval(secs => ${silentSeconds}) returning 1`
  // Also a pool that died before its first heartbeat, and the jobs in a restored backup.
  await db`
    select graphile_worker.force_unlock_workers(array(
      select distinct locked_by from graphile_worker.jobs
      where locked_by is not null and locked_at < clock_timestamp() - make_interval(secs => ${silentSeconds})
        and not exists(select 1 from processes where locked_by = any(worker_ids))))`
  return dead.length
}
