import type { Channel } from '../../domain/channel.ts'
import type { HandoffChannelDraft } from '../../domain/check-handoff.ts'
import { defaultOptOutLine } from '../../domain/handoff.ts'
import { Problem } from '../../errors.ts'

/** A channel of a handoff as it comes in: which fields belong to which channel is judged here. */
export interface GivenHandoffChannel {
  channel: Channel
  sender?: string
  text?: string
  optOutLine?: string
  senderByIvrNumber?: Record<string, string>
  template?: string
  senders?: string[]
  title?: string
}

/** Fields of each channel; true: must be given. */
const fields: Readonly<Record<Channel, Readonly<Record<string, boolean>>>> = {
  sms: { sender: true, text: true, optOutLine: false, senderByIvrNumber: false },
  wa: { sender: true, template: true },
  inapp: { senders: true, title: true, text: true },
}

/** @throws Problem `invalid-request` naming each field that is missing or belongs to another channel. */
export function handoffChannels(given: readonly GivenHandoffChannel[]): readonly HandoffChannelDraft[] {
  const faults = given.flatMap(({ channel, ...rest }, index) => {
    const own = fields[channel]
    const missing = Object.keys(own).filter((name) => own[name] && !Object.hasOwn(rest, name))
    const foreign = Object.keys(rest).filter((name) => !Object.hasOwn(own, name))
    return [
      ...missing.map((name) => `body.channels.${index} (${channel}) must have the field "${name}"`),
      ...foreign.map((name) => `body.channels.${index} (${channel}) has no field "${name}"`),
    ]
  })
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  return given.map((channel) =>
    channel.channel === 'sms' ? { optOutLine: defaultOptOutLine, senderByIvrNumber: {}, ...channel } : channel,
  ) as readonly HandoffChannelDraft[]
}
