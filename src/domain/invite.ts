import type { AccountConfig } from './account.ts'
import type { Call } from './call.ts'
import type { Channel } from './channel.ts'
import { type Handoff, type HandoffChannel, type SmsHandoffChannel, sendersOf } from './handoff.ts'
import { senderWorks } from './sender.ts'
import { skillUsable } from './skill.ts'
import { fillVariables, lackingVariables, missingVariables, type TemplateVariables } from './template.ts'
import { chooseVariant, type Variant } from './variant.ts'

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

/**
 * Kinds of failure that say: not here, try elsewhere. It lies with this address, or with our own sender or template there.
 * What the consumer, the carrier or the provider's rules refuse, or what came too late, goes nowhere else.
 */
const notHere: ReadonlySet<string> = new Set([
  'not-reachable-here',
  'invalid-recipient',
  'refused-for-now',
  'misconfigured',
  'template-rejected',
  'window-closed',
])

/**
 * Whether an invite whose message was accepted and then failed goes on with the next channel. Only where the provider has
 * said for certain that it did not arrive here; never while anything about it is unknown.
 */
export function goesOnAfter(failureKind: string | null): boolean {
  return failureKind !== null && notHere.has(failureKind)
}

/** Why an invite may not go, in the transaction's words and in a sentence: the IVR hears it among the details of `cannot-send`. */
export const inviteRefusals = {
  'not-eligible': 'Eligibility has found no channel for this call.',
  'open-conversation': 'The consumer is in an open conversation, and the handoff refuses invites meanwhile.',
  'opted-out': 'The consumer has opted out.',
  'too-many-invites': 'The consumer has had as many invites as the account allows.',
  'quiet-hours': 'These are quiet hours of the account.',
  'no-channel': 'No channel of the call can carry the message any more.',
} as const

export type InviteRefusal = keyof typeof inviteRefusals

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
  /** Which of the channel's variants; null: it has none, or the IVR gave a text of its own. */
  readonly variant: string | null
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
  if (senderIds.length === 0 || address === null) return null
  const reader = { handoffId: handoff.handoffId, address }
  const words = wordsOf(config, configured, reader, call.templateVariables, overrideMessage)
  return words && { channel, senderIds, address, ...words }
}

function wordsOf(
  config: AccountConfig,
  channel: HandoffChannel,
  reader: Reader,
  variables: TemplateVariables,
  overrideMessage: string | null,
): Pick<InviteDraft, 'body' | 'title' | 'templateId' | 'variant'> | null {
  switch (channel.channel) {
    case 'sms': {
      const plain = { title: null, templateId: null }
      if (overrideMessage !== null)
        return { body: smsText(channel, variables, overrideMessage), ...plain, variant: null }
      const said = saidTo<{ readonly text: string }>(
        reader,
        channel,
        channel.variants,
        ({ text }) => missingVariables(text, variables.body).length === 0,
      )
      if (said === null) return null
      const { text } = said.words
      return { body: smsText({ ...channel, text }, variables, null), ...plain, variant: said.variant }
    }
    case 'wa': {
      const ready = ({ templateId }: { readonly templateId: string }) => {
        const template = config.templates.get(templateId)
        return template?.status === 'approved' && lackingVariables(template, variables).length === 0
      }
      const said = saidTo<{ readonly templateId: string }>(reader, channel, channel.variants, ready)
      if (said === null) return null
      const { templateId } = said.words
      const body = fillVariables(config.templates.get(templateId)!.body, variables.body)
      return { body, title: null, templateId, variant: said.variant }
    }
    case 'inapp': {
      const said = saidTo<{ readonly title: string; readonly text: string }>(
        reader,
        channel,
        channel.variants,
        () => true,
      )
      if (said === null) return null
      const [body, title] = [said.words.text, said.words.title].map((text) => fillVariables(text, variables.body))
      return { body: body!, title: title!, templateId: null, variant: said.variant }
    }
  }
}

interface Reader {
  readonly handoffId: string
  readonly address: string
}

/**
 * What this consumer reads: of the variants that can go the consumer's own, without variants the channel's words.
 * @returns null when nothing can go.
 */
function saidTo<T extends object>(
  { handoffId, address }: Reader,
  own: T,
  variants: readonly (T & Variant)[] | undefined,
  goes: (words: T) => boolean,
): { readonly words: T; readonly variant: string | null } | null {
  if (variants === undefined || variants.length === 0) return goes(own) ? { words: own, variant: null } : null
  const chosen = chooseVariant(handoffId, address, variants.filter(goes))
  return chosen && { words: chosen, variant: chosen.name }
}
