import type { Deps } from '../deps.ts'
import type { SystemCaller } from '../domain/caller.ts'
import { lockConsumerOfMessage } from '../store/consumer-lock.ts'
import { atomic } from '../store/db.ts'
import { lockInvite } from '../store/invites.ts'
import { goOnWithInvite } from '../store/next-channel.ts'

/**
 * An invite's message was accepted, and then turned out undeliverable: the next channel of the call goes, if the invite
 * is still worth sending and nothing came of it meanwhile. Once for each message: the invite then names another.
 */
export async function fallBack(
  deps: Deps,
  caller: SystemCaller,
  input: { readonly callId: string; readonly messageId: string },
): Promise<void> {
  const { accountId } = caller
  const { callId, messageId } = input
  const config = await deps.accounts.get(accountId)
  if (config === null) return
  const begun = await atomic(deps.db, async (tx) => {
    await lockConsumerOfMessage(tx, accountId, messageId)
    const invite = await lockInvite(tx, accountId, callId)
    // A receipt that came later may say that it arrived after all; a new round may have begun.
    if (invite?.messageId !== messageId || invite.state !== 'failed') return null
    return goOnWithInvite(tx, { config, circuits: deps.circuits, invite, claimedBy: null })
  })
  const { attemptId = null, channel = null } = begun ?? {}
  deps.log.info({ accountId, callId, messageId, attemptId, channel }, 'invite undeliverable')
}
