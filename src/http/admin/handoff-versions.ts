import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { saveHandoff } from '../../actions/save-handoff.ts'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { listVersions, readVersion } from '../../store/handoff-versions.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { handoffAnswer, ofHandoff, strict } from './schemas.ts'

const { handoffId: _id, warnings: _warnings, ...state } = handoffAnswer.properties
const versionsAnswer = Type.Object({
  versions: Type.Array(
    Type.Object({
      version: Type.Integer({ description: 'From 1; the first of the list is what the handoff is now.' }),
      at: Type.String({ format: 'date-time' }),
      actor: Type.String({ description: 'operator, system, user:<id> or credential:<id>.' }),
      actorName: Type.Union([Type.String(), Type.Null()]),
      handoff: Type.Object(state),
    }),
    { description: 'The newest 100, newest first.' },
  ),
})

/** What a handoff has been, who left it so, and the way back. */
export function handoffVersions(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/handoffs/:handoffId/versions',
    {
      schema: {
        tags: ['admin'],
        summary: 'Show what a handoff has been, and who changed it',
        params: ofHandoff,
        response: { 200: versionsAnswer },
      },
    },
    async (request) => {
      const permitted = permit(request, 'handoffs.read')
      const { handoffId } = request.params
      if (!(await configOf(deps, permitted)).handoffs.has(handoffId)) throw new Problem('not-found')
      const versions = await listVersions(deps.db, permitted.accountId, handoffId)
      return {
        versions: versions.map((one) => ({ ...one, at: one.at.toISOString() })) as unknown as Static<
          typeof versionsAnswer
        >['versions'],
      }
    },
  )

  routes.post(
    '/handoffs/:handoffId/restore',
    {
      schema: {
        tags: ['admin'],
        summary: 'Make a handoff what it was in a version',
        description:
          'It is judged as any change: 400 says what the version rests on and is gone. Whether it is enabled stays as it is now. The restored state is a version of its own.',
        params: ofHandoff,
        body: strict({ version: Type.Integer({ minimum: 1, maximum: 1_000_000 }) }),
        response: { 200: handoffAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'handoffs.change')
      const { handoffId } = request.params
      const version = await readVersion(deps.db, accountId, handoffId, request.body.version)
      if (version === null) throw new Problem('not-found')
      const { enabled: _enabled, ...change } = version
      return (await saveHandoff(deps, caller, accountId, handoffId, change)) as Static<typeof handoffAnswer>
    },
  )
}
