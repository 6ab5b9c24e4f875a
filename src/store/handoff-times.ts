import type { DbOrTx } from './db.ts'

export interface HandoffTimes {
  readonly handoffId: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** When the account's handoffs were made and last changed, the oldest first. */
export async function handoffTimes(db: DbOrTx, accountId: string): Promise<readonly HandoffTimes[]> {
  return db<HandoffTimes[]>`
    select handoff_id as "handoffId", created_at as "createdAt", updated_at as "updatedAt"
    from handoffs where account_id = ${accountId} order by created_at, handoff_id`
}
