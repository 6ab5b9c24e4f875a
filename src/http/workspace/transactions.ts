import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { readTransaction } from '../../actions/read-transaction.ts'
import type { Deps } from '../../deps.ts'
import { refusalSentence } from '../../domain/losses.ts'
import type { TransactionTime, TransactionView } from '../../store/transaction-views.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { uuidParam } from '../uuid-param.ts'

const text = Type.String()
const maybe = Type.Union([text, Type.Null()])
const time = Type.String({ format: 'date-time' })
const maybeTime = Type.Union([time, Type.Null()])

/** The wire's names of the times, in the order of the journey. */
const timeNames = {
  attemptedAt: 'attempted',
  invitedAt: 'invited',
  sentAt: 'sent',
  deliveredAt: 'delivered',
  readAt: 'read',
  failedAt: 'failed',
  skippedAt: 'skipped',
  repliedAt: 'replied',
  optedOutAt: 'opted_out',
  conversationCreatedAt: 'conversation_created',
  conversationTakenAt: 'conversation_taken',
  conversationClosedAt: 'conversation_closed',
} as const satisfies Record<string, TransactionTime>

const transactionAnswer = Type.Object({
  callId: text,
  consumerPhone: Type.String({ description: 'Only its end for those who never talk to consumers.' }),
  handoff: Type.Object({ handoffId: text, title: maybe }),
  skill: maybe,
  routedSkill: maybe,
  ivrNumber: maybe,
  availableChannels: Type.Array(text),
  reasons: Type.Array(Type.Object({ channel: maybe, code: text, sentence: text }), {
    description: 'Why channels were left out.',
  }),
  partial: Type.Boolean({ description: 'A slow look-up was cut off.' }),
  askedChannel: Type.Union([text, Type.Null()], { description: 'The first that was asked for.' }),
  triedChannels: Type.Array(text, { description: 'On which the invite was begun, in order.' }),
  channel: Type.Union([text, Type.Null()], { description: 'The one used.' }),
  firstMessage: maybe,
  overrideMessage: maybe,
  template: maybe,
  variant: Type.Union([text, Type.Null()], { description: 'Which of the handoff’s texts; null: it has but one.' }),
  cost: Type.Array(Type.Object({ currency: text, amount: Type.Integer() }), {
    description: 'What its messages have cost so far, in millionths of each currency’s unit.',
  }),
  hasSdes: Type.Boolean({ description: 'Whether the IVR told something of the consumer.' }),
  conversationId: maybe,
  error: Type.Union([Type.Object({ source: maybe, code: text, message: maybe }), Type.Null()]),
  times: Type.Object({
    attemptedAt: maybeTime,
    invitedAt: maybeTime,
    sentAt: maybeTime,
    deliveredAt: maybeTime,
    readAt: maybeTime,
    failedAt: maybeTime,
    skippedAt: maybeTime,
    repliedAt: maybeTime,
    optedOutAt: maybeTime,
    conversationCreatedAt: maybeTime,
    conversationTakenAt: maybeTime,
    conversationClosedAt: maybeTime,
  }),
  steps: Type.Array(
    Type.Object({
      at: time,
      step: text,
      channel: maybe,
      details: Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true }),
    }),
  ),
  attempts: Type.Array(
    Type.Object({
      attemptId: text,
      messageId: text,
      channel: text,
      state: text,
      tries: Type.Integer(),
      failureKind: maybe,
      providerCode: maybe,
      unknownReason: maybe,
      createdAt: time,
      finishedAt: maybeTime,
    }),
  ),
  exchanges: Type.Array(
    Type.Object({
      at: time,
      direction: Type.Enum(['in', 'out']),
      method: text,
      url: text,
      requestBody: maybe,
      status: Type.Union([Type.Integer(), Type.Null()]),
      answerBody: maybe,
      failure: maybe,
      durationMs: Type.Integer(),
    }),
    { description: 'What was said between us and the provider, redacted.' },
  ),
})

/** One call's journey. */
export function transactions(scope: FastifyInstance, deps: Deps): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/transactions/:callId',
    {
      schema: {
        tags: ['transactions'],
        summary: 'One call’s journey',
        description: 'For administrators, campaign managers and agent managers.',
        params: Type.Object({ callId: Type.String() }),
        response: { 200: transactionAnswer, '4xx': problemAnswer },
      },
    },
    async (request) =>
      present(await readTransaction(deps, callerOf(request, 'user'), uuidParam(request.params.callId))),
  )
}

function present(view: TransactionView): Static<typeof transactionAnswer> {
  const { handoffId, handoffTitle, times, ...rest } = view
  return {
    ...rest,
    handoff: { handoffId, title: handoffTitle },
    availableChannels: [...view.availableChannels],
    triedChannels: [...view.triedChannels],
    cost: view.cost.map(({ currency, micros }) => ({ currency, amount: micros })),
    reasons: view.reasons.map((one) => ({ ...one, sentence: refusalSentence(one.code) })),
    times: Object.fromEntries(
      Object.entries(timeNames).map(([name, key]) => [name, times[key]?.toISOString() ?? null]),
    ) as Static<typeof transactionAnswer>['times'],
    steps: view.steps.map((step) => ({ ...step, at: step.at.toISOString() })),
    attempts: view.attempts.map((attempt) => ({
      ...attempt,
      createdAt: attempt.createdAt.toISOString(),
      finishedAt: attempt.finishedAt?.toISOString() ?? null,
    })),
    exchanges: view.exchanges.map((exchange) => ({ ...exchange, at: exchange.at.toISOString() })),
  }
}
