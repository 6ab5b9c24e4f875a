import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { liftOptOut } from '../../actions/lift-opt-out.ts'
import { listOptOuts, type OptOutSearch } from '../../actions/list-opt-outs.ts'
import { optOutConsumer } from '../../actions/opt-out-consumer.ts'
import type { Deps } from '../../deps.ts'
import type { Caller, CredentialCaller, UserCaller } from '../../domain/caller.ts'
import { channels } from '../../domain/channel.ts'
import { csvLine } from '../../domain/csv.ts'
import type { Act } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import type { OptOut, OptOutPlace } from '../../store/opt-out-list.ts'
import { cursorOf, placeOf } from '../workspace/cursor.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict } from './schemas.ts'

const time = Type.String({ format: 'date-time' })
const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const boundChannels = [...channels, '*'] as const

const optOutAnswer = Type.Object({
  optOutId: Type.String(),
  address: Type.String({ description: 'Only its end for those who never talk to consumers.' }),
  channel: Type.Enum(boundChannels, { description: '* binds every channel.' }),
  optedOutAt: time,
  source: Type.String({ description: 'keyword, provider, provider-refusal, agent or api.' }),
  evidence: orNull(Type.String()),
  liftedAt: orNull(time),
  liftedBy: orNull(Type.String()),
})

const rowsOfOnePart = 1_000

/** What consumers have stopped: shown, added for them, lifted for them, and given out as a file. */
export function optOuts(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.post(
    '/opt-outs/search',
    {
      schema: {
        tags: ['admin'],
        summary: 'Find opt-outs, the newest first',
        description:
          'By part of the number or consumer id; by the whole of it for those who see only its end. A POST, so that no phone number stands in an address.',
        params: ofAccount,
        body: strict({
          search: Type.Optional(orNull(Type.String({ maxLength: 255 }))),
          channel: Type.Optional(orNull(Type.Enum(boundChannels))),
          state: Type.Optional(Type.Enum(['binding', 'lifted', 'all'] as const, { description: 'Usually binding.' })),
          cursor: Type.Optional(orNull(Type.String({ maxLength: 200 }))),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, description: 'Usually 50.' })),
        }),
        response: {
          200: Type.Object({
            optOuts: Type.Array(optOutAnswer),
            next: orNull(Type.String({ description: 'Cursor of the next page.' })),
          }),
        },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'opt-outs.read')
      const { search = null, channel = null, state = 'binding', cursor = null, limit = 50 } = request.body
      const place = placeOf(cursor ?? undefined)
      const after = place && { at: place.at, optOutId: place.conversationId }
      const found = await listOptOuts(deps, caller, accountId, { search, channel, state }, { after, limit })
      return {
        optOuts: found.optOuts.map(shown),
        next: cursorOf(found.next && { at: found.next.at, conversationId: found.next.optOutId }),
      }
    },
  )

  routes.post(
    '/opt-outs',
    {
      schema: {
        tags: ['admin'],
        summary: 'Record an opt-out that came by another way than a message',
        description: 'Binds as a STOP does, at once and for what waits too; the consumer gets no confirmation.',
        params: ofAccount,
        body: strict({
          address: Type.String({ minLength: 1, maxLength: 255, description: 'E.164; in-app: the consumer id.' }),
          channel: Type.Enum(channels),
          evidence: Type.String({ minLength: 1, maxLength: 160, description: 'How the consumer told it.' }),
        }),
        response: { 200: Type.Object({ changed: Type.Boolean({ description: 'False: it was known already.' }) }) },
      },
    },
    async (request) => {
      const { address, ...rest } = request.body
      const plain = rest.channel === 'inapp' ? address : address.replace(/[\s().-]/g, '')
      return optOutConsumer(deps, ofBrand(request, 'opt-outs.change'), { ...rest, address: plain, resume: false })
    },
  )

  routes.post(
    '/opt-outs/:optOutId/lift',
    {
      schema: {
        tags: ['admin'],
        summary: 'Lift an opt-out, with the reason',
        description:
          'One of a channel is lifted there, and what binds every channel with it, as by START; one of every channel on all. Twilio keeps a list of its own, which only the consumer’s START empties.',
        params: ofUuid('optOutId'),
        body: strict({ reason: Type.String({ minLength: 1, maxLength: 160 }) }),
        response: { 204: Type.Null({ description: 'Lifted, now or before.' }) },
      },
    },
    async (request, reply) => {
      await liftOptOut(deps, ofBrand(request, 'opt-outs.change'), request.params.optOutId, request.body.reason)
      return reply.code(204).send(null)
    },
  )

  routes.get(
    '/opt-outs.csv',
    {
      schema: {
        tags: ['admin'],
        summary: 'All opt-outs as a file for spreadsheets',
        description: 'CSV, the newest first; no cell of it is a formula.',
        params: ofAccount,
        response: { 200: { description: 'text/csv', content: { 'text/csv': { schema: Type.String() } } } },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'opt-outs.read')
      return reply
        .headers({
          'content-type': 'text/csv; charset=utf-8; header=present',
          'content-disposition': `attachment; filename="opt-outs-${accountId}.csv"`,
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        })
        .send(Readable.from(linesOf(deps, caller, accountId)) as never)
    },
  )
}

/** In parts, since a brand may have millions. */
async function* linesOf(deps: Deps, caller: Caller, accountId: string): AsyncGenerator<string> {
  yield csvLine(['address', 'channel', 'opted_out_at', 'source', 'evidence', 'lifted_at', 'lifted_by'])
  const all: OptOutSearch = { search: null, channel: null, state: 'all' }
  let after: OptOutPlace | null = null
  do {
    const part = await listOptOuts(deps, caller, accountId, all, { after, limit: rowsOfOnePart })
    yield part.optOuts
      .map(shown)
      .map((one) => [one.address, one.channel, one.optedOutAt, one.source, one.evidence, one.liftedAt, one.liftedBy])
      .map(csvLine)
      .join('')
    after = part.next
  } while (after !== null)
}

/** The operator configures brands, and speaks for none of their consumers. */
function ofBrand(request: FastifyRequest, act: Act): UserCaller | CredentialCaller {
  const { caller } = permit(request, act)
  if (caller.kind !== 'user' && caller.kind !== 'credential') throw new Problem('forbidden')
  return caller
}

const shown = (one: OptOut): Static<typeof optOutAnswer> => ({
  ...one,
  optedOutAt: one.optedOutAt.toISOString(),
  liftedAt: one.liftedAt?.toISOString() ?? null,
})
