import type { Deps } from '../deps.ts'
import type { SystemCaller } from '../domain/caller.ts'
import { atomic } from '../store/db.ts'
import { type ReplayScope, replayEvents } from '../store/webhook-deliveries.ts'

/** Works through a replay that was asked for, some events in each tx. Begun again it begins anew: at least once. */
export async function repeatEvents(
  deps: Deps,
  { accountId }: SystemCaller,
  replay: {
    readonly endpointId: string
    readonly since: string
    readonly until: string
    readonly scope: ReplayScope
  },
): Promise<void> {
  const { endpointId, scope } = replay
  const span = { since: new Date(replay.since), until: new Date(replay.until), scope }
  for (let after: string | null = '0'; after !== null; ) {
    const from: string = after
    after = await atomic(deps.db, (tx) => replayEvents(tx, accountId, endpointId, { ...span, after: from }))
  }
}
