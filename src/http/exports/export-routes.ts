import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { type Static, Type } from 'typebox'
import { discardExport } from '../../actions/discard-export.ts'
import { exportAtOnce } from '../../actions/export-at-once.ts'
import { type FetchedExport, fetchExport } from '../../actions/fetch-export.ts'
import { startExport } from '../../actions/start-export.ts'
import type { Deps } from '../../deps.ts'
import { type ExportWanted, formatTypes, rowsAtOnce } from '../../domain/export.ts'
import { isTimeZone } from '../../domain/time-zone.ts'
import { Problem } from '../../errors.ts'
import { findExport, listExports } from '../../store/exports.ts'
import { userNames } from '../../store/user-names.ts'
import { problemAnswer } from '../problem-answer.ts'
import type { ExportDoor } from './export-door.ts'
import { exportAnswer, exportWanted } from './export-schemas.ts'
import { presentExport } from './present-export.ts'

const shown = 100
const fileAnswer = {
  description: 'The file, as an attachment.',
  content: Object.fromEntries(
    Object.values(formatTypes).map((type) => [type.split(';')[0]!, { schema: Type.String({ format: 'binary' }) }]),
  ),
}

/** Files of the brand's data: asked for, followed, fetched, taken away. */
export function exportRoutes(scope: FastifyInstance, { deps, door }: { deps: Deps; door: ExportDoor }): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
  const { params, paramsWith, who } = door
  const one = paramsWith('exportId')
  const idOf = (request: { params: unknown }) => (request.params as { exportId: string }).exportId

  routes.get(
    '/exports',
    {
      schema: {
        tags: ['exports'],
        summary: 'List the exports, the newest first',
        description: `The newest ${shown}, with how far each has come.`,
        params,
        response: { 200: Type.Object({ exports: Type.Array(exportAnswer) }), '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { accountId } = who(request, 'exports.read')
      const [exports, names] = await Promise.all([
        listExports(deps.db, accountId, shown),
        userNames(deps.db, accountId),
      ])
      return { exports: exports.map((found) => presentExport(found, names)) }
    },
  )

  routes.post(
    '/exports',
    {
      schema: {
        tags: ['exports'],
        summary: 'Ask for an export',
        description:
          'It is made as soon as it is its turn, one at a time for each brand; ten may wait. A year of calls takes minutes, and no more memory than a day.',
        params,
        body: exportWanted,
        response: { 202: Type.Object({ exportId: Type.String() }), '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'exports.change')
      return reply.code(202).send(await startExport(deps, caller, accountId, wantedOf(request.body)))
    },
  )

  routes.post(
    '/exports/at-once',
    {
      schema: {
        tags: ['exports'],
        summary: 'A small export, answered at once',
        description: `At most ${rowsAtOnce} rows; what is larger is asked for as an export. A POST, so that no filter stands in an address.`,
        params,
        body: exportWanted,
        response: { 200: fileAnswer, '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'exports.change')
      return answerFile(reply, await exportAtOnce(deps, caller, accountId, wantedOf(request.body)))
    },
  )

  routes.get(
    '/exports/:exportId',
    {
      schema: {
        tags: ['exports'],
        summary: 'How far an export has come',
        params: one,
        response: { 200: exportAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { accountId } = who(request, 'exports.read')
      const found = await findExport(deps.db, accountId, idOf(request))
      if (found === null) throw new Problem('not-found')
      return presentExport(found, await userNames(deps.db, accountId))
    },
  )

  routes.get(
    '/exports/:exportId/file',
    {
      schema: {
        tags: ['exports'],
        summary: 'Fetch the file of an export',
        description:
          'Once it is done, for as long as it is kept. One with whole numbers is for those who may read them.',
        params: one,
        response: { 200: fileAnswer, '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'exports.read')
      return answerFile(reply, await fetchExport(deps, caller, accountId, idOf(request)))
    },
  )

  routes.delete(
    '/exports/:exportId',
    {
      schema: {
        tags: ['exports'],
        summary: 'Cancel an export, or take it away',
        description: 'One that waits or is being made is cancelled; one that has ended goes, with its file.',
        params: one,
        response: { 204: Type.Null({ description: 'Cancelled or gone.' }), '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'exports.change')
      await discardExport(deps, caller, accountId, idOf(request))
      return reply.code(204).send(null)
    },
  )
}

/** @throws Problem `invalid-request` */
export function wantedOf(body: Static<typeof exportWanted>): ExportWanted {
  const { kind, format, from = null, to = null, ...query } = body
  demandTimeZone(query.timeZone)
  return {
    kind,
    format,
    from: from === null ? null : new Date(from),
    to: to === null ? null : new Date(to),
    query: query as ExportWanted['query'],
  }
}

/** @throws Problem `invalid-request` */
export function demandTimeZone(timeZone: string | undefined): void {
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    throw new Problem('invalid-request', { details: ['The time zone must be a name such as Europe/London.'] })
  }
}

/** Always a download, never a page of this site; it is read as fast as it is fetched. */
function answerFile(reply: FastifyReply, { file, bytes, name, format }: FetchedExport): FastifyReply {
  return reply
    .headers({
      'content-type': formatTypes[format],
      'content-length': String(bytes),
      'content-disposition': `attachment; filename="${name}"`,
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'private, no-store',
    })
    .send(file.createReadStream() as never)
}
