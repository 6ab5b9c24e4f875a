import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Caller } from '../../domain/caller.ts'
import { Problem } from '../../errors.ts'
import { callerOfSession } from '../../store/sessions.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { setCaller } from '../callers.ts'
import { appJwts } from '../ivr/app-jwt.ts'
import { authenticator } from '../ivr/authenticate.ts'
import { operatorOf } from '../operator/operator-of.ts'
import { answerProblem } from '../problems.ts'
import { fromHere } from '../same-site.ts'
import { sessionCookies } from '../session-cookies.ts'
import { apiKeys } from './api-keys.ts'
import { apps } from './apps.ts'
import { audit } from './audit.ts'
import { changeProblem } from './change-problem.ts'
import { handoffs } from './handoffs.ts'
import { internal } from './internal.ts'
import { refuseUnstorable } from './refuse-unstorable.ts'
import { senders } from './senders.ts'
import { settings } from './settings.ts'
import { skills } from './skills.ts'
import { templates } from './templates.ts'
import { users } from './users.ts'

/**
 * A brand's configuration. Three may come in: its own people (session), its systems (an API key or app with the
 * privilege `admin`), and the deployment's operator; what each may do is said in `domain/policy.ts`.
 */
export async function admin(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  if (!app.hasRequestDecorator('cookies')) await app.register(fastifyCookie)
  const whoAsks = adminCallers(deps)
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler((error, request, reply) => answerProblem(deps, changeProblem(error), request, reply))
  app.addHook('onRequest', async (request) => setCaller(request, await whoAsks(request)))
  app.addHook('preValidation', refuseUnstorable)
  await app.register(
    async (scope) => {
      for (const noun of [settings, skills, senders, templates, handoffs, apiKeys, apps, users, internal, audit]) {
        noun(scope, { deps })
      }
    },
    { prefix: '/api/admin/accounts/:accountId' },
  )
}

/**
 * No other site can make a browser send an Authorization header without asking us first, so only the cookie's way in is
 * guarded against it.
 */
function adminCallers(deps: Deps): (request: FastifyRequest) => Promise<Caller> {
  const operator = operatorOf(deps)
  const cookies = sessionCookies(deps)
  const credential = authenticator(deps, appJwts(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock))
  const ours = new URL(deps.publicUrl).origin
  return async (request) => {
    if (request.headers.authorization !== undefined) {
      const { accountId } = request.params as { accountId: string }
      const possible = /^[0-9]{1,20}$/.test(accountId)
      const theOperator = operator(request)
      // Only the operator learns which accounts there are: to a brand's credential another account and none are the same.
      if (theOperator === null && possible) return (await credential(request, accountId)).caller
      if (theOperator === null) throw new Problem('unauthenticated')
      if (!possible || (await deps.accounts.get(accountId)) === null) throw new Problem('not-found')
      return theOperator
    }
    if (!['GET', 'HEAD'].includes(request.method) && !fromHere(request, ours)) throw new Problem('cross-site')
    const token = cookies.session(request)
    const caller = token === null ? null : await callerOfSession(deps.db, token)
    if (caller === null) throw new Problem('unauthenticated')
    return caller
  }
}
