import { createHash } from 'node:crypto'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { registerDevice } from '../../actions/register-device.ts'
import type { Deps } from '../../deps.ts'
import type { Vouched } from '../../domain/device.ts'
import { jsonBody } from '../admin/json-body.ts'
import { problemAnswer } from '../problem-answer.ts'
import { rateLimiter } from '../rate-limiter.ts'
import { bearerOf, noBearer } from './bearer.ts'
import type { ConsumerTokens } from './consumer-tokens.ts'
import { checkOrigin, preflights } from './origins.ts'
import { pushAddressBody, pushAddressOf } from './push-address.ts'

/** Nobody signs in to an app more often. */
const rate = { name: 'registrations', points: 20, seconds: 60 }

/** Where the app registers its device, with the consumer token that the brand's backend got for it. */
export function registrations(scope: FastifyInstance, { deps, tokens }: { deps: Deps; tokens: ConsumerTokens }): void {
  const vouchedFor = new WeakMap<FastifyRequest, Vouched>()
  const checkRate = rateLimiter(deps, rate)
  const url = '/api/device/registrations'
  jsonBody(scope)
  preflights(scope, [url])
  scope.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return
    const vouched = await tokens.verify(bearerOf(request) ?? '')
    const account = vouched === null ? null : await deps.accounts.get(vouched.accountId)
    if (vouched === null || !account?.enabled) throw noBearer()
    checkOrigin(
      deps,
      request,
      reply,
      vouched.senderIds.flatMap((id) => account.senders.get(id) ?? []),
    )
    await checkRate(createHash('sha256').update(`${vouched.accountId}/${vouched.consumerId}`).digest('base64url'))
    vouchedFor.set(request, vouched)
  })

  scope.withTypeProvider<TypeBoxTypeProvider>().post(
    url,
    {
      schema: {
        tags: ['In-app'],
        summary: 'Register a device',
        description:
          'With the consumer token as bearer. From now on invites are pushed to this device. The device token is told this once; the app keeps it and sends it as bearer with everything else.',
        security: [{ consumerToken: [] }],
        body: pushAddressBody,
        response: {
          201: Type.Object({ deviceId: Type.String(), deviceToken: Type.String() }),
          '4xx': problemAnswer,
        },
      },
    },
    async (request, reply) => {
      const push = pushAddressOf(request.body, deps.config.allowPrivateNetworks)
      const registered = await registerDevice(deps, vouchedFor.get(request)!, push)
      return reply.code(201).header('cache-control', 'no-store').send(registered)
    },
  )
}
