import { demand } from '../demand.ts'
import type { Deps } from '../deps.ts'
import type { AccountConfig } from '../domain/account.ts'
import type { Caller } from '../domain/caller.ts'
import type { Channel } from '../domain/channel.ts'
import {
  type AskedLineType,
  decideEligibility,
  type EligibilityPlan,
  type EligibilityQuestion,
  planEligibility,
  stranger,
} from '../domain/eligibility.ts'
import { accountRuleOutcomes, channelRuleOutcomes, type RuleOutcome } from '../domain/eligibility-rules.ts'
import { parsePhone } from '../domain/phone.ts'
import { parseTemplateVariables } from '../domain/template-variables.ts'
import { Problem, type ProblemCode } from '../errors.ts'

export interface EligibilityTest {
  /** International; spaces and brackets as people type them. */
  readonly phone: string
  readonly handoffId: string
  readonly skill: string
  readonly ivrNumber?: string | null
  readonly consumerId?: string | null
  readonly templateVariables?: unknown
}

export interface TestedEligibility {
  readonly eligible: boolean
  readonly availableChannels: readonly Channel[]
  /** What the contract would answer instead; null: nothing. */
  readonly problem: ProblemCode | null
  /** Each with the milliseconds that what it rests on has taken. */
  readonly rules: readonly (RuleOutcome & { readonly ms: number })[]
  readonly totalMs: number
}

/**
 * What eligibility would answer for a number just now, rule by rule. Nothing is stored and no call comes of it; only where
 * the device check is on and nothing is remembered of the line, its provider is asked, as for a caller.
 * @throws Problem `forbidden`, `invalid-phone`, `invalid-request`
 */
export async function testEligibility(
  deps: Deps,
  caller: Caller,
  config: AccountConfig,
  test: EligibilityTest,
): Promise<TestedEligibility> {
  demand(caller, 'eligibility.test')
  const since = deps.clock.monotonic()
  const question = questionOf(test)
  const plan = planEligibility(
    config,
    question,
    (senderId) => deps.circuits.state(config.accountId, senderId) === 'open',
  )
  const planned = deps.clock.monotonic()
  const ofAccount = accountRuleOutcomes(plan)
  const taken = { configuration: planned - since, records: 0, provider: 0 }
  const answer = (problem: ProblemCode | null, channels: readonly Channel[], rules: readonly RuleOutcome[]) => ({
    eligible: channels.length > 0,
    availableChannels: channels,
    problem,
    rules: rules.map((rule) => ({ ...rule, ms: rounded(rule.passed === null ? 0 : taken[rule.source]) })),
    totalMs: rounded(deps.clock.monotonic() - since),
  })
  if ('problem' in plan) return answer(plan.problem, [], ofAccount)

  const { phone, consumerId } = plan
  const capHours = plan.settings.consumerCap?.hours ?? null
  const arriving = { accountId: config.accountId, phone, consumerId, capHours, nonce: null, blind: null }
  const facts = (await deps.openCall(arriving, 0)).facts ?? stranger
  taken.records = deps.clock.monotonic() - planned
  const now = deps.clock.now()
  let decision = decideEligibility(plan, facts, now)
  let asked: AskedLineType | null = null
  if (decision.askLineType) {
    const askedAt = deps.clock.monotonic()
    asked = await askLineType(deps, plan, phone)
    taken.provider = deps.clock.monotonic() - askedAt
    decision = decideEligibility(plan, facts, now, asked)
  }
  const ofChannels = channelRuleOutcomes(config, question, plan, facts, now, asked)
  return answer(null, decision.availableChannels, [...ofAccount, ...ofChannels])
}

function questionOf(test: EligibilityTest): EligibilityQuestion {
  const { variables, faults } = parseTemplateVariables(test.templateVariables)
  if (faults.length > 0) throw new Problem('invalid-request', { details: faults.slice(0, 10) })
  const phone = parsePhone(test.phone.replace(/[\s().-]/g, ''))
  if (phone === null) throw new Problem('invalid-phone')
  const { skill, handoffId } = test
  return {
    ...{ phone, skill, handoffId, templateVariables: variables },
    ivrNumber: test.ivrNumber || null,
    consumerId: test.consumerId || null,
  }
}

/** Null: the provider of the sender that would send cannot be asked at all. */
async function askLineType(deps: Deps, plan: EligibilityPlan, phone: string): Promise<AskedLineType | null> {
  const sender = plan.channels.find(({ channel }) => channel === 'sms')?.senders[0]
  const connector = deps.connectors.get(sender?.connector ?? '')
  if (sender === undefined || connector?.lookUp === undefined) return null
  let timer: NodeJS.Timeout | undefined
  const tooSlow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(resolve, deps.config.eligibilityDeadlineMs, 'slow')
  })
  const told = connector
    .lookUp(
      phone,
      sender,
      deps.outbound(sender, () => {}),
    )
    .catch(() => 'failed' as const)
  return Promise.race([told, tooSlow]).finally(() => clearTimeout(timer))
}

/** Milliseconds with two digits: most of it takes far less than one. */
const rounded = (ms: number) => Math.round(ms * 100) / 100
