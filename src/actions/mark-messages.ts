import type { Deps } from '../deps.ts'
import type { DeviceCaller } from '../domain/caller.ts'
import { atomic } from '../store/db.ts'
import { inboxHolds } from '../store/inapp-inbox.ts'
import { advanceMessage } from '../store/message-status.ts'

/**
 * The app says that messages were delivered to the consumer, or read: for in-app nobody else can. Ids that are not in this
 * inbox are passed over in silence. Repeating it, in any order, changes nothing.
 */
export async function markMessages(
  deps: Deps,
  caller: DeviceCaller,
  messageIds: readonly string[],
  status: 'delivered' | 'read',
): Promise<void> {
  const { accountId } = caller
  // A tx for each: two devices of one consumer that report the same messages must not wait for each other.
  for (const messageId of await inboxHolds(deps.db, caller, messageIds)) {
    await atomic(deps.db, (tx) => advanceMessage(tx, accountId, messageId, { status }))
  }
}
