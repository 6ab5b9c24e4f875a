import type { Deps } from '../deps.ts'
import { Problem } from '../errors.ts'
import { atomic } from '../store/db.ts'
import { giveTestEvent } from '../store/webhook-events.ts'

/** Sends an endpoint an event that says nothing, once, whatever state it is in. @throws Problem `not-found` */
export async function testWebhook(
  deps: Deps,
  accountId: string,
  endpointId: string,
): Promise<{ readonly number: string }> {
  const number = await atomic(deps.db, (tx) => giveTestEvent(tx, accountId, endpointId))
  if (number === null) throw new Problem('not-found')
  return { number }
}
