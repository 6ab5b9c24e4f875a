import type { AccountConfig, AccountSettings } from './account.ts'
import type { Channel } from './channel.ts'
import { type EligibilityReason, type EligibilityReasonCode, isYesUnknowing, reason } from './eligibility-reasons.ts'
import { type Handoff, type HandoffChannel, sendersOf, templateIdsOf, textsOf } from './handoff.ts'
import { type LineType, lineTypeOfKind, lineTypeRefusals } from './line-type.ts'
import { destinationAllowed, numberKind } from './phone.ts'
import { isQuiet } from './quiet-hours.ts'
import { type Sender, senderWorks } from './sender.ts'
import { type Skill, skillUsable } from './skill.ts'
import { isStopped } from './stop.ts'
import {
  lackingVariables,
  type ManagedTemplate,
  missingVariables,
  type Template,
  type TemplateVariables,
} from './template.ts'

/** What the IVR asks, checked and in our own forms. */
export interface EligibilityQuestion {
  readonly phone: string
  readonly skill: string
  readonly handoffId: string
  readonly templateVariables: TemplateVariables
  readonly ivrNumber: string | null
  readonly consumerId: string | null
}

/** Everything that configuration alone decides. */
export interface EligibilityPlan {
  readonly settings: AccountSettings
  readonly handoff: Handoff
  readonly skill: Skill
  /** The handoff's channels that configuration lets pass, in its order, each with the senders that may carry it. */
  readonly channels: readonly PlannedChannel[]
  readonly leftOut: readonly EligibilityReason[]
  readonly phone: string
  /** The app's user, whose opt-outs and conversations count as well; null: the handoff is not in-app, so it is ignored (design 5). */
  readonly consumerId: string | null
  /** The consumer's number is one of the account's own: a text would go in circles. */
  readonly ownNumber: boolean
}

export interface PlannedChannel {
  readonly channel: Channel
  readonly senders: readonly Sender[]
}

/** A problem code (`errors.ts`); `details` name what the body lacks. */
export interface EligibilityRefusal {
  readonly problem:
    | 'no-internal-user'
    | 'no-internal-app'
    | 'no-settings'
    | 'no-handoff'
    | 'no-handoff-channel'
    | 'no-engagement'
    | 'invalid-request'
  readonly details: readonly string[]
}

/**
 * What configuration says, in the contract's order: 1200, 1201, 1600, 1500, 1501, 1300, then what only this handoff
 * can find missing in the body (1000): its variables, the consumer id of an in-app handoff.
 * @param isDown senders whose provider fails just now: another channel is recommended while that lasts.
 */
export function planEligibility(
  config: AccountConfig,
  question: EligibilityQuestion,
  isDown: (senderId: string) => boolean = () => false,
): EligibilityPlan | EligibilityRefusal {
  const refusal = (problem: EligibilityRefusal['problem'], details: readonly string[] = []) => ({ problem, details })
  if (!config.internalUser) return refusal('no-internal-user')
  if (!config.internalApp) return refusal('no-internal-app')
  const { settings } = config
  if (settings === null) return refusal('no-settings')
  const handoff = config.handoffs.get(question.handoffId)
  if (handoff === undefined || !handoff.enabled) return refusal('no-handoff')

  const channels: PlannedChannel[] = []
  const leftOut: EligibilityReason[] = []
  const details: string[] = []
  let anyCouldSend = false
  for (const channel of handoff.channels) {
    const senders = sendersOf(channel, question.ivrNumber)
      .map((senderId) => config.senders.get(senderId))
      .filter((sender) => senderWorks(sender) && sender.channel === channel.channel) as Sender[]
    if (!settings.channels.includes(channel.channel)) leftOut.push(reason(channel.channel, 'channel_off'))
    else if (senders.length === 0) leftOut.push(reason(channel.channel, 'sender_broken'))
    else {
      anyCouldSend = true
      const templates = channel.channel === 'wa' ? templateIdsOf(channel).map((id) => config.templates.get(id)) : []
      const approved = templates.filter((template) => template?.status === 'approved') as ManagedTemplate[]
      if (channel.channel === 'wa' && approved.length === 0) {
        leftOut.push(reason(channel.channel, 'template_not_approved', whyNotApproved(templates[0])))
        continue
      }
      details.push(...lacks(channel, approved, question))
      const working = senders.filter(({ senderId }) => !isDown(senderId))
      if (working.length === 0) leftOut.push(reason(channel.channel, 'provider_down'))
      else channels.push({ channel: channel.channel, senders: working })
    }
  }
  if (!anyCouldSend) return refusal('no-handoff-channel')
  const skill = config.skillsByName.get(question.skill)
  if (!skillUsable(skill)) return refusal('no-engagement')
  if (handoff.skills !== null && !handoff.skills.includes(skill.name)) return refusal('no-engagement')
  if (details.length > 0) return refusal('invalid-request', details)
  const going = channels.filter(({ channel }) => !isStopped(config.stops, skill.skillId, channel))
  for (const { channel } of channels)
    if (!going.some((one) => one.channel === channel)) leftOut.push(reason(channel, 'stopped'))
  const ownNumber = [...config.senders.values()].some((sender) => sender.address === question.phone)
  const consumerId = handoff.channels.some(({ channel }) => channel === 'inapp') ? question.consumerId : null
  return { settings, handoff, skill, channels: going, leftOut, phone: question.phone, consumerId, ownNumber }
}

function whyNotApproved(template: ManagedTemplate | undefined): string {
  if (template === undefined) return 'It no longer exists.'
  return template.reason === null ? `It is ${template.status}.` : `It is ${template.status}: ${template.reason}`
}

/** What the body lacks for this channel's first message; of variants for any of them, so that all calls must be alike. */
function lacks(
  channel: HandoffChannel,
  approved: readonly Template[],
  question: EligibilityQuestion,
): readonly string[] {
  const given = question.templateVariables
  const missing =
    channel.channel === 'wa'
      ? approved.flatMap((template) => lackingVariables(template, given))
      : textsOf(channel).flatMap((text) => missingVariables(text, given.body))
  return [
    ...(channel.channel === 'inapp' && question.consumerId === null
      ? ['consumerId is missing: the handoff is in-app']
      : []),
    ...[...new Set(missing)].map(
      (field) => `templateVariables.${field} is missing: the ${channel.channel} message needs it`,
    ),
  ]
}

/** What is known of one consumer. */
export interface EligibilityFacts {
  /** Channels stopped for the consumer's number or consumer id; `*` is every channel. */
  readonly optedOut: readonly (Channel | '*')[]
  /** A conversation of whatever channel is open. */
  readonly conversationOpen: boolean
  /** Invites within the hours of the account's cap; those that certainly never left do not count. */
  readonly recentInvites: number
  /** Senders (apps) in which the consumer id has a live device. */
  readonly deviceSenderIds: readonly string[]
  /** What look-ups and refusals of the last 30 days taught about the number. */
  readonly learned: readonly LearnedFact[]
}

/** A consumer of whom nothing is known: most of them. */
export const stranger: EligibilityFacts = {
  optedOut: [],
  conversationOpen: false,
  recentInvites: 0,
  deviceSenderIds: [],
  learned: [],
}

export interface LearnedFact {
  readonly channel: Channel
  readonly reachable: boolean
  /** A line type when a look-up said so, else the kind of the provider's refusal. */
  readonly reason: string
  readonly source: 'look-up' | 'refusal'
}

/** A provider's answer just now, or why there is none. */
export type AskedLineType = LineType | 'slow' | 'failed'

export interface EligibilityDecision {
  readonly availableChannels: readonly Channel[]
  /** One for each channel left out; besides, `lookup_…` for a channel let in without knowing. */
  readonly reasons: readonly EligibilityReason[]
  /** SMS would be available and only its line type is not known: worth asking a provider, then decide again. */
  readonly askLineType: boolean
}

/**
 * The channels on which the consumer can be invited now, in the handoff's order.
 * @param asked what a provider said just now; null: nobody was asked; `slow` and `failed`: it did not say, which
 * counts as a yes (design section 5).
 */
export function decideEligibility(
  plan: EligibilityPlan,
  facts: EligibilityFacts,
  now: Date,
  asked: AskedLineType | null = null,
): EligibilityDecision {
  const availableChannels: Channel[] = []
  const reasons = [...plan.leftOut]
  let askLineType = false
  const quiet = isQuiet(plan.settings.quietHours, now)
  for (const planned of plan.channels) {
    const no = refusalOf(planned, plan, facts, quiet)
    const line = planned.channel === 'sms' && no === null ? lineOf(plan, facts, asked) : null
    const code = no ?? line
    if (code === 'ask') askLineType = true
    else if (code !== null) reasons.push(reason(planned.channel, code))
    if (code === null || code === 'ask' || isYesUnknowing(code)) availableChannels.push(planned.channel)
  }
  return { availableChannels, reasons, askLineType }
}

function refusalOf(
  planned: PlannedChannel,
  plan: EligibilityPlan,
  facts: EligibilityFacts,
  quiet: boolean,
): EligibilityReasonCode | null {
  const { channel } = planned
  const { consumerCap } = plan.settings
  if (facts.optedOut.includes(channel) || facts.optedOut.includes('*')) return 'opted_out'
  if (facts.conversationOpen && plan.handoff.openConversation === 'refuse') return 'open_conversation'
  if (quiet) return 'quiet_hours'
  if (consumerCap !== null && facts.recentInvites >= consumerCap.invites) return 'recent_invites'
  if (channel === 'inapp') {
    const reached = planned.senders.some((sender) => facts.deviceSenderIds.includes(sender.senderId))
    return reached ? null : 'no_device'
  }
  if (plan.ownNumber) return 'own_number'
  if (channel === 'sms' && !destinationAllowed(plan.phone)) return 'destination_not_allowed'
  const refused = facts.learned.some((fact) => fact.channel === channel && fact.source === 'refusal' && !fact.reachable)
  if (refused) return channel === 'wa' ? 'not_on_whatsapp' : 'not_reachable'
  return null
}

/** The device check: the numbering plan first, then what is remembered, then what was just asked; `ask` when none knows. */
function lineOf(
  plan: EligibilityPlan,
  facts: EligibilityFacts,
  asked: AskedLineType | null,
): EligibilityReasonCode | 'ask' | null {
  if (!plan.settings.deviceCheck) return null
  const remembered = facts.learned.find((fact) => fact.channel === 'sms' && fact.source === 'look-up')
  const known = lineTypeOfKind[numberKind(plan.phone)] ?? remembered?.reason ?? asked
  if (known === null) return 'ask'
  if (known === 'slow' || known === 'failed') return `lookup_${known}`
  return Object.hasOwn(lineTypeRefusals, known) ? lineTypeRefusals[known as LineType] : null
}
