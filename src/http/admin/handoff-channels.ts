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
  variants?: readonly GivenVariant[]
}

interface GivenVariant extends Partial<Record<Word, string>> {
  name: string
  weight: number
}
type Word = 'text' | 'template' | 'title'

/** Fields of each channel; true: must be given. */
const fields: Readonly<Record<Channel, Readonly<Record<string, boolean>>>> = {
  sms: { sender: true, optOutLine: false, senderByIvrNumber: false },
  wa: { sender: true },
  inapp: { senders: true },
}
/** What it says, itself or by its variants. */
const words: Readonly<Record<Channel, readonly Word[]>> = {
  sms: ['text'],
  wa: ['template'],
  inapp: ['title', 'text'],
}

/**
 * With variants a channel's own words may be left out: they are the first variant's.
 * @throws Problem `invalid-request` naming each field that is missing or belongs to another channel.
 */
export function handoffChannels(given: readonly GivenHandoffChannel[]): readonly HandoffChannelDraft[] {
  const faults = given.flatMap(({ channel, variants = [], ...rest }, index) => {
    const own = Object.fromEntries(words[channel].map((name) => [name, variants.length === 0]))
    const at = `body.channels.${index}`
    return [
      ...fieldFaults(`${at} (${channel})`, rest, { ...fields[channel], ...own }),
      ...variants.flatMap(({ name: _name, weight: _weight, ...said }, place) =>
        fieldFaults(`${at}.variants.${place}`, said, Object.fromEntries(words[channel].map((name) => [name, true]))),
      ),
    ]
  })
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults })
  return given.map(({ variants = [], ...channel }) => {
    const [first] = variants
    const own = Object.fromEntries(words[channel.channel].map((name) => [name, first?.[name] ?? channel[name]]))
    const defaults = channel.channel === 'sms' ? { optOutLine: defaultOptOutLine, senderByIvrNumber: {} } : {}
    return { ...defaults, ...channel, ...own, ...(first === undefined ? {} : { variants }) }
  }) as readonly HandoffChannelDraft[]
}

/** @param known field to whether it must be given. */
function fieldFaults(at: string, given: object, known: Readonly<Record<string, boolean>>): readonly string[] {
  const missing = Object.keys(known).filter((name) => known[name] && !Object.hasOwn(given, name))
  const foreign = Object.keys(given).filter((name) => !Object.hasOwn(known, name))
  return [
    ...missing.map((name) => `${at} must have the field "${name}"`),
    ...foreign.map((name) => `${at} has no field "${name}"`),
  ]
}
