import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { deleteExportSchedule } from '../../actions/delete-export-schedule.ts'
import { runExportSchedule } from '../../actions/run-export-schedule.ts'
import { type ScheduleDraft, saveExportSchedule } from '../../actions/save-export-schedule.ts'
import type { Deps } from '../../deps.ts'
import type { ExportQuery } from '../../domain/export.ts'
import { listExportSchedules } from '../../store/export-schedules.ts'
import { lastOfSchedules } from '../../store/exports.ts'
import { userNames } from '../../store/user-names.ts'
import { problemAnswer } from '../problem-answer.ts'
import type { ExportDoor } from './export-door.ts'
import { newSchedule, scheduleAnswer, scheduleChange } from './export-schemas.ts'
import { presentSchedule } from './present-export.ts'

/** Exports made again and again, and put where the brand's systems find them. */
export function scheduleRoutes(scope: FastifyInstance, { deps, door }: { deps: Deps; door: ExportDoor }): void {
  const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
  const { params, paramsWith, who } = door
  const one = paramsWith('scheduleId')
  const idOf = (request: { params: unknown }) => (request.params as { scheduleId: string }).scheduleId

  const presented = async (accountId: string): Promise<Static<typeof scheduleAnswer>[]> => {
    const [schedules, last, names] = await Promise.all([
      listExportSchedules(deps.db, accountId),
      lastOfSchedules(deps.db, accountId),
      userNames(deps.db, accountId),
    ])
    return schedules.map((schedule) => presentSchedule(schedule, last.get(schedule.scheduleId), names))
  }

  routes.get(
    '/export-schedules',
    {
      schema: {
        tags: ['exports'],
        summary: 'List the schedules of exports',
        description: 'Each with what became of its newest export.',
        params,
        response: {
          200: Type.Object({
            schedules: Type.Array(scheduleAnswer),
            folder: Type.Boolean({ description: 'Whether this deployment has a folder for exports.' }),
          }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request) => {
      const { accountId } = who(request, 'export-schedules.read')
      return { schedules: await presented(accountId), folder: deps.config.exportFolder !== null }
    },
  )

  routes.post(
    '/export-schedules',
    {
      schema: {
        tags: ['exports'],
        summary: 'Add a schedule',
        description:
          'Each period of the time zone’s calendar gets exactly one file, whose name tells the period: what is tried again replaces it.',
        params,
        body: newSchedule,
        response: { 201: scheduleAnswer, '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'export-schedules.change')
      const { change, secret } = draftOf(request.body, {})
      const saved = await saveExportSchedule(deps, caller, accountId, null, change, secret)
      return reply.code(201).send(presentSchedule(saved, undefined, new Map()))
    },
  )

  routes.patch(
    '/export-schedules/:scheduleId',
    {
      schema: {
        tags: ['exports'],
        summary: 'Change a schedule',
        description: 'The secret stays unless the endpoint or the access key changes.',
        params: one,
        body: scheduleChange,
        response: { 200: scheduleAnswer, '4xx': problemAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = who(request, 'export-schedules.change')
      const scheduleId = idOf(request)
      const before = (await listExportSchedules(deps.db, accountId)).find((known) => known.scheduleId === scheduleId)
      const { change, secret } = draftOf(request.body, before?.query ?? {})
      const saved = await saveExportSchedule(deps, caller, accountId, scheduleId, change, secret)
      const last = (await lastOfSchedules(deps.db, accountId)).get(scheduleId)
      return presentSchedule(saved, last, await userNames(deps.db, accountId))
    },
  )

  routes.post(
    '/export-schedules/:scheduleId/run',
    {
      schema: {
        tags: ['exports'],
        summary: 'Make the file of the last period now',
        description: 'To try a destination, or after a mend. A file that is there already is replaced.',
        params: one,
        response: { 202: Type.Object({ exportId: Type.String() }), '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'export-schedules.change')
      return reply.code(202).send(await runExportSchedule(deps, caller, accountId, idOf(request)))
    },
  )

  routes.delete(
    '/export-schedules/:scheduleId',
    {
      schema: {
        tags: ['exports'],
        summary: 'Delete a schedule',
        description: 'Files that it has made stay.',
        params: one,
        response: { 204: Type.Null({ description: 'Deleted.' }), '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = who(request, 'export-schedules.change')
      await deleteExportSchedule(deps, caller, accountId, idOf(request))
      return reply.code(204).send(null)
    },
  )
}

type Draft = Partial<Static<typeof newSchedule>>

/** The parts given; those of the query join what it was. */
function draftOf(body: Draft, before: ExportQuery): { change: Partial<ScheduleDraft>; secret: string | undefined } {
  const { filters, groupBy, repeatDays, secretAccessKey, ...rest } = body
  const given = { filters, groupBy, repeatDays, timeZone: rest.timeZone }
  const query = { ...before, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
  return { change: { ...rest, query } as Partial<ScheduleDraft>, secret: secretAccessKey }
}
