import type { Handoff } from '../domain/handoff.ts'
import type { DbOrTx } from './db.ts'

/** Adds a handoff under its own id. */
export async function insertHandoff(tx: DbOrTx, accountId: string, handoff: Handoff): Promise<void> {
  await tx`insert into handoffs ${tx(rowOf(tx, accountId, handoff))}`
}

/** Stores a handoff as it now is. Invites already sent keep the lookback they were sent with. */
export async function updateHandoff(tx: DbOrTx, accountId: string, handoff: Handoff): Promise<void> {
  const { account_id: _account, handoff_id: _id, ...columns } = rowOf(tx, accountId, handoff)
  await tx`
    update handoffs set ${tx(columns)}, updated_at = now()
    where account_id = ${accountId} and handoff_id = ${handoff.handoffId}`
}

function rowOf(tx: DbOrTx, accountId: string, handoff: Handoff) {
  return {
    account_id: accountId,
    handoff_id: handoff.handoffId,
    title: handoff.title,
    enabled: handoff.enabled,
    lookback_minutes: handoff.lookbackMinutes,
    channels: tx.json(handoff.channels as never),
    skills: handoff.skills === null ? null : [...handoff.skills],
    route_all_within_lookback: handoff.routeAllWithinLookback,
    open_conversation: handoff.openConversation,
    invite_ttl_seconds: handoff.inviteTtlSeconds,
  }
}
