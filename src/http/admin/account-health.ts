import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { healthOf, healthSubjects } from '../../domain/account-health.ts'
import { failingSchedules } from '../../store/failing-schedules.ts'
import { listWebhooks } from '../../store/webhook-endpoints.ts'
import { configOf } from './config-of.ts'
import { permit } from './permit.ts'
import { ofAccount } from './schemas.ts'

/** The strip that says whether everything can send. */
export function accountHealth(app: FastifyInstance, { deps }: { deps: Deps }): void {
  app.withTypeProvider<TypeBoxTypeProvider>().get(
    '/health',
    {
      schema: {
        tags: ['admin'],
        summary: 'What keeps the brand from sending, in sentences',
        params: ofAccount,
        response: {
          200: Type.Object({
            sentences: Type.Array(
              Type.Object({
                level: Type.Enum(['error', 'warning'] as const),
                about: Type.Enum(healthSubjects),
                id: Type.Union([Type.String(), Type.Null()]),
                sentence: Type.String(),
              }),
              { description: 'Errors first; empty: everything can send.' },
            ),
          }),
        },
      },
    },
    async (request) => {
      const permitted = permit(request, 'account-health.read')
      const config = await configOf(deps, permitted)
      const isDown = (senderId: string) => deps.circuits.state(config.accountId, senderId) === 'open'
      const [webhooks, schedules] = await Promise.all([
        listWebhooks(deps.db, config.accountId),
        failingSchedules(deps.db, config.accountId),
      ])
      return { sentences: [...healthOf(config, isDown, { webhooks, schedules })] }
    },
  )
}
