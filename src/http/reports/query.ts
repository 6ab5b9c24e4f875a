import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { mostReportRows, queryReport } from '../../actions/query-report.ts'
import type { Deps } from '../../deps.ts'
import type { Figures } from '../../domain/figures.ts'
import type { ReportDoor } from './report-door.ts'
import {
  dimension,
  figures,
  filters,
  group,
  losses,
  orNull,
  periodFields,
  periodOf,
  strict,
  timeZone,
} from './report-schemas.ts'

export const reportBody = strict({
  ...periodFields,
  timeZone: Type.Optional(timeZone),
  groupBy: Type.Optional(
    Type.Array(dimension, {
      maxItems: 2,
      uniqueItems: true,
      description: 'Rows by these; none: the totals alone. `minute` over at most three hours.',
    }),
  ),
  filters: Type.Optional(filters),
  compareWith: Type.Optional(orNull(strict(periodFields))),
  repeatDays: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 30, description: 'Days in which a call is a repeated one. Usually 7.' }),
  ),
})
export const reportAnswer = Type.Object({
  from: Type.String(),
  to: Type.String(),
  timeZone: Type.String(),
  totals: figures,
  compared: orNull(figures),
  rows: Type.Array(Type.Object({ group, figures, compared: orNull(figures) }), {
    description:
      'By time in its order, every bucket when it is the only dimension; else the most calls first. Days, hours and minutes of the other period are matched by their place in it.',
  }),
  losses,
  more: Type.Boolean({ description: `There are more than ${mostReportRows} rows: the first are shown.` }),
})

/** What became of calls, counted at once. A POST, because filters are many; it changes nothing. */
export function query(scope: FastifyInstance, deps: Deps, door: ReportDoor): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    `${door.prefix}/query`,
    {
      config: door.config('reports.read', 'reports'),
      schema: {
        ...door.schema,
        summary: 'Count what became of calls, told apart as asked',
        description:
          'As of this moment: whatever is committed counts. By up to two of the dimensions, by the clock of any time zone, filtered, beside another period; with the reasons for which calls got no further.',
        body: reportBody,
        response: { 200: reportAnswer, ...door.refused },
      },
    },
    async (request): Promise<Static<typeof reportAnswer>> => {
      const { body } = request
      const asked = reportQueryOf(body)
      const found = await queryReport(deps, door.callerOf(request), asked)
      return {
        ...{ from: asked.from.toISOString(), to: asked.to.toISOString(), timeZone: asked.timeZone },
        totals: shown(found.totals),
        compared: found.compared && shown(found.compared),
        rows: found.rows.map((row) => ({
          group: row.group as Static<typeof group>,
          figures: shown(row.figures),
          compared: row.compared && shown(row.compared),
        })),
        losses: found.losses.map((loss) => ({ ...loss, reasons: [...loss.reasons] })),
        more: found.more,
      }
    },
  )
}

/** A body, as the report takes it, but for the account. */
export function reportQueryOf(body: Static<typeof reportBody>) {
  return {
    ...periodOf(body),
    timeZone: body.timeZone ?? 'UTC',
    groupBy: body.groupBy ?? [],
    filters: body.filters ?? {},
    compareWith: body.compareWith ? periodOf(body.compareWith) : null,
    repeatDays: body.repeatDays ?? 7,
  }
}

const shown = (one: Figures): Static<typeof figures> => ({
  ...one,
  cost: [...one.cost],
  costPerHandled: [...one.costPerHandled],
})
