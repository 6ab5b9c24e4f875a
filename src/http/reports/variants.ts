import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { compareVariants } from '../../actions/compare-variants.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import type { ReportDoor } from './report-door.ts'
import { orNull, periodFields, periodOf, strict, word } from './report-schemas.ts'

const channel = Type.Enum(channels)
const answer = Type.Object({
  variants: Type.Array(
    Type.Object({
      channel,
      variant: Type.String(),
      text: orNull(Type.String({ description: 'What it says now; null: the handoff no longer has it.' })),
      weight: orNull(Type.Integer()),
      sent: Type.Integer(),
      replied: Type.Integer({ description: 'Of those sent.' }),
      rate: orNull(Type.Number({ description: 'Replies per invite sent.' })),
      low: Type.Number({ description: '95 % confidence interval of the rate (Wilson).' }),
      high: Type.Number(),
      enough: Type.Boolean({ description: 'Enough were sent to see a difference worth seeing.' }),
      more: Type.Integer({ description: 'About so many more are needed for that.' }),
    }),
  ),
  verdicts: Type.Array(
    Type.Object({
      channel,
      kind: Type.Enum(['not-enough-data', 'no-difference', 'better'] as const),
      better: orNull(Type.String()),
      sentence: Type.String(),
    }),
  ),
  verdict: Type.String({ description: 'The sentences together; empty: no channel has two texts.' }),
})

/** Which text of a handoff is answered more often. */
export function variants(scope: FastifyInstance, deps: Deps, door: ReportDoor): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    `${door.prefix}/variants`,
    {
      config: door.config('reports.read', 'reports-variants'),
      schema: {
        ...door.schema,
        summary: 'Compare the texts of a handoff by how often they are answered',
        description: 'Each with its confidence interval; it says so when there is not enough data for a verdict.',
        body: strict({ ...periodFields, handoffId: word }),
        response: { 200: answer, ...door.refused },
      },
    },
    async (request) => {
      const { handoffId, ...period } = request.body
      const found = await compareVariants(deps, door.callerOf(request), { ...periodOf(period), handoffId })
      return {
        variants: found.variants.map((one) => ({ ...one })),
        verdicts: found.verdicts.map((one) => ({ ...one })),
        verdict: found.verdict,
      }
    },
  )
}
