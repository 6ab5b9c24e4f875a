import type { AccountConfig } from './account.ts'
import { type Channel, channelLabels } from './channel.ts'
import {
  type AskedLineType,
  decideEligibility,
  type EligibilityFacts,
  type EligibilityPlan,
  type EligibilityQuestion,
  type EligibilityRefusal,
  stranger,
} from './eligibility.ts'
import { type EligibilityReasonCode, eligibilityReasons } from './eligibility-reasons.ts'

/** One rule of eligibility and how it came out for one caller: what the tester shows. */
export interface RuleOutcome {
  readonly rule: string
  /** Null: it concerns the call as a whole. */
  readonly channel: Channel | null
  /** Null: not looked at, because a rule before it has said no. */
  readonly passed: boolean | null
  readonly sentence: string
  /** What it rests on, which is what takes the time. */
  readonly source: 'configuration' | 'records' | 'provider'
}

/** The contract's order. */
const accountRules: readonly (readonly [EligibilityRefusal['problem'], string, string])[] = [
  ['no-internal-user', 'The internal user is enabled.', 'The internal user is missing or disabled.'],
  ['no-internal-app', 'The internal app is enabled.', 'The internal app is missing or disabled.'],
  ['no-settings', 'The settings have been saved.', 'The settings were never saved.'],
  ['no-handoff', 'The handoff exists and is enabled.', 'The handoff is unknown or disabled.'],
  [
    'no-handoff-channel',
    'A channel of the handoff can send.',
    'No channel of the handoff is on and has a working sender.',
  ],
  [
    'no-engagement',
    'The skill may be named.',
    'The skill is unknown, not switched on for deflection, or not of this handoff.',
  ],
  ['invalid-request', 'Nothing is missing in the request.', 'The request lacks something that this handoff needs.'],
]

/** Every rule of the account, in order; those after the one that refused were not looked at. @param plan what `planEligibility` said. */
export function accountRuleOutcomes(plan: EligibilityPlan | EligibilityRefusal): readonly RuleOutcome[] {
  const refusedAt =
    'problem' in plan ? accountRules.findIndex(([problem]) => problem === plan.problem) : accountRules.length
  return accountRules.map(([problem, yes, no], place) => ({
    rule: problem,
    channel: null,
    passed: place < refusedAt ? true : place === refusedAt ? false : null,
    sentence: place < refusedAt ? yes : place > refusedAt ? 'Not looked at.' : [no, ...detailsOf(plan)].join(' '),
    source: 'configuration' as const,
  }))
}

const detailsOf = (plan: EligibilityPlan | EligibilityRefusal) => ('problem' in plan ? plan.details : [])

interface ChannelRule {
  readonly rule: string
  readonly only?: readonly Channel[]
  readonly yes: string
  /** Reasons that mean that this rule said no, or yes without knowing. */
  readonly codes: readonly EligibilityReasonCode[]
}

/** Decided one after the other, from configuration alone. */
const configured: readonly ChannelRule[] = [
  { rule: 'channel_on', codes: ['channel_off'], yes: 'The channel is on.' },
  { rule: 'sender_works', codes: ['sender_broken'], yes: 'A sender works.' },
  { rule: 'template_approved', only: ['wa'], codes: ['template_not_approved'], yes: 'The template is approved.' },
  { rule: 'provider_up', codes: ['provider_down'], yes: 'The provider answers.' },
  { rule: 'not_stopped', codes: ['stopped'], yes: 'No supervisor has switched it off.' },
]

interface KnownRule extends ChannelRule {
  readonly source: RuleOutcome['source']
  /** The case in which this rule alone can say no. */
  alone(
    plan: EligibilityPlan,
    facts: EligibilityFacts,
  ): { plan?: Partial<EligibilityPlan>; facts?: Partial<EligibilityFacts> }
}

/** Decided from what is known of the consumer, each for itself. */
const known: readonly KnownRule[] = [
  {
    ...{ rule: 'not_opted_out', codes: ['opted_out'], yes: 'The consumer has not opted out.', source: 'records' },
    alone: (_plan, { optedOut }) => ({ facts: { optedOut } }),
  },
  {
    ...{ rule: 'no_open_conversation', codes: ['open_conversation'], source: 'records' },
    yes: 'No conversation is open, or the handoff lets the invite join it.',
    alone: (_plan, { conversationOpen }) => ({ facts: { conversationOpen } }),
  },
  {
    ...{
      rule: 'outside_quiet_hours',
      codes: ['quiet_hours'],
      yes: 'It is outside the quiet hours.',
      source: 'configuration',
    },
    alone: ({ settings: { quietHours } }) => ({ plan: { settings: { quietHours } as never } }),
  },
  {
    ...{
      rule: 'under_the_cap',
      codes: ['recent_invites'],
      yes: 'The consumer’s cap of invites is not reached.',
      source: 'records',
    },
    alone: ({ settings: { consumerCap } }, { recentInvites }) => ({
      plan: { settings: { consumerCap } as never },
      facts: { recentInvites },
    }),
  },
  {
    ...{ rule: 'has_device', only: ['inapp'], codes: ['no_device'], source: 'records' },
    yes: 'The consumer has a device in an app of the handoff.',
    alone: (_plan, { deviceSenderIds }) => ({ facts: { deviceSenderIds } }),
  },
  {
    ...{ rule: 'not_own_number', only: ['sms', 'wa'], codes: ['own_number'], source: 'configuration' },
    yes: 'The number is not one of the account’s own.',
    alone: ({ ownNumber }) => ({ plan: { ownNumber } }),
  },
  {
    ...{ rule: 'destination_allowed', only: ['sms'], codes: ['destination_not_allowed'], source: 'configuration' },
    yes: 'Texts may go to this kind of number.',
    alone: ({ phone }) => ({ plan: { phone } }),
  },
  {
    ...{
      rule: 'not_refused_lately',
      codes: ['not_on_whatsapp', 'not_reachable'],
      only: ['sms', 'wa'],
      source: 'records',
    },
    yes: 'No provider has lately refused to reach the consumer here.',
    alone: (_plan, { learned }) => ({ facts: { learned: learned.filter(({ source }) => source === 'refusal') } }),
  },
  {
    ...{ rule: 'takes_texts', only: ['sms'], source: 'provider' },
    codes: ['landline', 'voip', 'toll_free', 'no_texts', 'invalid_number', 'lookup_slow', 'lookup_failed'],
    yes: 'The line takes texts, or the device check is off.',
    alone: ({ phone, settings: { deviceCheck } }, { learned }) => ({
      plan: { phone, settings: { deviceCheck } as never },
      facts: { learned: learned.filter(({ source }) => source === 'look-up') },
    }),
  },
]

/** A number to which nothing can be objected, for judging a rule that is not about the number. */
const harmlessPhone = '+447911123456'

/**
 * Every rule of every channel of the handoff. Each is judged by the very function that decides for a caller, given a case in
 * which only this rule can say no: what is shown here cannot differ from what callers get.
 */
export function channelRuleOutcomes(
  config: AccountConfig,
  question: EligibilityQuestion,
  plan: EligibilityPlan,
  facts: EligibilityFacts,
  now: Date,
  asked: AskedLineType | null,
): readonly RuleOutcome[] {
  const channels = config.handoffs.get(question.handoffId)?.channels.map(({ channel }) => channel) ?? []
  return channels.flatMap((channel) => {
    const concerns = ({ only }: ChannelRule) => only === undefined || only.includes(channel)
    const refusal = plan.leftOut.find((one) => one.channel === channel)
    const rules = configured.filter(concerns)
    const refusedAt =
      refusal === undefined ? rules.length : rules.findIndex(({ codes }) => codes.includes(refusal.code))
    const before = rules.map(
      (rule, place): RuleOutcome => ({
        ...{ rule: rule.rule, channel, source: 'configuration' },
        passed: place < refusedAt ? true : place === refusedAt ? false : null,
        sentence: place < refusedAt ? rule.yes : place === refusedAt ? refusal!.message : 'Not looked at.',
      }),
    )
    const after = known.filter(concerns).map((rule): RuleOutcome => {
      const { rule: name, source } = rule
      if (refusal !== undefined) {
        const sentence = `Not looked at: ${channelLabels[channel]} is left out already.`
        return { rule: name, channel, source, passed: null, sentence }
      }
      const code = judged(rule, channel, plan, facts, now, asked)
      const unknowing = code === 'lookup_slow' || code === 'lookup_failed'
      return {
        ...{ rule: name, channel, source },
        passed: code === null || unknowing,
        sentence: code === null ? rule.yes : eligibilityReasons[code],
      }
    })
    return [...before, ...after]
  })
}

function judged(
  rule: KnownRule,
  channel: Channel,
  plan: EligibilityPlan,
  facts: EligibilityFacts,
  now: Date,
  asked: AskedLineType | null,
): EligibilityReasonCode | null {
  const alone = rule.alone(plan, facts)
  const senders = plan.channels.flatMap((one) => one.senders.map(({ senderId }) => senderId))
  const decided = decideEligibility(
    {
      ...plan,
      ...{ leftOut: [], ownNumber: false, phone: harmlessPhone },
      ...alone.plan,
      settings: { ...plan.settings, quietHours: null, consumerCap: null, deviceCheck: false, ...alone.plan?.settings },
    },
    { ...stranger, deviceSenderIds: senders, ...alone.facts },
    now,
    asked,
  )
  return decided.reasons.find((one) => one.channel === channel && rule.codes.includes(one.code))?.code ?? null
}
