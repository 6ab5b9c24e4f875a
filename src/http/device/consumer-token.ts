import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { vouchConsumer } from '../../actions/vouch-consumer.ts'
import type { Deps } from '../../deps.ts'
import { nonceBurner } from '../../store/nonces.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { jsonBody } from '../admin/json-body.ts'
import { refuseUnstorable } from '../admin/refuse-unstorable.ts'
import { callerOf, setCaller } from '../callers.ts'
import { isAccountId } from '../ivr/account-named.ts'
import { appJwts } from '../ivr/app-jwt.ts'
import { authenticator } from '../ivr/authenticate.ts'
import { doorRequestOf } from '../ivr/door-request.ts'
import { unauthenticated } from '../ivr/unauthenticated.ts'
import { problemAnswer } from '../problem-answer.ts'
import { rateLimiter } from '../rate-limiter.ts'
import type { ConsumerTokens } from './consumer-tokens.ts'

/** A brand whose app is opened fifty times a second has millions of consumers. */
const rate = { name: 'consumer-token', points: 50, seconds: 1 }

/** Where the brand's backend vouches for a consumer: an API key or an AppJWT with the privilege `consumers.vouch`. */
export function consumerToken(scope: FastifyInstance, { deps, tokens }: { deps: Deps; tokens: ConsumerTokens }): void {
  const authenticate = authenticator(deps, appJwts(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock))
  const burnNonce = nonceBurner(deps.db)
  const checkRate = rateLimiter(deps, rate)
  const signed = new WeakMap<FastifyRequest, (raw: Uint8Array) => boolean>()

  jsonBody(scope, (request, raw) => {
    if (signed.get(request)?.(raw) === false) throw unauthenticated('body-hash')
  })
  scope.addHook('preValidation', refuseUnstorable)
  scope.addHook('onRequest', async (request) => {
    const { accountId } = request.params as { accountId: string }
    if (!isAccountId(accountId)) throw unauthenticated('unknown-key')
    const { caller, bodyMatches, nonce } = await authenticate(doorRequestOf(request), accountId)
    const burnt = nonce !== null && !(await burnNonce(nonce.accountId, nonce.appKey, nonce.stamp, nonce.nonce))
    if (burnt) throw unauthenticated('nonce-used')
    if (bodyMatches !== null) signed.set(request, bodyMatches)
    setCaller(request, caller)
    await checkRate(accountId)
  })

  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    '/api/account/:accountId/consumer-token',
    {
      schema: {
        tags: ['In-app'],
        summary: 'Vouch for a consumer',
        description:
          'Called by the brand’s backend once it has signed the consumer in. The token is good for five minutes and for one thing: registering a device of this consumer in this app. Needs the privilege `consumers.vouch`.',
        security: [{ appJwt: [] }, { oauth1: [] }],
        params: Type.Object({ accountId: Type.String({ examples: ['12345678'] }) }),
        body: Type.Object(
          {
            consumerId: Type.String({
              minLength: 1,
              maxLength: 255,
              description: 'The brand’s own id of the consumer.',
            }),
            app: Type.String({ minLength: 1, maxLength: 255, description: 'Id of an in-app sender, or its address.' }),
          },
          { additionalProperties: false },
        ),
        response: {
          201: Type.Object({ token: Type.String(), expiresInSeconds: Type.Integer() }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request, reply) => {
      const vouched = await vouchConsumer(deps, callerOf(request, 'credential'), request.body)
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send(await tokens.issue(vouched))
    },
  )
}
