import type { AccountConfig } from '../domain/account.ts'
import { namedAddresses } from '../domain/call.ts'
import { allOf } from './all-of.ts'
import { loadCall } from './calls.ts'
import type { Circuits } from './circuits.ts'
import { findOpenConversation } from './conversations.ts'
import type { DbOrTx } from './db.ts'
import { type BegunChannel, beginNextChannel } from './invite-channel.ts'
import type { Invite } from './invites.ts'
import { optOutsAt } from './opt-outs.ts'

/**
 * After a refusal: begins the next channel of an invite, locked by this tx under `lockConsumerOfMessage`, while it is young
 * enough and no conversation stands against it.
 * @param on.claimedBy the process that sends it at once; null: a job does.
 * @returns null when nothing may go any more.
 */
export async function goOnWithInvite(
  tx: DbOrTx,
  on: {
    readonly config: AccountConfig
    readonly circuits: Circuits
    readonly invite: Invite
    readonly claimedBy: string | null
  },
): Promise<BegunChannel | null> {
  const { config, invite } = on
  const { accountId } = config
  const handoff = config.handoffs.get(invite.handoffId)
  const call = await loadCall(tx, accountId, invite.callId)
  if (handoff === undefined || call === null || invite.expired) return null
  const [conversation, optOuts] = await allOf(
    findOpenConversation(tx, accountId, { phone: call.consumerPhone, address: call.consumerId }),
    optOutsAt(tx, accountId, namedAddresses(call)),
  )
  if (conversation !== null && handoff.openConversation !== 'continue') return null
  return (await beginNextChannel(tx, { ...on, handoff, call, conversation, optOuts })).begun
}
