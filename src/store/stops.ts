import { randomUUID } from 'node:crypto'
import type { Stop } from '../domain/stop.ts'
import type { DbOrTx } from './db.ts'

/** A stop with who set it, and when. */
export interface SetStop extends Stop {
  readonly stoppedBy: string
  readonly stoppedByName: string | null
  readonly stoppedAt: Date
}

export async function listStops(db: DbOrTx, accountId: string): Promise<readonly SetStop[]> {
  return db<SetStop[]>`
    select s.skill_id as "skillId", s.channel, s.stopped_by as "stoppedBy", u.name as "stoppedByName",
      s.stopped_at as "stoppedAt"
    from stops s left join users u on u.account_id = s.account_id and 'user:' || u.user_id = s.stopped_by
    where s.account_id = ${accountId} order by s.stopped_at, s.stop_id`
}

/** Sets a stop, or lifts it. @returns whether that changed anything. */
export async function putStop(
  tx: DbOrTx,
  accountId: string,
  stop: Stop & { readonly stopped: boolean; readonly actor: string },
): Promise<boolean> {
  const { skillId, channel, stopped, actor } = stop
  const changed = stopped
    ? await tx`
        insert into stops (account_id, stop_id, skill_id, channel, stopped_by)
        values (${accountId}, ${randomUUID()}, ${skillId}, ${channel}, ${actor}) on conflict do nothing returning 1`
    : await tx`
        delete from stops where account_id = ${accountId} and skill_id is not distinct from ${skillId}::uuid
          and channel is not distinct from ${channel}::text returning 1`
  return changed.length > 0
}
