import type { Channel } from '../domain/channel.ts'
import type { Money } from '../domain/money.ts'
import type { DbOrTx } from './db.ts'
import type { StepDetail } from './transactions.ts'

/** The journey of one call, from eligibility to the closed conversation. */
export interface TransactionView {
  readonly callId: string
  readonly consumerPhone: string
  readonly handoffId: string
  readonly handoffTitle: string | null
  readonly skill: string | null
  /** Where the reply goes, when the invite named another skill. */
  readonly routedSkill: string | null
  readonly ivrNumber: string | null
  readonly availableChannels: readonly Channel[]
  /** Why channels were left out. */
  readonly reasons: readonly { readonly channel: Channel | null; readonly code: string }[]
  /** A slow look-up was cut off. */
  readonly partial: boolean
  /** The first that was asked for. */
  readonly askedChannel: Channel | null
  /** On which the invite was begun, in order. */
  readonly triedChannels: readonly Channel[]
  /** The one used. */
  readonly channel: Channel | null
  readonly firstMessage: string | null
  readonly overrideMessage: string | null
  /** By name. */
  readonly template: string | null
  /** Which of the handoff's texts; null: it has but one. */
  readonly variant: string | null
  /** What its messages have cost so far, in each currency: the invite, and the conversation that came of it. */
  readonly cost: readonly Money[]
  /** The IVR told something of the consumer. */
  readonly hasSdes: boolean
  readonly conversationId: string | null
  readonly error: { readonly source: string | null; readonly code: string; readonly message: string | null } | null
  /** Each step's time; null while it has not happened. */
  readonly times: Readonly<Record<TransactionTime, Date | null>>
  readonly steps: readonly TransactionStep[]
  readonly attempts: readonly TransactionAttempt[]
  readonly exchanges: readonly TransactionExchange[]
}

export const transactionTimes = [
  'attempted',
  'invited',
  'sent',
  'delivered',
  'read',
  'failed',
  'skipped',
  'replied',
  'opted_out',
  'conversation_created',
  'conversation_taken',
  'conversation_closed',
] as const
export type TransactionTime = (typeof transactionTimes)[number]

export interface TransactionStep {
  readonly at: Date
  readonly step: string
  readonly channel: Channel | null
  readonly details: Readonly<Record<string, StepDetail>>
}

/** One try to hand the invite to a provider. */
export interface TransactionAttempt {
  readonly attemptId: string
  readonly messageId: string
  readonly channel: Channel
  readonly state: string
  readonly tries: number
  readonly failureKind: string | null
  readonly providerCode: string | null
  readonly unknownReason: string | null
  readonly createdAt: Date
  readonly finishedAt: Date | null
}

/** What was said between us and the provider, as it was kept: redacted. */
export interface TransactionExchange {
  readonly at: Date
  readonly direction: 'in' | 'out'
  readonly method: string
  readonly url: string
  readonly requestBody: string | null
  readonly status: number | null
  readonly answerBody: string | null
  readonly failure: string | null
  readonly durationMs: number
}

/** Status callbacks of one call are few; a provider gone mad must not make the answer endless. */
const mostExchanges = 200

type CallRow = {
  consumer_phone: string
  handoff_id: string
  handoff_title: string | null
  skill: string | null
  routed_skill: string | null
  ivr_number: string | null
  available_channels: Channel[]
  reasons: { channel: Channel | null; code: string }[] | null
  partial: boolean
  channel: Channel | null
  first_message: string | null
  override_message: string | null
  template: string | null
  variant: string | null
  cost_micros: string
  cost_currency: string | null
  other_costs: Record<string, number> | null
  has_sdes: boolean
  conversation_id: string | null
  error_source: string | null
  error_code: string | null
  error_message: string | null
} & Record<`${TransactionTime}_at`, Date | null>

/** Everything that is known of one call's journey; null when the account has no such call. */
export async function viewTransaction(db: DbOrTx, accountId: string, callId: string): Promise<TransactionView | null> {
  const [row] = await db<CallRow[]>`
    select c.*, h.title as handoff_title, k.name as skill, r.name as routed_skill,
      t.name as template, c.sdes is not null as has_sdes
    from calls c left join handoffs h using (account_id, handoff_id) left join skills k using (account_id, skill_id)
      left join skills r on r.account_id = c.account_id and r.skill_id = c.routed_skill_id
      left join templates t on t.account_id = c.account_id and t.template_id = c.template_id
    where c.account_id = ${accountId} and c.call_id = ${callId}`
  if (row === undefined) return null
  const [steps, attempts, exchanges] = await Promise.all([
    db<{ at: Date; step: string; channel: Channel | null; details: Record<string, StepDetail> | null }[]>`
      select at, step, channel, details from transaction_steps
      where account_id = ${accountId} and call_id = ${callId} order by step_number`,
    db<TransactionAttempt[]>`
      select a.attempt_id as "attemptId", a.message_id as "messageId", m.channel, a.state, a.tries,
        a.failure_kind as "failureKind", a.provider_code as "providerCode", a.unknown_reason as "unknownReason",
        a.created_at as "createdAt", a.finished_at as "finishedAt"
      from messages m join attempts a using (account_id, message_id)
      where m.account_id = ${accountId} and m.call_id = ${callId} order by m.message_number, a.created_at`,
    db<TransactionExchange[]>`
      select at, direction, method, url, request_body as "requestBody", status, answer_body as "answerBody", failure,
        duration_ms as "durationMs"
      from provider_exchanges where account_id = ${accountId} and call_id = ${callId}
      order by at, exchange_id limit ${mostExchanges}`,
  ])
  return {
    callId,
    consumerPhone: row.consumer_phone,
    handoffId: row.handoff_id,
    handoffTitle: row.handoff_title,
    skill: row.skill,
    routedSkill: row.routed_skill,
    ivrNumber: row.ivr_number,
    availableChannels: row.available_channels,
    reasons: row.reasons ?? [],
    partial: row.partial,
    askedChannel: row.available_channels[0] ?? row.reasons?.[0]?.channel ?? null,
    triedChannels: [...new Set(steps.flatMap(({ step, channel }) => (step === 'sending' ? (channel ?? []) : [])))],
    channel: row.channel,
    firstMessage: row.first_message,
    overrideMessage: row.override_message,
    ...{ template: row.template, variant: row.variant, hasSdes: row.has_sdes },
    cost: costOf(row),
    conversationId: row.conversation_id,
    error:
      row.error_code === null ? null : { source: row.error_source, code: row.error_code, message: row.error_message },
    times: Object.fromEntries(transactionTimes.map((name) => [name, row[`${name}_at`]])) as TransactionView['times'],
    steps: steps.map((step) => ({ ...step, details: step.details ?? {} })),
    attempts,
    exchanges,
  }
}

function costOf({ cost_micros, cost_currency, other_costs }: CallRow): readonly Money[] {
  const own = cost_currency === null ? [] : [{ micros: Number(cost_micros), currency: cost_currency }]
  return [...own, ...Object.entries(other_costs ?? {}).map(([currency, micros]) => ({ micros, currency }))]
}
