import type { Deps } from '../../deps.ts'
import type { Channel } from '../../domain/channel.ts'
import { hookPath } from '../../domain/hook-path.ts'
import { Problem } from '../../errors.ts'
import type { SimulatorFile } from '../../store/simulator-files.ts'
import {
  findSimulatorSender,
  insertSimulatorMessage,
  type SimulatorMessage,
  setSimulatorStatus,
} from '../../store/simulator-messages.ts'
import { callBack } from './call-back.ts'
import { phoneNames, phoneNumber } from './phone-names.ts'

/** What the owner of a pretend phone has written, or picked. */
export interface SentFromPhone {
  readonly channel: Channel
  /** Address of the sender to write to; null: the one that last wrote to this phone on the channel. */
  readonly to: string | null
  readonly text: string
  readonly file: SimulatorFile | null
}

/**
 * Takes a message of a pretend phone as its provider does: keeps it, then tells the server by the sender's webhook.
 * @param raw the phone's number as it stood in the request, or the consumer's id.
 * @returns the message, received by the server.
 * @throws Problem `not-found` when no simulated sender is meant, `unavailable` when the server did not take the message;
 *   the phone then shows it as failed.
 */
export async function sendFromPhone(deps: Deps, raw: string, sent: SentFromPhone): Promise<SimulatorMessage> {
  const [given] = phoneNames(raw) as [string]
  const number = sent.channel === 'inapp' ? given : (phoneNumber(given) ?? given)
  const found = await findSimulatorSender(deps.db, number, sent.channel, sent.to)
  const account = found === null ? null : await deps.accounts.get(found.accountId)
  const sender = account?.senders.get(found?.senderId ?? '')
  if (sender === undefined)
    throw new Problem('not-found', {
      details: ['No simulated sender has written to this phone on this channel; name one in `to`.'],
    })
  const { accountId, senderId, channel } = sender
  const { text, file } = sent
  const message = { senderId, number, channel, direction: 'from-phone', title: null, text, file } as const
  const id = await insertSimulatorMessage(deps.db, accountId, {
    ...message,
    ...{ status: 'accepted', reference: null, statusUrl: null },
  })
  const url = `${deps.publicUrl}/simulator/provider/${accountId}/${senderId}/files/${id}`
  const media = file === null ? [] : [{ url, contentType: file.contentType, fileName: file.fileName }]
  const hook = deps.publicUrl + hookPath(sender.connector, accountId, senderId)
  const received = await callBack(deps, sender, hook, { type: 'message', id, from: number, text, media })
  const status = received ? 'received' : 'failed'
  await setSimulatorStatus(deps.db, accountId, id, status)
  if (!received) throw new Problem('unavailable', { details: ['The server did not take the message.'] })
  return { ...message, id, accountId, senderAddress: sender.address, status, at: deps.clock.now() }
}
