import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listOptOutEntries } from '../../actions/list-opt-out-entries.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { cursorOf, placeOf } from '../workspace/cursor.ts'
import { cursor, type ReportDoor } from './report-door.ts'
import { orNull, periodFields, periodOf, strict } from './report-schemas.ts'

const time = Type.String({ format: 'date-time' })
const answer = Type.Object({
  entries: Type.Array(
    Type.Object({
      entryId: Type.String(),
      at: time,
      saidAt: orNull({ ...time, description: 'By the provider’s clock.' }),
      address: Type.String({ description: 'Only its end for those who never talk to consumers.' }),
      channel: Type.Enum([...channels, '*'] as const, { description: '* is every channel.' }),
      resumed: Type.Boolean({ description: 'True: messages may be sent again.' }),
      source: Type.String({ description: 'keyword, provider, provider-refusal, agent or api.' }),
      word: orNull(Type.String({ description: 'What the consumer said, or who recorded it and why.' })),
      sender: orNull(Type.Object({ id: Type.String(), name: orNull(Type.String()) })),
    }),
  ),
  next: orNull(Type.String({ description: 'Cursor of the next page.' })),
})

/** Who stopped and who came back. */
export function optOuts(scope: FastifyInstance, deps: Deps, door: ReportDoor): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    `${door.prefix}/opt-outs`,
    {
      config: door.config('opt-outs.read', 'reports-opt-outs'),
      schema: {
        ...door.schema,
        summary: 'List who opted out and who came back, newest first',
        description: 'When, on which channel, by which word or in which other way, and to which sender.',
        body: strict({
          ...periodFields,
          cursor,
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Usually 50.' })),
        }),
        response: { 200: answer, ...door.refused },
      },
    },
    async (request) => {
      const { body } = request
      const place = placeOf(body.cursor ?? undefined)
      const { entries, next } = await listOptOutEntries(deps, door.callerOf(request), periodOf(body), {
        after: place && { at: place.at, entryId: place.conversationId },
        limit: body.limit ?? 50,
      })
      return {
        entries: entries.map(({ senderId, senderTitle, evidence, at, saidAt, ...entry }) => ({
          ...entry,
          ...{ at: at.toISOString(), saidAt: saidAt?.toISOString() ?? null },
          word: evidence,
          sender: senderId === null ? null : { id: senderId, name: senderTitle },
        })),
        next: cursorOf(next && { at: next.at, conversationId: next.entryId }),
      }
    },
  )
}
