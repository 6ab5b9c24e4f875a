import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listCallsBehind } from '../../actions/list-calls-behind.ts'
import type { Deps } from '../../deps.ts'
import { funnelSteps, lossSteps } from '../../domain/losses.ts'
import { type CountedStep, countedSteps, type ReportGroup } from '../../domain/report-query.ts'
import { cursorOf, placeOf } from '../workspace/cursor.ts'
import { transactionPage, transactionPageOf } from '../workspace/transaction-search.ts'
import { cursor, type ReportDoor } from './report-door.ts'
import { filters, group, orNull, periodFields, periodOf, strict, timeZone, word } from './report-schemas.ts'

const steps = Object.keys(countedSteps) as CountedStep[]
const body = strict({
  ...periodFields,
  timeZone: Type.Optional(timeZone),
  filters: Type.Optional(filters),
  step: Type.Optional(orNull(Type.Enum(steps, { description: 'Those that this figure counts.' }))),
  reached: Type.Optional(orNull(Type.Enum(funnelSteps, { description: 'Those that came so far, or beyond.' }))),
  lostAt: Type.Optional(
    orNull(Type.Enum(lossSteps, { description: 'Those that came to the step before, and no further.' })),
  ),
  reason: Type.Optional(orNull({ ...word, description: 'A code of `losses[].reasons`.' })),
  group: Type.Optional(orNull(group)),
  cursor,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Usually 50.' })),
})

/** The calls behind a number. */
export function calls(scope: FastifyInstance, deps: Deps, door: ReportDoor): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    `${door.prefix}/calls`,
    {
      config: door.config('transactions.read', 'reports-calls'),
      schema: {
        ...door.schema,
        summary: 'List the calls behind a number of a report, newest first',
        description:
          'The same period and filters as the report, `group` as its row has it, and which number: `step` for a figure, `reached` for a step of the funnel, `lostAt` and `reason` for a loss.',
        body,
        response: { 200: transactionPage, ...door.refused },
      },
    },
    async (request) => {
      const { body: asked } = request
      const place = placeOf(asked.cursor ?? undefined)
      const found = await listCallsBehind(
        deps,
        door.callerOf(request),
        {
          ...periodOf(asked),
          timeZone: asked.timeZone ?? 'UTC',
          filters: asked.filters ?? {},
          ...{ step: asked.step ?? null, reached: asked.reached ?? null, lostAt: asked.lostAt ?? null },
          reason: asked.reason ?? null,
          group: (asked.group ?? {}) as ReportGroup,
        },
        { after: place && { at: place.at, callId: place.conversationId }, limit: asked.limit ?? 50 },
      )
      return transactionPageOf(found, cursorOf(found.next && { at: found.next.at, conversationId: found.next.callId }))
    },
  )
}
