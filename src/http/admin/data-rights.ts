import { Readable } from 'node:stream'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { exportPerson } from '../../actions/export-person.ts'
import { findPerson } from '../../actions/find-person.ts'
import { listErasures, readErasure } from '../../actions/list-erasures.ts'
import { requestErasure } from '../../actions/request-erasure.ts'
import type { Erasure } from '../../data-rights/erasures.ts'
import type { Deps } from '../../deps.ts'
import type { CredentialCaller, UserCaller } from '../../domain/caller.ts'
import { type NamedPerson, readNamedPerson } from '../../domain/named-person.ts'
import type { Act } from '../../domain/policy.ts'
import { Problem } from '../../errors.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict } from './schemas.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])
const time = Type.String({ format: 'date-time' })

const personNamed = strict({
  phone: Type.Optional(orNull(Type.String({ maxLength: 40, description: 'E.164.' }))),
  consumerId: Type.Optional(
    orNull(Type.String({ minLength: 1, maxLength: 255, description: 'Your own id of them in the app.' })),
  ),
  linked: Type.Optional(
    Type.Boolean({
      description:
        'Usually true: consumer ids that called from the number, or numbers that called with the id, are the same person.',
    }),
  ),
})

const erasureAnswer = Type.Object({
  erasureId: Type.String(),
  requestedAt: time,
  requestedBy: Type.String({ description: 'operator, system, user:<id> or credential:<id>.' }),
  state: Type.Enum(['waiting', 'erasing', 'done'] as const),
  found: Type.Integer({ description: 'Calls and conversations, as counted when the work began.' }),
  erased: Type.Record(Type.String(), Type.Integer(), { description: 'Rows so far, by table.' }),
  elsewhere: Type.Array(Type.String(), {
    description: 'Files in your own bucket that may hold the person, which only you can delete.',
  }),
  finishedAt: orNull(time),
})

const newest = 100

/** A person's rights: to know what is held of them, to have it, and to be forgotten. No number stands in any address. */
export function dataRights(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.post(
    '/consumers/find',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show what is held of a person',
        description: 'By number or consumer id: every address of theirs, and how many rows each kind of data has.',
        params: ofAccount,
        body: personNamed,
        response: {
          200: Type.Object({
            addresses: Type.Array(
              Type.Object({
                address: Type.String(),
                kind: Type.Enum(['phone', 'consumer-id', 'whatsapp-id'] as const),
                named: Type.Boolean({ description: 'False: found with the one that was named.' }),
              }),
            ),
            holds: Type.Array(Type.Object({ table: Type.String(), title: Type.String(), rows: Type.Integer() })),
            erasures: Type.Array(erasureAnswer),
          }),
        },
      },
    },
    async (request) => {
      const found = await findPerson(deps, ofBrand(request, 'consumers.export'), namedIn(request.body))
      return {
        addresses: [...found.addresses],
        holds: [...found.holds],
        erasures: found.erasures.map(shown),
      }
    },
  )

  routes.post(
    '/consumers/archive',
    {
      schema: {
        tags: ['admin'],
        summary: 'Export everything that is held of a person',
        description: 'A ZIP archive: person.json with every row, and the files. Noted in the audit log.',
        params: ofAccount,
        body: personNamed,
        response: {
          200: {
            description: 'application/zip',
            content: { 'application/zip': { schema: Type.String({ format: 'binary' }) } },
          },
        },
      },
    },
    async (request, reply) => {
      const parts = await exportPerson(deps, ofBrand(request, 'consumers.export'), namedIn(request.body))
      return reply
        .headers({
          'content-type': 'application/zip',
          // The number is in the archive, not in its name.
          'content-disposition': 'attachment; filename="person.zip"',
          'x-content-type-options': 'nosniff',
          'cache-control': 'private, no-store',
        })
        .send(Readable.from(parts) as never)
    },
  )

  routes.post(
    '/erasures',
    {
      schema: {
        tags: ['admin'],
        summary: 'Erase a person',
        description:
          'Everywhere, within a minute: open conversations are closed, calls stay without the person so that reports count on as before, an opt-out stays as a keyed hash and binds when they call again. Cannot be undone.',
        params: ofAccount,
        body: personNamed,
        response: { 202: Type.Object({ erasureId: Type.String() }) },
      },
    },
    async (request, reply) => {
      const answer = await requestErasure(deps, ofBrand(request, 'consumers.erase'), namedIn(request.body))
      return reply.code(202).send(answer)
    },
  )

  routes.get(
    '/erasures',
    {
      schema: {
        tags: ['admin'],
        summary: 'List erasures',
        description: `The newest ${newest}, with how far each has come. Whose they were is not kept.`,
        params: ofAccount,
        response: { 200: Type.Object({ erasures: Type.Array(erasureAnswer) }) },
      },
    },
    async (request) => {
      const erasures = await listErasures(deps, ofBrand(request, 'consumers.erase'), newest)
      return { erasures: erasures.map(shown) }
    },
  )

  routes.get(
    '/erasures/:erasureId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show one erasure',
        params: ofUuid('erasureId'),
        response: { 200: erasureAnswer },
      },
    },
    async (request) => shown(await readErasure(deps, ofBrand(request, 'consumers.erase'), request.params.erasureId)),
  )
}

/** The operator configures brands, and sees nothing of their consumers: `c2m person` on the machine itself is its way. */
function ofBrand(request: FastifyRequest, act: Act): UserCaller | CredentialCaller {
  const { caller } = permit(request, act)
  if (caller.kind !== 'user' && caller.kind !== 'credential') throw new Problem('forbidden')
  return caller
}

/** @throws Problem `invalid-request` */
function namedIn(body: Static<typeof personNamed>): NamedPerson {
  const read = readNamedPerson(body)
  if ('faults' in read) throw new Problem('invalid-request', { details: [...read.faults] })
  return read
}

const shown = (one: Erasure): Static<typeof erasureAnswer> => ({
  ...one,
  erased: { ...one.erased },
  elsewhere: [...one.elsewhere],
  requestedAt: one.requestedAt.toISOString(),
  finishedAt: one.finishedAt?.toISOString() ?? null,
})
