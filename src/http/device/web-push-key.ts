import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { Deps } from '../../deps.ts'
import { connectorOfPlatform } from '../../domain/device.ts'
import { withoutTrailing } from '../../domain/without-trailing.ts'
import { Problem } from '../../errors.ts'
import { accountNamed } from '../ivr/account-named.ts'
import { problemAnswer } from '../problem-answer.ts'
import { checkOrigin, preflights } from './origins.ts'

/** The key with which a browser subscribes. It is public: every subscription request shows it. */
export function webPushKey(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  const url = '/api/device/web-push-key'
  preflights(scope, [url])
  scope.withTypeProvider<TypeBoxTypeProvider>().get(
    url,
    {
      schema: {
        tags: ['In-app'],
        summary: 'Get the Web Push key of an app',
        description: 'The `applicationServerKey` for `pushManager.subscribe`. 404 when the app has no Web Push.',
        querystring: Type.Object(
          {
            account: Type.String({ pattern: '^[0-9]{1,20}$' }),
            app: Type.String({ minLength: 1, maxLength: 255, description: 'Id of an in-app sender, or its address.' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: Type.Object({ publicKey: Type.String() }), '4xx': problemAnswer },
      },
    },
    async (request, reply) => {
      const { account: accountId, app } = request.query
      const account = await accountNamed(deps, accountId)
      const sender = [...(account?.senders.values() ?? [])].find(
        (one) =>
          one.connector === connectorOfPlatform('webpush') && one.enabled && [one.senderId, one.address].includes(app),
      )
      const publicKey = sender?.settings.vapidPublicKey
      if (sender === undefined || typeof publicKey !== 'string') throw new Problem('not-found')
      checkOrigin(deps, request, reply, [sender])
      return { publicKey: withoutTrailing(publicKey, '=') }
    },
  )
}
