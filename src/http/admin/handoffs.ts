import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { type Static, Type } from 'typebox'
import { type SavedHandoff, saveHandoff } from '../../actions/save-handoff.ts'
import type { Deps } from '../../deps.ts'
import { draftOf, type HandoffDraft } from '../../domain/check-handoff.ts'
import { Problem } from '../../errors.ts'
import { configOf } from './config-of.ts'
import { handoffChannels } from './handoff-channels.ts'
import { permit } from './permit.ts'
import { handoffAnswer, handoffChange, newHandoff, ofAccount, ofHandoff } from './schemas.ts'

export function handoffs(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/handoffs',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the handoffs',
        params: ofAccount,
        response: { 200: Type.Object({ handoffs: Type.Array(handoffAnswer) }) },
      },
    },
    async (request) => {
      const config = await configOf(deps, permit(request, 'handoffs.read'))
      return {
        handoffs: [...config.handoffs.values()]
          .map((handoff) => shown({ handoffId: handoff.handoffId, ...draftOf(handoff) }))
          .sort((a, b) => a.title.localeCompare(b.title)),
      }
    },
  )

  routes.get(
    '/handoffs/:handoffId',
    {
      schema: { tags: ['admin'], summary: 'Show a handoff', params: ofHandoff, response: { 200: handoffAnswer } },
    },
    async (request) => {
      const config = await configOf(deps, permit(request, 'handoffs.read'))
      const handoff = config.handoffs.get(request.params.handoffId)
      if (handoff === undefined) throw new Problem('not-found')
      return shown({ handoffId: handoff.handoffId, ...draftOf(handoff) })
    },
  )

  routes.post(
    '/handoffs',
    {
      schema: {
        tags: ['admin'],
        summary: 'Add a handoff',
        description: 'Answers with its id, and with warnings about what could be better.',
        params: ofAccount,
        body: newHandoff,
        response: { 201: handoffAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'handoffs.change')
      return reply.code(201).send(shown(await saveHandoff(deps, caller, accountId, null, changeOf(request.body))))
    },
  )

  routes.patch(
    '/handoffs/:handoffId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change, disable or enable a handoff',
        description: 'What is given changes; channels are replaced as a whole.',
        params: ofHandoff,
        body: handoffChange,
        response: { 200: handoffAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'handoffs.change')
      return shown(await saveHandoff(deps, caller, accountId, request.params.handoffId, changeOf(request.body)))
    },
  )
}

function changeOf(body: Static<typeof handoffChange>): Partial<HandoffDraft> {
  const { channels, ...rest } = body
  return { ...rest, ...(channels === undefined ? {} : { channels: handoffChannels(channels) }) }
}

/** The same shape as comes in, so that what was read can be sent back changed. */
function shown(handoff: HandoffDraft & { handoffId: string; warnings?: SavedHandoff['warnings'] }) {
  return handoff as Static<typeof handoffAnswer>
}
