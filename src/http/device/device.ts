import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { signingKeys } from '../../store/signing-keys.ts'
import { consumerToken } from './consumer-token.ts'
import { consumerTokens } from './consumer-tokens.ts'
import { deviceStreams } from './device-streams.ts'
import { ownMessages } from './own-messages.ts'
import { registrations } from './registrations.ts'
import { signedOnDevice } from './signed-on-device.ts'
import { signsOfLife } from './signs-of-life.ts'
import { stream } from './stream.ts'
import { webPushKey } from './web-push-key.ts'

/**
 * The doors of a brand's app. The brand's backend vouches for a consumer with a token of five minutes; with it the app
 * registers its device once, and with the device token it gets then does everything else.
 */
export async function device(app: FastifyInstance, { deps }: { deps: Deps }): Promise<void> {
  const tokens = consumerTokens(signingKeys(deps.db, deps.cipher, deps.clock), deps.clock)
  const streams = deviceStreams(deps)
  app.addHook('preClose', () => streams.stop())

  await app.register(async (scope) => consumerToken(scope, { deps, tokens }))
  await app.register(async (scope) => registrations(scope, { deps, tokens }))
  await app.register(async (scope) => webPushKey(scope, { deps }))
  await app.register(async (scope) => {
    signedOnDevice(scope, { deps })
    ownMessages(scope, { deps })
    signsOfLife(scope, { deps })
    stream(scope, { streams })
  })
}
