import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { UserCaller } from '../domain/caller.ts'
import type { Presence } from '../domain/presence.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { atomic } from '../store/db.ts'
import { putPresence } from '../store/presences.ts'

/**
 * Says that a person is online, away or offline. What they are offered passes on unless they are online, and what they
 * own goes back into its queues when they are offline: the sweep does both within seconds, since it looks at each under
 * its own lock. From this commit on they are given nothing that they may not have.
 * @throws Problem `forbidden`
 */
export async function setPresence(deps: Deps, caller: UserCaller, status: Presence): Promise<void> {
  demand(caller, 'presence.set')
  const { accountId, userId } = caller
  await atomic(deps.db, async (tx) => {
    if (!(await putPresence(tx, accountId, userId, status))) return
    await askForOffers(tx, accountId, userId)
  })
}
