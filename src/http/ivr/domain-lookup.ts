import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import type { AccountConfig } from '../../domain/account.ts'
import { Problem } from '../../errors.ts'
import { answerWithin } from '../../store/answer-within.ts'
import { accountNamed } from './account-named.ts'
import { contractErrorResponses } from './contract-error-responses.ts'
import { homeOf } from './home-of.ts'

/** The original's names, which are case-sensitive, of what this server does; all of it behind one host. */
const serviceNames = ['connectToMessagingDomain', 'sentinel'] as const

const domain = Type.Object({
  service: Type.String({ examples: ['connectToMessagingDomain'] }),
  account: Type.String({ examples: ['12345678'] }),
  baseURI: Type.String({ description: 'Host, without a scheme.', examples: ['va.c2m.example.com'] }),
})
const accountId = Type.String({ examples: ['12345678'] })
const querystring = Type.Object({ version: Type.Literal('1.0', { examples: ['1.0'] }) })

/** Where an account lives: the domain lookup of the original (reference section 5). Public, as there: it tells no secret. */
export function domainLookup(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  const locate = async (request: FastifyRequest): Promise<{ account: AccountConfig; host: string }> => {
    if ((request.query as { version?: unknown }).version !== '1.0') throw new Problem('invalid-version')
    const found = accountNamed(deps, (request.params as { accountId: string }).accountId)
    const account = found instanceof Promise ? await answerWithin(deps.config.eligibilityDeadlineMs, found) : found
    const host = account === null ? null : homeOf(deps, account)
    if (account === null || host === null) throw new Problem('not-found')
    return { account, host }
  }
  const schema = {
    tags: ['Domain lookup'],
    querystring,
    security: [],
  }

  scope.get(
    '/:accountId/service/:serviceName/baseURI.json',
    {
      // The version is wrong by its own number, which a schema's fault would not have.
      validatorCompiler: () => () => true,
      schema: {
        ...schema,
        summary: 'Host of one service of an account',
        params: Type.Object({ accountId, serviceName: Type.String({ enum: [...serviceNames] }) }),
        response: { 200: domain, ...contractErrorResponses([400, 404]) },
      },
    },
    async (request) => {
      const { account, host } = await locate(request)
      const { serviceName } = request.params as { serviceName: string }
      if (!(serviceNames as readonly string[]).includes(serviceName)) throw new Problem('not-found')
      return { service: serviceName, account: account.accountId, baseURI: host }
    },
  )

  scope.get(
    '/:accountId/service/baseURI.json',
    {
      validatorCompiler: () => () => true,
      schema: {
        ...schema,
        summary: 'Hosts of all services of an account',
        params: Type.Object({ accountId }),
        response: { 200: Type.Object({ baseURIs: Type.Array(domain) }), ...contractErrorResponses([400, 404]) },
      },
    },
    async (request) => {
      const { account, host } = await locate(request)
      return {
        baseURIs: serviceNames.map((service) => ({ service, account: account.accountId, baseURI: host })),
      }
    },
  )
}
