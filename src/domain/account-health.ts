import type { AccountConfig } from './account.ts'
import { channelLabels } from './channel.ts'
import { sendersOf } from './handoff.ts'
import { senderWorks } from './sender.ts'
import { skillUsable } from './skill.ts'

/** Something that keeps a brand from sending, or soon may: one sentence for whoever can mend it. */
export interface HealthSentence {
  /** `error`: something does not go out. `warning`: it is less than it could be, or was switched off on purpose. */
  readonly level: 'error' | 'warning'
  readonly about: 'account' | 'settings' | 'sender' | 'template' | 'handoff' | 'skill' | 'stop'
  /** Of what it is about; null: of nothing in particular. */
  readonly id: string | null
  readonly sentence: string
}

/** What is wrong with a brand's set-up, errors first; empty: everything can send. @param isDown senders whose provider fails just now. */
export function healthOf(config: AccountConfig, isDown: (senderId: string) => boolean): readonly HealthSentence[] {
  const found = [
    ...accountSentences(config),
    ...senderSentences(config, isDown),
    ...handoffSentences(config),
    ...stopSentences(config),
  ]
  return [...found.filter(({ level }) => level === 'error'), ...found.filter(({ level }) => level === 'warning')]
}

function accountSentences(config: AccountConfig): readonly HealthSentence[] {
  const error = (about: HealthSentence['about'], sentence: string) =>
    ({ level: 'error', about, id: null, sentence }) as const
  const handoffs = [...config.handoffs.values()].filter(({ enabled }) => enabled)
  return [
    ...(config.internalUser ? [] : [error('account', 'The internal user is disabled: every call is refused.')]),
    ...(config.internalApp ? [] : [error('account', 'The internal app is disabled: every call is refused.')]),
    ...(config.settings === null
      ? [error('settings', 'The settings were never saved: every call is refused until they are.')]
      : config.settings.channels.length === 0
        ? [error('settings', 'Every channel is switched off in the settings.')]
        : []),
    ...(handoffs.length === 0
      ? [error('handoff', 'There is no enabled handoff, so no call can be offered messaging.')]
      : []),
    ...([...config.skills.values()].some(skillUsable)
      ? []
      : [error('skill', 'No skill is switched on for deflection, so no call can name one.')]),
  ]
}

function senderSentences(config: AccountConfig, isDown: (senderId: string) => boolean): readonly HealthSentence[] {
  return [...config.senders.values()].flatMap((sender): HealthSentence[] => {
    const { senderId, title, channel, broken, enabled } = sender
    const why =
      broken ?? (isDown(senderId) ? 'Its provider has failed again and again, and is left out for a while.' : null)
    if (!enabled || why === null) return []
    return [
      { level: 'error', about: 'sender', id: senderId, sentence: `${channelLabels[channel]}, “${title}”: ${why}` },
    ]
  })
}

function handoffSentences(config: AccountConfig): readonly HealthSentence[] {
  return [...config.handoffs.values()].flatMap((handoff) => {
    if (!handoff.enabled) return []
    return handoff.channels.flatMap((channel): HealthSentence[] => {
      const label = channelLabels[channel.channel]
      if (config.settings?.channels.includes(channel.channel) !== true) return []
      const works = sendersOf(channel, null).some((senderId) => senderWorks(config.senders.get(senderId)))
      if (!works) {
        const sentence = `The handoff “${handoff.title}” offers ${label}, but no sender of it works.`
        return [{ level: 'error', about: 'handoff', id: handoff.handoffId, sentence }]
      }
      const template = channel.channel === 'wa' ? config.templates.get(channel.templateId) : null
      if (template === null || template?.status === 'approved') return []
      const state = template === undefined ? 'is gone' : `is ${template.status}`
      const because = template?.reason ? `: ${template.reason}` : '.'
      const sentence = `${label}: the template ${template?.name ?? ''} of the handoff “${handoff.title}” ${state}${because}`
      return [{ level: 'error', about: 'template', id: channel.channel === 'wa' ? channel.templateId : null, sentence }]
    })
  })
}

function stopSentences(config: AccountConfig): readonly HealthSentence[] {
  return config.stops.map(({ skillId, channel }) => {
    const what = channel === null ? 'Deflection' : channelLabels[channel]
    const skill = skillId === null ? '' : ` for the skill ${config.skills.get(skillId)?.name ?? skillId}`
    return { level: 'warning', about: 'stop', id: skillId, sentence: `${what} is stopped by hand${skill}.` }
  })
}
