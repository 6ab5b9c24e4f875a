import type { Deps } from '../deps.ts'
import { endSession } from '../store/sessions.ts'

/** Ends the session of this token, if it has not ended already. */
export async function signOut(deps: Deps, sessionToken: string | null): Promise<void> {
  if (sessionToken !== null) await endSession(deps.db, sessionToken)
}
