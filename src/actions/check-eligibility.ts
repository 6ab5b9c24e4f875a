import type { Exchange } from '../channels/http.ts'
import type { Deps } from '../deps.ts'
import type { CredentialCaller } from '../domain/caller.ts'
import type { Channel } from '../domain/channel.ts'
import {
  type AskedLineType,
  decideEligibility,
  type EligibilityDecision,
  type EligibilityFacts,
  type EligibilityPlan,
  type EligibilityQuestion,
  planEligibility,
  stranger,
} from '../domain/eligibility.ts'
import { type EligibilityReason, isYesUnknowing } from '../domain/eligibility-reasons.ts'
import { type LineType, lineTypeRefusals } from '../domain/line-type.ts'
import { isStorable } from '../domain/outside-data.ts'
import { parsePhone } from '../domain/phone.ts'
import { parseSdes, type Sdes } from '../domain/sde.ts'
import type { Sender } from '../domain/sender.ts'
import { parseTemplateVariables } from '../domain/template-variables.ts'
import { Problem } from '../errors.ts'
import { callIdOf } from '../store/call-id.ts'
import type { NewCall } from '../store/calls.ts'
import type { HeldNonce } from '../store/nonces.ts'
import { recordExchange } from '../store/provider-exchanges.ts'
import { learn } from '../store/reachability.ts'

/** The body as the door's schema lets it through: types and lengths of the plain fields are right, the rest is unread. */
export interface EligibilityInput {
  readonly skill: string
  readonly consumerPhoneNumber: string
  readonly handoffId: string
  readonly sdes?: unknown
  readonly templateVariables?: unknown
  readonly ivrNumber?: string
  readonly consumerId?: string
  /** Adds the reasons to the answer. */
  readonly explain?: boolean
  /** Milliseconds since the request arrived: they count against the deadline. */
  readonly elapsedMs?: number
  /** Of an OAuth 1.0a request: burnt in the round trip that stores the call. Null: there is none, or it is burnt. */
  readonly nonce?: HeldNonce | null
}

export interface EligibilityAnswer {
  readonly availableChannels: readonly Channel[]
  /** The first of the available ones; empty: not eligible. */
  readonly recommendedChannelName: Channel | ''
  readonly eligible: boolean
  readonly callId: string
  readonly reasons?: readonly EligibilityReason[]
  readonly partial?: true
}

/** Of the deadline this share is kept for storing the call after a look-up. */
const storingShare = 0.25
/** A provider that cannot tell a line type today may be allowed to tomorrow. */
const unknownLineDays = 1
const mostDetails = 10

/**
 * The IVR asks whether the caller can be reached by messaging. Whatever the answer, the call is stored durably under its
 * callId before the answer leaves. Never later than the deadline, and never a yes because of an error (promise P7): a
 * database that does not answer is an error; a look-up that does not is a yes that `reasons` marks.
 * @throws Problem `invalid-request`, `invalid-phone`, `no-internal-user`, `no-internal-app`, `no-settings`, `no-handoff`,
 * `no-handoff-channel`, `no-engagement`; `unauthenticated` when `input.nonce` was used before; `Unanswered` when the
 * database does not answer before the deadline.
 */
export async function checkEligibility(
  deps: Deps,
  caller: CredentialCaller,
  input: EligibilityInput,
): Promise<EligibilityAnswer> {
  const { question, sdes } = readInput(input)
  const since = deps.clock.monotonic() - (input.elapsedMs ?? 0)
  return answerQuestion(deps, { caller, input, question, sdes, since })
}

/** The request as it was read. `since`: when it arrived, by the monotonic clock. */
interface Asked {
  readonly caller: CredentialCaller
  readonly input: EligibilityInput
  readonly question: EligibilityQuestion
  readonly sdes: Sdes | null
  readonly since: number
}

/** @throws Problem `invalid-request` naming every wrong field, then `invalid-phone`: the contract's order. */
function readInput(input: EligibilityInput): { question: EligibilityQuestion; sdes: Sdes | null } {
  const { sdes, faults: sdeFaults } = parseSdes(input.sdes)
  const { variables, faults: variableFaults } = parseTemplateVariables(input.templateVariables)
  const unstorable = (['skill', 'ivrNumber', 'consumerId'] as const)
    .filter((name) => !isStorable(input[name] ?? ''))
    .map((name) => `${name} must be text without NUL and broken characters`)
  const details = [...unstorable, ...sdeFaults, ...variableFaults]
  if (details.length > 0) throw new Problem('invalid-request', { details: details.slice(0, mostDetails) })
  const phone = parsePhone(input.consumerPhoneNumber)
  if (phone === null) throw new Problem('invalid-phone')
  const question = {
    phone,
    skill: input.skill,
    handoffId: input.handoffId,
    templateVariables: variables,
    ivrNumber: input.ivrNumber || null,
    consumerId: input.consumerId || null,
  }
  return { question, sdes }
}

async function answerQuestion(deps: Deps, asked: Asked): Promise<EligibilityAnswer> {
  const { caller, input, question } = asked
  const config = await deps.accounts.get(caller.accountId)
  if (config === null) throw new Problem('not-found')
  const isDown = (senderId: string) => deps.circuits.state(caller.accountId, senderId) === 'open'
  const plan = planEligibility(config, question, isDown)
  if ('problem' in plan) throw new Problem(plan.problem, { details: plan.details.slice(0, mostDetails) })

  const attemptedAt = deps.clock.now()
  const callId = callIdOf(attemptedAt)
  const callOf = (decision: EligibilityDecision) =>
    newCall(asked, plan, callId, attemptedAt, decision, config.tellsCalls)
  let decision = decideEligibility(plan, stranger, attemptedAt)
  const blind = decision.askLineType ? null : callOf(decision)
  const facts = await openCall(deps, asked, plan, blind)
  if (facts !== stranger || blind === null) {
    decision = decideEligibility(plan, facts, attemptedAt)
    if (decision.askLineType) {
      const budgetMs = (1 - storingShare) * deps.config.eligibilityDeadlineMs - elapsedOf(deps, asked)
      const lineType = await askLineType(deps, plan, question.phone, callId, budgetMs)
      decision = decideEligibility(plan, facts, attemptedAt, lineType)
    }
    await deps.keepCall(callOf(decision), elapsedOf(deps, asked))
  }
  const { availableChannels, reasons } = decision
  const eligible = availableChannels.length > 0
  const partial = isPartial(decision)
  deps.metrics.eligibility.inc({ result: partial ? 'partial' : eligible ? 'eligible' : 'not-eligible' })
  return {
    availableChannels,
    recommendedChannelName: availableChannels[0] ?? '',
    eligible,
    callId,
    ...(input.explain === true ? { reasons } : {}),
    ...(input.explain === true && partial ? { partial } : {}),
  }
}

const elapsedOf = (deps: Deps, { since }: Asked) => deps.clock.monotonic() - since
const isPartial = ({ reasons }: EligibilityDecision) => reasons.some(({ code }) => isYesUnknowing(code))

function newCall(
  { caller, question, sdes }: Asked,
  plan: EligibilityPlan,
  callId: string,
  attemptedAt: Date,
  decision: EligibilityDecision,
  told: boolean,
): NewCall {
  return {
    accountId: caller.accountId,
    callId,
    attemptedAt,
    credentialId: caller.credentialId,
    consumerPhone: question.phone,
    consumerId: plan.consumerId,
    handoffId: plan.handoff.handoffId,
    skillId: plan.skill.skillId,
    ivrNumber: question.ivrNumber,
    sdes,
    templateVariables: question.templateVariables,
    availableChannels: decision.availableChannels,
    reasons: decision.reasons,
    partial: isPartial(decision),
    told,
  }
}

/**
 * The hot path's round trip. When the consumer is a stranger, `blind` is stored with it and all is done.
 * @throws Problem `unauthenticated` when the request's nonce was used before.
 */
async function openCall(
  deps: Deps,
  asked: Asked,
  plan: EligibilityPlan,
  blind: NewCall | null,
): Promise<EligibilityFacts> {
  const { accountId } = asked.caller
  const { phone, consumerId } = plan
  const nonce = asked.input.nonce ?? null
  const capHours = plan.settings.consumerCap?.hours ?? null
  const arriving = { accountId, phone, consumerId, capHours, nonce, blind }
  const { replayed, facts } = await deps.openCall(arriving, elapsedOf(deps, asked))
  if (nonce !== null) nonce.burnt = true
  if (replayed) throw new Problem('unauthenticated')
  return facts ?? stranger
}

/**
 * Asks the provider of the sender that would send. Goes on behind the answer when it takes longer than `budgetMs`, so
 * that the next call finds what was learned.
 * @returns null when that sender's provider cannot be asked at all.
 */
async function askLineType(
  deps: Deps,
  plan: EligibilityPlan,
  phone: string,
  callId: string,
  budgetMs: number,
): Promise<AskedLineType | null> {
  const sender = plan.channels.find(({ channel }) => channel === 'sms')?.senders[0]
  if (sender === undefined || deps.connectors.get(sender.connector)?.lookUp === undefined) return null
  const exchanges: Exchange[] = []
  const asked = lookUp(deps, sender, phone, exchanges)
  const kept = asked.then((lineType) => keepLookUp(deps, sender, phone, callId, lineType, exchanges))
  const inBackground = kept.catch((error) => deps.log.warn({ err: error }, 'a look-up could not be kept'))
  deps.background.add(inBackground)
  void inBackground.finally(() => deps.background.delete(inBackground))
  if (budgetMs <= 0) return 'slow'
  let timer: NodeJS.Timeout | undefined
  const tooSlow = new Promise<'slow'>((resolve) => {
    timer = setTimeout(resolve, Math.ceil(budgetMs), 'slow')
  })
  return Promise.race([asked, tooSlow]).finally(() => clearTimeout(timer))
}

async function lookUp(deps: Deps, sender: Sender, phone: string, exchanges: Exchange[]): Promise<LineType | 'failed'> {
  const http = deps.outbound(sender, (exchange) => exchanges.push(exchange))
  try {
    return await deps.connectors.get(sender.connector)!.lookUp!(phone, sender, http)
  } catch (error) {
    deps.log.warn({ connector: sender.connector, err: error }, 'a look-up failed')
    return 'failed'
  }
}

/** Without an exchange nobody was asked (the sender's settings forbid it), and nothing was learned. */
async function keepLookUp(
  deps: Deps,
  sender: Sender,
  phone: string,
  callId: string,
  lineType: LineType | 'failed',
  exchanges: readonly Exchange[],
): Promise<void> {
  const { accountId, senderId } = sender
  if (lineType !== 'failed' && exchanges.length > 0) {
    const fact = { channel: 'sms', reachable: lineTypeRefusals[lineType] === null, reason: lineType } as const
    const days = lineType === 'unknown' ? unknownLineDays : undefined
    await learn(deps.db, accountId, phone, { ...fact, source: 'look-up' }, days)
  }
  for (const exchange of exchanges) {
    await recordExchange(deps.db, accountId, { callId, messageId: null, senderId, direction: 'out' }, exchange)
  }
}
