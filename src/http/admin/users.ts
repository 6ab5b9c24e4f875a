import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { type SavedUser, saveUser } from '../../actions/save-user.ts'
import type { Deps } from '../../deps.ts'
import { capacityRange } from '../../domain/routing.ts'
import { listUsers } from '../../store/users.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { email, ofAccount, ofUuid, role, strict, title } from './schemas.ts'

const capacity = (description: string) =>
  Type.Union([Type.Integer({ minimum: 0, maximum: capacityRange.most }), Type.Null()], { description })
const userFields = {
  userId: Type.String(),
  email: Type.String(),
  name: Type.String(),
  role,
  enabled: Type.Boolean(),
  capacity: capacity('Conversations at once; null: what the settings say for every agent.'),
  skills: Type.Array(Type.String()),
}
const userAnswer = Type.Object({
  ...userFields,
  password: Type.Optional(Type.String({ description: 'The generated password, shown this once.' })),
})
const skillNames = Type.Array(title, { maxItems: 200, uniqueItems: true })

export function users(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/users',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the users',
        params: ofAccount,
        response: { 200: Type.Object({ users: Type.Array(Type.Object(userFields)) }) },
      },
    },
    async (request) => {
      const permitted = permit(request, 'users.read')
      const config = await configOf(deps, permitted)
      const rows = await listUsers(deps.db, permitted.accountId)
      return {
        users: rows.map(({ skillIds, ...user }) => ({
          ...user,
          skills: skillIds.map((skillId) => config.skills.get(skillId)?.name ?? skillId),
        })),
      }
    },
  )

  routes.post(
    '/users',
    {
      schema: {
        tags: ['admin'],
        summary: 'Add a user',
        description: 'A password is generated and shown this once.',
        params: ofAccount,
        body: strict({
          email,
          name: Type.Optional(title),
          role,
          skills: Type.Optional(skillNames),
          capacity: Type.Optional(userFields.capacity),
        }),
        response: { 201: userAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'users.change')
      return reply.code(201).send(shown(await saveUser(deps, caller, accountId, null, request.body)))
    },
  )

  routes.patch(
    '/users/:userId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change, disable or enable a user',
        description: 'A disabled user is signed out everywhere.',
        params: ofUuid('userId'),
        body: strict({
          name: Type.Optional(title),
          role: Type.Optional(role),
          enabled: Type.Optional(Type.Boolean()),
          capacity: Type.Optional(userFields.capacity),
          skills: Type.Optional(skillNames),
        }),
        response: { 200: userAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'users.change')
      return shown(await saveUser(deps, caller, accountId, request.params.userId, request.body))
    },
  )

  routes.post(
    '/users/:userId/password',
    {
      schema: {
        tags: ['admin'],
        summary: 'Give a user a new password',
        description: 'It is generated and shown this once; the user is signed out everywhere.',
        params: ofUuid('userId'),
        response: { 200: userAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'users.change')
      return shown(await saveUser(deps, caller, accountId, request.params.userId, { newPassword: true }))
    },
  )
}

const shown = ({ password, skills, ...user }: SavedUser) => ({
  ...user,
  skills: [...skills],
  ...(password === null ? {} : { password }),
})
