import type { AccountConfig } from './account.ts'
import type { Call } from './call.ts'
import type { Channel } from './channel.ts'
import { type Handoff, type HandoffChannel, type SmsHandoffChannel, sendersOf } from './handoff.ts'
import { senderWorks } from './sender.ts'
import { skillUsable } from './skill.ts'
import { fillVariables, lackingVariables, missingVariables, type TemplateVariables } from './template.ts'

/**
 * The life of an invite. `sending` until a provider has it (`sent`) or has refused it on every channel (`failed`);
 * `unknown` while nobody can say, and for good when it never comes out; `expired` and `opted-out` when it never left.
 */
export type InviteState = 'sending' | 'sent' | 'unknown' | 'failed' | 'expired' | 'opted-out'

/** Longest text of an SMS, in characters: Twilio's cap (providers 1.6, 21617). */
export const longestSmsText = 1_600

/** Whether a repeated invite begins a new round. Anything that may have reached the consumer forbids it (promise P2). */
export function mayBeginAgain(state: InviteState): boolean {
  return state === 'failed' || state === 'expired' || state === 'opted-out'
}

/** Kinds of failure that say: not here, try elsewhere. */
const notHere: ReadonlySet<string> = new Set(['not-reachable-here', 'invalid-recipient', 'refused-for-now'])

/**
 * Whether an invite whose message was accepted and then failed goes on with the next channel. Only where the provider has
 * said that this person was not reached here; never while anything about it is unknown.
 */
export function goesOnAfter(failureKind: string | null): boolean {
  return failureKind !== null && notHere.has(failureKind)
}

/** Why an invite may not go, in the transaction's words; the IVR hears `cannot-send`. */
export type InviteRefusal =
  | 'not-eligible'
  | 'open-conversation'
  | 'opted-out'
  | 'too-many-invites'
  | 'quiet-hours'
  | 'no-channel'

/** A skill other than the call's own may be named when it has an engagement and the handoff does not leave it out. */
export function overrideSkillId(config: AccountConfig, handoff: Handoff, name: string): string | null {
  const skill = config.skillsByName.get(name)
  if (!skillUsable(skill)) return null
  return handoff.skills === null || handoff.skills.includes(name) ? skill.skillId : null
}

/**
 * Channels to try, in order. A channel named by the IVR is the consumer's own choice and the only one; else the call's,
 * of which an open conversation's comes first, so that the invite goes into it.
 */
export function channelsToTry(
  call: Pick<Call, 'availableChannels'>,
  override: Channel | null,
  openOn: Channel | null,
): readonly Channel[] {
  if (override !== null) return [override]
  const rest = call.availableChannels
  return openOn !== null && rest.includes(openOn) ? [openOn, ...rest.filter((channel) => channel !== openOn)] : rest
}

/**
 * The text of an SMS invite: the IVR's own, taken as it is, else the handoff's with the call's variables. The opt-out line
 * follows on a line of its own unless the text has it already or both together are too long for one message.
 */
export function smsText(
  channel: Pick<SmsHandoffChannel, 'text' | 'optOutLine'>,
  variables: TemplateVariables,
  overrideMessage: string | null,
): string {
  const text = overrideMessage ?? fillVariables(channel.text, variables.body)
  const line = channel.optOutLine.trim()
  if (line === '' || text.includes(line) || text.length + 1 + line.length > longestSmsText) return text
  return `${text}\n${line}`
}

/** One channel's invite, ready to be stored: who sends it, to which address, and what the consumer will read. */
export interface InviteDraft {
  readonly channel: Channel
  /** Senders that can carry it, the preferred one first; in-app needs one in whose app the consumer has a device. */
  readonly senderIds: readonly string[]
  readonly address: string
  readonly body: string
  readonly title: string | null
  readonly templateId: string | null
}

/**
 * What this channel would send, or null when it cannot: switched off since eligibility, no working sender, template no longer
 * approved or short of a variable, no consumer id.
 */
export function draftInvite(
  config: AccountConfig,
  handoff: Handoff,
  call: Pick<Call, 'consumerPhone' | 'consumerId' | 'ivrNumber' | 'templateVariables'>,
  channel: Channel,
  overrideMessage: string | null,
): InviteDraft | null {
  const configured = handoff.channels.find((one) => one.channel === channel)
  if (configured === undefined || config.settings?.channels.includes(channel) !== true) return null
  const senderIds = sendersOf(configured, call.ivrNumber).filter((id) => senderWorks(config.senders.get(id)))
  const address = channel === 'inapp' ? call.consumerId : call.consumerPhone
  const words = wordsOf(config, configured, call.templateVariables, overrideMessage)
  if (senderIds.length === 0 || address === null || words === null) return null
  return { channel, senderIds, address, ...words }
}

function wordsOf(
  config: AccountConfig,
  channel: HandoffChannel,
  variables: TemplateVariables,
  overrideMessage: string | null,
): Pick<InviteDraft, 'body' | 'title' | 'templateId'> | null {
  switch (channel.channel) {
    case 'sms': {
      if (overrideMessage === null && missingVariables(channel.text, variables.body).length > 0) return null
      return { body: smsText(channel, variables, overrideMessage), title: null, templateId: null }
    }
    case 'wa': {
      const template = config.templates.get(channel.templateId)
      if (template?.status !== 'approved' || lackingVariables(template, variables).length > 0) return null
      return { body: fillVariables(template.body, variables.body), title: null, templateId: template.templateId }
    }
    case 'inapp':
      return {
        body: fillVariables(channel.text, variables.body),
        title: fillVariables(channel.title, variables.body),
        templateId: null,
      }
  }
}
