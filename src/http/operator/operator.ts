import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { Problem } from '../../errors.ts'
import { changeProblem } from '../admin/change-problem.ts'
import { jsonBody } from '../admin/json-body.ts'
import { refuseUnstorable } from '../admin/refuse-unstorable.ts'
import { setCaller } from '../callers.ts'
import { answerProblem } from '../problems.ts'
import { accounts } from './accounts.ts'
import { operatorOf } from './operator-of.ts'

/** The operator's doors: the brands of this deployment. Bearer OPERATOR_TOKEN, and nobody else. */
export async function operator(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const whoIs = operatorOf(deps)
  jsonBody(app)
  app.setErrorHandler((error, request, reply) => answerProblem(deps, changeProblem(error), request, reply))
  app.addHook('onRequest', async (request) => {
    const caller = whoIs(request)
    if (caller === null) throw new Problem('unauthenticated', { headers: { 'www-authenticate': 'Bearer' } })
    setCaller(request, caller)
  })
  app.addHook('preValidation', refuseUnstorable)
  await app.register(async (scope) => accounts(scope, { deps }), { prefix: '/api/operator' })
}
