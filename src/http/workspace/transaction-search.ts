import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { searchTransactions } from '../../actions/search-transactions.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { transactionOutcomes } from '../../domain/transaction.ts'
import type { FoundTransaction } from '../../store/transaction-search.ts'
import { callerOf } from '../callers.ts'
import { problemAnswer } from '../problem-answer.ts'
import { cursorOf, placeOf } from './cursor.ts'

const text = Type.String()
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })
const uuidPattern = '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'

const foundTransaction = Type.Object({
  callId: text,
  attemptedAt: time,
  consumerPhone: Type.String({ description: 'Only its end for those who never talk to consumers.' }),
  handoff: Type.Object({ handoffId: text, title: orNull(text) }),
  skill: orNull(text),
  ivrNumber: orNull(text),
  availableChannels: Type.Array(Type.Enum(channels)),
  channel: orNull(Type.Enum(channels)),
  outcome: Type.Enum(transactionOutcomes, { description: 'How far the call has come.' }),
  conversationId: orNull(text),
  errorCode: orNull(text),
})

/** A page of calls as every list of them answers. */
export const transactionPage = Type.Object({
  transactions: Type.Array(foundTransaction),
  next: orNull(Type.String({ description: 'Cursor of the next page.' })),
})

export function transactionPageOf(
  { transactions }: { readonly transactions: readonly FoundTransaction[] },
  next: string | null,
): Static<typeof transactionPage> {
  return {
    transactions: transactions.map(({ handoffId, handoffTitle, availableChannels, ...one }) => ({
      ...one,
      attemptedAt: one.attemptedAt.toISOString(),
      handoff: { handoffId, title: handoffTitle },
      availableChannels: [...availableChannels],
    })),
    next,
  }
}

/** Calls, found. A POST, because nobody's phone number may stand in an address (promise P9). */
export function transactionSearch(scope: FastifyInstance, deps: Deps): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    '/api/transactions/search',
    {
      schema: {
        tags: ['transactions'],
        summary: 'Find calls, newest first',
        description:
          'By the consumer’s whole phone number, the call’s id, or time. A POST, so that no phone number stands in an address.',
        body: Type.Object(
          {
            phone: Type.Optional(
              orNull(Type.String({ maxLength: 40, description: 'International: +1 206 555 0100.' })),
            ),
            callId: Type.Optional(orNull(Type.String({ pattern: uuidPattern }))),
            from: Type.Optional(orNull({ ...time, description: 'Usually 30 days before `to`.' })),
            to: Type.Optional(orNull({ ...time, description: 'Usually now.' })),
            cursor: Type.Optional(orNull(Type.String({ maxLength: 200 }))),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Usually 50.' })),
          },
          { additionalProperties: false },
        ),
        response: {
          200: transactionPage,
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const { phone = null, callId = null, from = null, to = null, cursor = null, limit = 50 } = request.body
      const place = placeOf(cursor ?? undefined)
      const found = await searchTransactions(
        deps,
        callerOf(request, 'user'),
        {
          phone: phone === null || phone.trim() === '' ? null : phone,
          callId: callId?.toLowerCase() ?? null,
          from: from === null ? null : new Date(from),
          to: to === null ? null : new Date(to),
        },
        { after: place && { at: place.at, callId: place.conversationId }, limit },
      )
      return transactionPageOf(found, cursorOf(found.next && { at: found.next.at, conversationId: found.next.callId }))
    },
  )
}
