import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { testEligibility } from '../../actions/test-eligibility.ts'
import type { Deps } from '../../deps.ts'
import { channels } from '../../domain/channel.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount, strict } from './schemas.ts'

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()])

const testAnswer = Type.Object({
  eligible: Type.Boolean(),
  availableChannels: Type.Array(Type.Enum(channels)),
  problem: orNull(Type.String({ description: 'What an IVR would be refused with; docs/errors.md explains each.' })),
  rules: Type.Array(
    Type.Object({
      rule: Type.String(),
      channel: orNull(Type.Enum(channels, { description: 'Null: of the call as a whole.' })),
      passed: orNull(Type.Boolean({ description: 'Null: not looked at, since a rule before has said no.' })),
      sentence: Type.String(),
      source: Type.Enum(['configuration', 'records', 'provider'] as const, { description: 'What the rule rests on.' }),
      ms: Type.Number({ description: 'That took so long; rules that rest on the same share it.' }),
    }),
    { description: 'Every rule, in the order in which it counts.' },
  ),
  totalMs: Type.Number(),
})

export function eligibilityTest(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/eligibility-test',
    {
      schema: {
        tags: ['admin'],
        summary: 'Test eligibility rule by rule',
        description: 'What an IVR would be answered just now, and why. Stores nothing, and no call comes of it.',
        params: ofAccount,
        body: strict({
          phone: Type.String({ maxLength: 40, description: 'International: +1 206 555 0100.' }),
          handoffId: Type.String({ minLength: 1, maxLength: 16 }),
          skill: Type.String({ minLength: 1, maxLength: 255 }),
          ivrNumber: Type.Optional(orNull(Type.String({ maxLength: 32 }))),
          consumerId: Type.Optional(orNull(Type.String({ maxLength: 255, description: 'In-app handoffs need it.' }))),
          templateVariables: Type.Optional(Type.Unknown({ description: 'As at eligibility.' })),
        }),
        response: { 200: testAnswer },
      },
    },
    async (request) => {
      const permitted = permit(request, 'eligibility.test')
      const config = await configOf(deps, permitted)
      const tested = await testEligibility(deps, permitted.caller, config, request.body)
      return { ...tested, availableChannels: [...tested.availableChannels], rules: [...tested.rules] }
    },
  )
}
