import { formatPhone } from '../../ui/format-phone.ts'
import type { Channel, Sender } from '../shapes.ts'

/** The senders of a channel to choose from; one that does not work says so. */
export function senderChoices(senders: readonly Sender[], channel: Channel): { value: string; label: string }[] {
  return senders
    .filter((sender) => sender.channel === channel)
    .map(({ senderId, title, address, enabled, broken }) => ({
      value: senderId,
      label: `${title} · ${formatPhone(address)}${enabled ? '' : ' · off'}${broken === null ? '' : ' · does not work'}`,
    }))
}
