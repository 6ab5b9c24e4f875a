import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { refuseUnstorable } from '../admin/refuse-unstorable.ts'
import { brandDoor } from '../reports/report-door.ts'
import { reportsAt } from '../reports/reports.ts'
import { analytics } from './analytics.ts'
import { entrance } from './entrance.ts'
import { handoffLists } from './handoff-lists.ts'
import { answerRefusal } from './refusal.ts'
import { transactions } from './transactions.ts'

/**
 * The published reporting and handoff APIs (reference c2m.md, sections 8 and 9): a brand's systems ask what became of
 * its calls.
 */
export async function brand(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  app.setErrorHandler((error, request, reply) => answerRefusal(deps, error, request, reply))
  entrance(app, deps)
  app.addHook('preValidation', refuseUnstorable)
  await app.register(
    async (scope) => {
      analytics(scope, { deps })
      transactions(scope, { deps })
      handoffLists(scope, { deps })
      reportsAt(scope, deps, brandDoor)
    },
    { prefix: '/api/account/:accountId/app' },
  )
}
