import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { saveSkill } from '../../actions/save-skill.ts'
import type { Deps } from '../../deps.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, ofUuid, strict, title } from './schemas.ts'
import { skillWorkChange, skillWorkFields } from './skill-work.ts'

const skillAnswer = Type.Object({
  skillId: Type.String(),
  name: Type.String(),
  enabled: Type.Boolean(),
  engaged: Type.Boolean({ description: 'Switched on for deflection: an IVR may name it.' }),
  ...skillWorkFields,
})

export function skills(app: FastifyInstance, { deps }: { deps: Deps }): void {
  const routes = app.withTypeProvider<TypeBoxTypeProvider>()

  routes.get(
    '/skills',
    {
      schema: {
        tags: ['admin'],
        summary: 'List the skills',
        params: ofAccount,
        response: { 200: Type.Object({ skills: Type.Array(skillAnswer) }) },
      },
    },
    async (request) => ({ skills: [...(await configOf(deps, permit(request, 'skills.read'))).skills.values()] }),
  )

  routes.post(
    '/skills',
    {
      schema: {
        tags: ['admin'],
        summary: 'Add a skill',
        params: ofAccount,
        body: strict({ name: title, engaged: Type.Optional(Type.Boolean()), ...skillWorkChange }),
        response: { 201: skillAnswer },
      },
    },
    async (request, reply) => {
      const { caller, accountId } = permit(request, 'skills.change')
      return reply.code(201).send(await saveSkill(deps, caller, accountId, null, request.body))
    },
  )

  routes.patch(
    '/skills/:skillId',
    {
      schema: {
        tags: ['admin'],
        summary: 'Change a skill: its name, whether it is on, and how its conversations are worked on',
        params: ofUuid('skillId'),
        body: strict({
          name: Type.Optional(title),
          enabled: Type.Optional(Type.Boolean()),
          engaged: Type.Optional(Type.Boolean()),
          ...skillWorkChange,
        }),
        response: { 200: skillAnswer },
      },
    },
    async (request) => {
      const { caller, accountId } = permit(request, 'skills.change')
      return saveSkill(deps, caller, accountId, request.params.skillId, request.body)
    },
  )
}
