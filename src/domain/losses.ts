import { type EligibilityReasonCode, eligibilityReasons } from './eligibility-reasons.ts'
import { errorKey, errorSentence, type KeptError, reportedError } from './reported-error.ts'

/** The steps of the funnel, in order; a call's place in it is the farthest that it came (`reached`, migration 0008). */
export const funnelSteps = [
  'attempted',
  'eligible',
  'sent',
  'delivered',
  'read',
  'replied',
  'handled',
  'closed',
] as const
export type FunnelStep = (typeof funnelSteps)[number]
/** Those at which a call can be lost. */
export type LossStep = Exclude<FunnelStep, 'attempted'>
export const lossSteps = funnelSteps.slice(1) as readonly LossStep[]

/** Why a call got no further, where neither eligibility nor a provider says it (migration 0008). */
const ownReasons = {
  unknown: 'No reason was kept.',
  not_invited: 'The caller stayed on the phone: no invite was asked for.',
  on_its_way: 'The invite is on its way.',
  failed: 'The invite could not be sent.',
  opted_out: 'The consumer has opted out.',
  no_receipt: 'The provider has not said that the message arrived.',
  reading_unknown: 'Arrived and not answered; nobody says of a text whether it was read.',
  not_read: 'Arrived, but not read.',
  not_answered: 'Read, but not answered.',
  waiting: 'Waits for an agent.',
  abandoned: 'Closed before an agent took the conversation.',
  in_conversation: 'The conversation goes on.',
} as const satisfies Record<string, string>

/** What calls have in common that got no further, as the sums keep it. */
export interface LossFacts extends KeptError {
  /** Place of the farthest step in `funnelSteps`. */
  readonly reached: number
  readonly loss: string | null
}

export interface LossReason {
  readonly code: string
  readonly sentence: string
}

/** Why calls got no further, in a word and a sentence; null: they came to the end. Eligibility's word goes before an error's. */
export function lossReason(facts: LossFacts): LossReason | null {
  const error = facts.reached === 0 ? null : reportedError(facts)
  if (error !== null) return { code: errorKey(error), sentence: errorSentence(error, null) }
  return facts.loss === null ? null : { code: facts.loss, sentence: sentenceOf(facts.loss) }
}

/** An error of any call, as its dimension tells it apart. */
export function errorOf(facts: KeptError): LossReason | null {
  const error = reportedError(facts)
  return error === null ? null : { code: errorKey(error), sentence: errorSentence(error, null) }
}

const sentenceOf = (code: string): string =>
  Object.hasOwn(ownReasons, code) ? ownReasons[code as keyof typeof ownReasons] : refusalSentence(code)

/** Why a channel was left out, in eligibility's words; a later one's code is spelt like them. */
export function refusalSentence(code: string): string {
  if (code === 'not_ready') return 'The channel was not ready to send.'
  return Object.hasOwn(eligibilityReasons, code)
    ? eligibilityReasons[code as EligibilityReasonCode]
    : ownReasons.unknown
}

export interface Loss {
  /** The step that these calls did not come to, having come to the one before. */
  readonly step: LossStep
  /** How many came to it, or beyond. */
  readonly reached: number
  readonly lost: number
  /** The most frequent first. */
  readonly reasons: readonly (LossReason & { readonly calls: number })[]
}

/** Where calls were lost and why: all that was attempted is lost at some step, or came to the end. */
export function lossesOf(parts: readonly (LossFacts & { readonly attempted: number })[]): readonly Loss[] {
  return lossSteps.map((step, place) => {
    const lost = parts.filter(({ reached }) => reached === place)
    const reasons = new Map<string, LossReason & { calls: number }>()
    for (const part of lost) {
      const reason = lossReason(part) ?? { code: 'unknown', sentence: ownReasons.unknown }
      const calls = (reasons.get(reason.code)?.calls ?? 0) + part.attempted
      reasons.set(reason.code, { ...reason, calls })
    }
    return {
      step,
      reached: sum(parts.filter(({ reached }) => reached > place)),
      lost: sum(lost),
      reasons: [...reasons.values()]
        .filter(({ calls }) => calls !== 0)
        .toSorted((a, b) => b.calls - a.calls || (a.code < b.code ? -1 : 1)),
    }
  })
}

const sum = (parts: readonly { readonly attempted: number }[]): number =>
  parts.reduce((total, { attempted }) => total + attempted, 0)
