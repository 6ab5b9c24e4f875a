import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { deleteCannedReply } from '../../actions/delete-canned-reply.ts'
import { saveCannedReply } from '../../actions/save-canned-reply.ts'
import type { Deps } from '../../deps.ts'
import { cannedVariables } from '../../domain/canned-reply.ts'
import { listCannedReplies } from '../../store/canned-replies.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict, uuid } from './schemas.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const required = {
  title: Type.String({ minLength: 1, maxLength: 100 }),
  shortcut: Type.String({ minLength: 1, maxLength: 32, description: 'What follows the slash.' }),
  text: Type.String({
    minLength: 1,
    maxLength: 4096,
    description: `May hold {{variables}}: ${cannedVariables.join(', ')}.`,
  }),
}
const optional = {
  skillId: Type.Optional(orNull({ ...uuid, description: 'Null: for every skill.' })),
  language: Type.Optional(orNull(Type.String({ maxLength: 6, description: 'Like en or pt-BR; null: any.' }))),
}
const cannedReplyAnswer = Type.Object({
  cannedReplyId: Type.String(),
  ...required,
  skillId: orNull(Type.String()),
  language: orNull(Type.String()),
})

export function cannedReplies(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/canned-replies',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the canned replies',
        params: ofAccount,
        response: { 200: Type.Object({ cannedReplies: Type.Array(cannedReplyAnswer) }) },
      },
    },
    async (request) => {
      const permitted = permit(request, 'canned-replies.read')
      const { accountId } = await configOf(deps, permitted)
      return { cannedReplies: [...(await listCannedReplies(deps.db, accountId, null))] }
    },
  )

  routes.post(
    '/canned-replies',
    {
      schema: {
        tags: ['admin'],
        summary: 'Add a canned reply',
        params: ofAccount,
        body: strict({ ...required, ...optional }),
        response: { 201: cannedReplyAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'canned-replies.change')
      return reply.code(201).send(await saveCannedReply(deps, caller, accountId, null, request.body))
    },
  )

  routes.patch(
    '/canned-replies/:cannedReplyId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change a canned reply',
        params: ofUuid('cannedReplyId'),
        body: Type.Partial(strict({ ...required, ...optional }), { additionalProperties: false }),
        response: { 200: cannedReplyAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'canned-replies.change')
      return saveCannedReply(deps, caller, accountId, request.params.cannedReplyId, request.body)
    },
  )

  routes.delete(
    '/canned-replies/:cannedReplyId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Delete a canned reply',
        params: ofUuid('cannedReplyId'),
        response: { 204: Type.Null({ description: 'Deleted.' }) },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'canned-replies.change')
      await deleteCannedReply(deps, caller, accountId, request.params.cannedReplyId)
      return reply.code(204).send(null)
    },
  )
}
