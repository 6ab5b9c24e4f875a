import fastifyCookie from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import type { Caller } from '../../domain/caller.ts'
import { Problem } from '../../errors.ts'
import { nonceBurner } from '../../store/nonces.ts'
import { callerOfSession } from '../../store/sessions.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { setCaller } from '../callers.ts'
import { exportsOfAccount } from '../exports/export-doors.ts'
import { isAccountId } from '../ivr/account-named.ts'
import { appJwts } from '../ivr/app-jwt.ts'
import { authenticator } from '../ivr/authenticate.ts'
import { doorRequestOf } from '../ivr/door-request.ts'
import { unauthenticated } from '../ivr/unauthenticated.ts'
import { operatorOf } from '../operator/operator-of.ts'
import { answerProblem } from '../problems.ts'
import { fromHere } from '../same-site.ts'
import { sessionCookies } from '../session-cookies.ts'
import { accountHealth } from './account-health.ts'
import { apiKeys } from './api-keys.ts'
import { apps } from './apps.ts'
import { audit } from './audit.ts'
import { cannedReplies } from './canned-replies.ts'
import { changeProblem } from './change-problem.ts'
import { connectorSetup } from './connector-setup.ts'
import { dataRights } from './data-rights.ts'
import { eligibilityTest } from './eligibility-test.ts'
import { handoffVersions } from './handoff-versions.ts'
import { handoffs } from './handoffs.ts'
import { internal } from './internal.ts'
import { jsonBody } from './json-body.ts'
import { optOuts } from './opt-outs.ts'
import { prices } from './prices.ts'
import { refuseUnstorable } from './refuse-unstorable.ts'
import { senders } from './senders.ts'
import { settings } from './settings.ts'
import { skills } from './skills.ts'
import { templates } from './templates.ts'
import { users } from './users.ts'
import { webhookDeliveries } from './webhook-deliveries.ts'
import { webhooks } from './webhooks.ts'

/**
 * A brand's configuration. Three may come in: its own people (session), its systems (an API key or app with the
 * privilege `admin`), and the deployment's operator; what each may do is said in `domain/policy.ts`.
 */
export async function admin(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  if (!app.hasRequestDecorator('cookies')) await app.register(fastifyCookie)
  const { whoAsks, bodyMatches } = adminCallers(deps)
  jsonBody(app, (request, raw) => {
    if (!bodyMatches(request, raw)) throw unauthenticated('body-hash')
  })
  app.setErrorHandler((error, request, reply) => answerProblem(deps, changeProblem(error), request, reply))
  app.addHook('onRequest', async (request) => setCaller(request, await whoAsks(request)))
  app.addHook('preValidation', refuseUnstorable)
  await app.register(
    async (scope) => {
      for (const noun of [
        settings,
        skills,
        senders,
        connectorSetup,
        templates,
        handoffs,
        apiKeys,
        apps,
        users,
        internal,
        audit,
        eligibilityTest,
        optOuts,
        accountHealth,
        handoffVersions,
        cannedReplies,
        exportsOfAccount,
        dataRights,
        prices,
        webhooks,
        webhookDeliveries,
      ]) {
        noun(scope, { deps })
      }
    },
    { prefix: '/api/admin/accounts/:accountId' },
  )
}

interface AdminCallers {
  /** @throws Problem `unauthenticated`, `forbidden`, `cross-site`; `not-found` for the operator when there is no such account. */
  whoAsks(request: FastifyRequest): Promise<Caller>
  /** False when the client has signed another body than came (OAuth 1.0a, `oauth_body_hash`). */
  bodyMatches(request: FastifyRequest, raw: Buffer): boolean
}

/**
 * No other site can make a browser send an Authorization header without asking us first, so only the cookie's way in is
 * guarded against it.
 */
function adminCallers(deps: Deps): AdminCallers {
  const operator = operatorOf(deps)
  const cookies = sessionCookies(deps)
  const authenticate = authenticator(deps, appJwts(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock))
  const burnNonce = nonceBurner(deps.db)
  const signed = new WeakMap<FastifyRequest, (raw: Uint8Array) => boolean>()
  const ours = new URL(deps.publicUrl).origin

  const byCredential = async (request: FastifyRequest, accountId: string): Promise<Caller> => {
    const { caller, bodyMatches, nonce } = await authenticate(doorRequestOf(request), accountId)
    if (nonce !== null && !(await burnNonce(nonce.accountId, nonce.appKey, nonce.stamp, nonce.nonce))) {
      throw unauthenticated('nonce-used')
    }
    if (bodyMatches !== null) signed.set(request, bodyMatches)
    return caller
  }

  const bySession = async (request: FastifyRequest): Promise<Caller> => {
    if (!['GET', 'HEAD'].includes(request.method) && !fromHere(request, ours)) throw new Problem('cross-site')
    const token = cookies.session(request)
    const caller = token === null ? null : await callerOfSession(deps.db, token)
    if (caller === null) throw unauthenticated('missing')
    return caller
  }

  return {
    async whoAsks(request) {
      if (request.headers.authorization === undefined) return bySession(request)
      const { accountId } = request.params as { accountId: string }
      const theOperator = operator(request)
      // A credential hears the same of another brand's account and of none: the authenticator sees to that.
      if (theOperator === null) return byCredential(request, accountId)
      if (!isAccountId(accountId) || (await deps.accounts.get(accountId)) === null) throw new Problem('not-found')
      return theOperator
    },
    bodyMatches: (request, raw) => signed.get(request)?.(raw) ?? true,
  }
}
