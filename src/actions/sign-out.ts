import type { Deps } from '../deps.ts'
import { askForOffers } from '../store/ask-for-offers.ts'
import { atomic } from '../store/db.ts'
import { putPresence } from '../store/presences.ts'
import { callerOfSession, endSession, hasSession } from '../store/sessions.ts'

/** Ends the session of this token, if it has not ended already. Who is signed in nowhere else is offline from now on. */
export async function signOut(deps: Deps, sessionToken: string | null): Promise<void> {
  if (sessionToken === null) return
  const caller = await callerOfSession(deps.db, sessionToken)
  await atomic(deps.db, async (tx) => {
    await endSession(tx, sessionToken)
    if (caller === null || (await hasSession(tx, caller.accountId, caller.userId))) return
    if (await putPresence(tx, caller.accountId, caller.userId, 'offline'))
      await askForOffers(tx, caller.accountId, caller.userId)
  })
}
