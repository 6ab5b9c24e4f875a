import type { DbOrTx } from './db.ts'
import { touchConversation } from './touched.ts'

/** Lets somebody who oversees write beside the owner. Joining again changes nothing. */
export async function joinConversationAs(tx: DbOrTx, accountId: string, conversationId: string, userId: string) {
  const rows = await tx`
    insert into conversation_joins (account_id, conversation_id, user_id)
    values (${accountId}, ${conversationId}, ${userId}) on conflict do nothing returning 1`
  if (rows.length > 0) await noted(tx, accountId, conversationId)
}

/** Ends it. Who had not joined has left already. */
export async function leaveConversationAs(tx: DbOrTx, accountId: string, conversationId: string, userId: string) {
  const rows = await tx`
    delete from conversation_joins
    where account_id = ${accountId} and conversation_id = ${conversationId} and user_id = ${userId} returning 1`
  if (rows.length > 0) await noted(tx, accountId, conversationId)
}

async function noted(tx: DbOrTx, accountId: string, conversationId: string): Promise<void> {
  await tx`
    update conversations set version = version + 1
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  touchConversation(tx, accountId, conversationId)
}
