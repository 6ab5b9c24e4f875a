import type { AccountConfig } from './account.ts'
import { channelLabels } from './channel.ts'
import { type FailingSchedule, scheduleSentences } from './export-schedule.ts'
import { type Handoff, sendersOf, templateIdsOf, type WaHandoffChannel } from './handoff.ts'
import { senderWorks } from './sender.ts'
import { skillUsable } from './skill.ts'
import { type WebhookHealth, webhookSentences } from './webhook.ts'

export const healthSubjects = [
  'account',
  'settings',
  'sender',
  'template',
  'handoff',
  'skill',
  'stop',
  'webhook',
  'export-schedule',
] as const

/** Something that keeps a brand from sending, or soon may: one sentence for whoever can mend it. */
export interface HealthSentence {
  /** `error`: something does not go out. `warning`: it is less than it could be, or was switched off on purpose. */
  readonly level: 'error' | 'warning'
  readonly about: (typeof healthSubjects)[number]
  /** Of what it is about; null: of nothing in particular. */
  readonly id: string | null
  readonly sentence: string
}

/**
 * What is wrong with a brand's set-up, errors first; empty: everything can send.
 * @param isDown senders whose provider fails just now.
 * @param more.webhooks where the brand hears of its events. @param more.schedules those whose newest file did not come.
 */
export function healthOf(
  config: AccountConfig,
  isDown: (senderId: string) => boolean,
  more: { readonly webhooks: readonly WebhookHealth[]; readonly schedules: readonly FailingSchedule[] },
): readonly HealthSentence[] {
  const found: readonly HealthSentence[] = [
    ...accountSentences(config),
    ...senderSentences(config, isDown),
    ...handoffSentences(config),
    ...webhookSentences(more.webhooks).map((one) => ({ ...one, about: 'webhook' as const })),
    ...scheduleSentences(more.schedules).map((one) => ({ ...one, about: 'export-schedule' as const })),
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
    return handoff.channels.flatMap((channel): readonly HealthSentence[] => {
      const label = channelLabels[channel.channel]
      if (config.settings?.channels.includes(channel.channel) !== true) return []
      const works = sendersOf(channel, null).some((senderId) => senderWorks(config.senders.get(senderId)))
      if (!works) {
        const sentence = `The handoff “${handoff.title}” offers ${label}, but no sender of it works.`
        return [{ level: 'error', about: 'handoff', id: handoff.handoffId, sentence }]
      }
      return channel.channel === 'wa' ? templateSentences(config, handoff, channel) : []
    })
  })
}

/** A template that cannot go; while another variant's can, its consumers get that one. */
function templateSentences(
  config: AccountConfig,
  handoff: Handoff,
  channel: WaHandoffChannel,
): readonly HealthSentence[] {
  const ids = [...new Set(templateIdsOf(channel))]
  const unusable = ids.filter((id) => config.templates.get(id)?.status !== 'approved')
  return unusable.map((id) => {
    const template = config.templates.get(id)
    const state = template === undefined ? 'is gone' : `is ${template.status}`
    const because = template?.reason ? `: ${template.reason}` : '.'
    const sentence = `${channelLabels.wa}: the template ${template?.name ?? ''} of the handoff “${handoff.title}” ${state}${because}`
    return { level: unusable.length < ids.length ? 'warning' : 'error', about: 'template', id, sentence }
  })
}

function stopSentences(config: AccountConfig): readonly HealthSentence[] {
  return config.stops.map(({ skillId, channel }) => {
    const what = channel === null ? 'Deflection' : channelLabels[channel]
    const skill = skillId === null ? '' : ` for the skill ${config.skills.get(skillId)?.name ?? skillId}`
    return { level: 'warning', about: 'stop', id: skillId, sentence: `${what} is stopped by hand${skill}.` }
  })
}
