import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { callerOfDevice } from '../../store/devices.ts'
import { jsonBody } from '../admin/json-body.ts'
import { refuseUnstorable } from '../admin/refuse-unstorable.ts'
import { setCaller } from '../callers.ts'
import { rateLimiter } from '../rate-limiter.ts'
import { bearerOf, noBearer } from './bearer.ts'
import { checkOrigin, preflights } from './origins.ts'

/** A busy chat sends a receipt for each message and says every few seconds that somebody types. */
const rate = { name: 'device', points: 60, seconds: 10 }

export const deviceUrls = {
  registration: '/api/device/registration',
  messages: '/api/device/messages',
  receipts: '/api/device/receipts',
  typing: '/api/device/typing',
  stream: '/api/device/stream',
}

/** What every door behind it asks: a device token, an origin that the app allows, and not too often. */
export function signedOnDevice(scope: FastifyInstance, { deps }: { deps: Deps }): void {
  const checkRate = rateLimiter(deps, rate)
  jsonBody(scope)
  preflights(scope, Object.values(deviceUrls))
  scope.addHook('preValidation', refuseUnstorable)
  scope.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS') return
    const caller = await callerOfDevice(deps.db, bearerOf(request) ?? '')
    const account = caller === null ? null : await deps.accounts.get(caller.accountId)
    const sender = account?.senders.get(caller?.senderId ?? '')
    if (caller === null || sender === undefined) throw noBearer()
    checkOrigin(deps, request, reply, [sender])
    await checkRate(caller.deviceId)
    setCaller(request, caller)
    reply.header('cache-control', 'no-store')
  })
}
