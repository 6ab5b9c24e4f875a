import { enqueue } from '../jobs/queue.ts'
import type { DbOrTx } from './db.ts'

/**
 * Has the account's waiting conversations looked at soon, because an agent has room or a conversation waits. The sweep
 * would find it within seconds; this is for those who wait. Where no skill offers anything it does nothing.
 * @param what the agent or the conversation: its changes, and no others, become one job.
 */
export async function askForOffers(tx: DbOrTx, accountId: string, what: string): Promise<void> {
  const offering = await tx`select 1 from skills where account_id = ${accountId} and routing = 'offer' limit 1`
  if (offering.length > 0) await enqueue(tx, 'route', { accountId }, { key: `route/${what}` })
}
