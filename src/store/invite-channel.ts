import type { AccountConfig } from '../domain/account.ts'
import type { Call } from '../domain/call.ts'
import type { Channel } from '../domain/channel.ts'
import { type Handoff, templateIdsOf } from '../domain/handoff.ts'
import { draftInvite, type InviteDraft } from '../domain/invite.ts'
import { isStopped } from '../domain/stop.ts'
import type { Circuits } from './circuits.ts'
import type { DbOrTx } from './db.ts'
import type { Invite } from './invites.ts'
import { forbids, type OptOuts } from './opt-outs.ts'
import { type CreatedOutgoing, createOutgoing } from './outgoing.ts'
import { liveDevices } from './push-targets.ts'
import { sendAlong } from './send-along.ts'
import { recordStep } from './transactions.ts'

export interface InviteChannelInput {
  readonly config: AccountConfig
  readonly handoff: Handoff
  readonly call: Call
  readonly circuits: Circuits
  readonly invite: Invite
  /** The process that sends it at once; null: a job does. */
  readonly claimedBy: string | null
  /** Of all the addresses that the call names, read under their locks. */
  readonly optOuts: OptOuts
  /** An open conversation that takes the invite in, when the invite goes to the same place. */
  readonly conversation: { conversationId: string; channel: Channel; senderId: string; address: string } | null
}

export interface BegunChannel extends CreatedOutgoing {
  readonly channel: Channel
}

/**
 * Begins the first of the channels left that may go: message and attempt are stored, the invite and the call name them.
 * Obeys the opt-outs as they are in this very tx (promise P4): the caller holds the consumer by every address of the call.
 * @returns null when no channel is left; `optedOut` tells whether an opt-out was among the reasons.
 */
export async function beginNextChannel(
  tx: DbOrTx,
  input: InviteChannelInput,
): Promise<{ begun: BegunChannel | null; optedOut: boolean }> {
  const { config, handoff, call, invite } = input
  const { accountId, callId } = call
  const left = [...invite.channelsLeft]
  let optedOut = false
  const skip = (channel: Channel, kind: string) =>
    recordStep(tx, accountId, callId, 'channel-skipped', { channel, kind })
  while (left.length > 0) {
    const channel = left.shift()!
    if (isStopped(config.stops, invite.skillId, channel)) {
      await skip(channel, 'stopped')
      continue
    }
    const draft = draftInvite(config, handoff, call, channel, invite.overrideMessage)
    if (draft === null) {
      await skip(channel, whyNoDraft(config, handoff, channel))
      continue
    }
    if (forbids(input.optOuts, channel)) {
      optedOut = true
      await skip(channel, 'opted-out')
      continue
    }
    const conversation =
      input.conversation?.channel === channel && input.conversation.address === draft.address
        ? input.conversation
        : null
    const senderId = conversation?.senderId ?? (await chooseSender(tx, accountId, draft))
    if (senderId === null || !(await providerWorks(tx, input, senderId))) {
      await skip(channel, senderId === null ? 'no-device' : 'provider-down')
      continue
    }
    const begun = await createOutgoing(tx, accountId, {
      conversationId: conversation?.conversationId ?? null,
      callId,
      senderId,
      appIds: draft.senderIds,
      channel,
      address: draft.address,
      kind: 'invite',
      body: draft.body,
      title: draft.title,
      templateId: draft.templateId,
      templateVariables: draft.templateId === null ? null : call.templateVariables,
      expiresAt: invite.expiresAt,
      claimedBy: input.claimedBy,
    })
    const name = () => tx`
      with invite as (
        update invites set state = 'sending', channel = ${channel}, sender_id = ${senderId}, address = ${draft.address},
          message_id = ${begun.messageId}, channels_left = ${left}, failure_kind = null, provider_code = null
        where account_id = ${accountId} and call_id = ${callId}
        returning account_id, call_id, skill_id, override_message),
      step as (
        insert into transaction_steps (account_id, call_id, step, channel, details)
        values (${accountId}, ${callId}, 'sending', ${channel}, ${tx.json({ messageId: begun.messageId })}))
      update calls set channel = ${channel}, sender_id = ${senderId}, template_id = ${draft.templateId}, variant = ${draft.variant},
        first_message = ${draft.body},
        invited_at = coalesce(invited_at, clock_timestamp()), routed_skill_id = invite.skill_id,
        override_message = invite.override_message, failed_at = null, skipped_at = null, error_source = null,
        error_code = null, error_message = null
      from invite where calls.account_id = ${accountId} and calls.call_id = ${callId}`
    await sendAlong(tx, name)
    return { begun: { ...begun, channel }, optedOut }
  }
  await tx`update invites set channels_left = '{}' where account_id = ${accountId} and call_id = ${callId}`
  return { begun: null, optedOut }
}

/** Why a channel that eligibility had let pass cannot go now, for whoever reads the transaction. */
function whyNoDraft(config: AccountConfig, handoff: Handoff, channel: Channel): string {
  const configured = handoff.channels.find((one) => one.channel === channel)
  if (configured === undefined || config.settings?.channels.includes(channel) !== true) return 'channel-off'
  const ids = configured.channel === 'wa' ? templateIdsOf(configured) : []
  if (ids.length > 0 && ids.every((id) => config.templates.get(id)?.status !== 'approved'))
    return 'template-not-approved'
  return 'not-ready'
}

/** Who sends at once takes the probe of a half-open circuit; a job takes it when it claims. */
async function providerWorks(tx: DbOrTx, input: InviteChannelInput, senderId: string): Promise<boolean> {
  const { circuits, claimedBy } = input
  const { accountId } = input.call
  if (claimedBy === null) return circuits.state(accountId, senderId) !== 'open'
  return (await circuits.admit(tx, accountId, senderId)) === null
}

/** In-app: the app of the device that registered last. Elsewhere the first sender that works. */
async function chooseSender(tx: DbOrTx, accountId: string, draft: InviteDraft): Promise<string | null> {
  if (draft.channel !== 'inapp') return draft.senderIds[0] ?? null
  const [newest] = await liveDevices(tx, accountId, draft.address, draft.senderIds, 'invite')
  return newest?.senderId ?? null
}
