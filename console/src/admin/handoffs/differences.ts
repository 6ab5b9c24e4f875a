import { channelLabels, channelsInWords } from '../channel-words.tsx'
import { minutesInWords } from '../duration-words.ts'
import type { HandoffChannel, HandoffDraft } from '../shapes.ts'
import { same } from '../use-draft.ts'

/** What changed from one version of a handoff to the next, a sentence each. */
export function differences(before: HandoffDraft, after: HandoffDraft): readonly string[] {
  const said: string[] = []
  if (before.title !== after.title) said.push(`The title was “${before.title}”.`)
  if (before.enabled !== after.enabled) said.push(after.enabled ? 'Switched on.' : 'Switched off.')
  if (before.lookbackMinutes !== after.lookbackMinutes) {
    said.push(
      `Replies belong to the call for ${minutesInWords(after.lookbackMinutes)} instead of ${minutesInWords(before.lookbackMinutes)}.`,
    )
  }
  if (!same(before.skills, after.skills)) {
    const words = (skills: HandoffDraft['skills']) => skills?.join(', ') ?? 'any skill'
    said.push(`Reaches ${words(after.skills)} instead of ${words(before.skills)}.`)
  }
  said.push(...channelDifferences(before.channels, after.channels))
  if (before.openConversation !== after.openConversation) {
    said.push(`An open conversation now makes callers ${after.openConversation === 'refuse' ? 'not ' : ''}eligible.`)
  }
  if (before.routeAllWithinLookback !== after.routeAllWithinLookback) {
    said.push(`Replies after closing ${after.routeAllWithinLookback ? 'now' : 'no longer'} go to the invite’s skill.`)
  }
  if (before.inviteTtlSeconds !== after.inviteTtlSeconds) {
    said.push(`An invite is given up after ${after.inviteTtlSeconds} s instead of ${before.inviteTtlSeconds} s.`)
  }
  return said
}

function channelDifferences(before: readonly HandoffChannel[], after: readonly HandoffChannel[]): string[] {
  const order = (channels: readonly HandoffChannel[]) => channelsInWords(channels.map(({ channel }) => channel))
  const said = order(before) === order(after) ? [] : [`Channels: ${order(after)}; they were ${order(before)}.`]
  for (const channel of after) {
    const was = before.find((one) => one.channel === channel.channel)
    if (was === undefined) continue
    const changed = Object.entries(words).filter(
      ([field]) => !same(was[field as keyof HandoffChannel], channel[field as keyof HandoffChannel]),
    )
    if (changed.length > 0) {
      said.push(`${channelLabels[channel.channel]}: another ${changed.map(([, word]) => word).join(', ')}.`)
    }
  }
  return said
}

const words: Partial<Record<keyof HandoffChannel, string>> = {
  text: 'text',
  optOutLine: 'opt-out line',
  sender: 'sender',
  senderByIvrNumber: 'choice of senders by number',
  template: 'template',
  senders: 'choice of apps',
  title: 'title',
  variants: 'set of variants',
}
