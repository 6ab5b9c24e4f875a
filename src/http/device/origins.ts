import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Deps } from '../../deps.ts'
import { allowedOriginsOf } from '../../domain/device.ts'
import type { Sender } from '../../domain/sender.ts'
import { Problem } from '../../errors.ts'

/** Seconds a browser may remember that it may ask. */
const remembered = 600

/**
 * Lets pages of other origins ask at these paths. Whether one may is only known with the token, which a browser does
 * not send when it asks beforehand; so every origin may try, and `checkOrigin` refuses before anything is done. Nothing
 * here rests on cookies, and a page that is refused learns no more than that.
 */
export function preflights(scope: FastifyInstance, paths: readonly string[]): void {
  scope.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    reply.header('vary', 'origin')
    if (origin !== undefined) reply.header('access-control-allow-origin', origin)
  })
  for (const path of paths) {
    scope.options(path, { schema: { hide: true } }, async (_request, reply) =>
      reply
        .code(204)
        .headers({
          'access-control-allow-methods': 'GET, POST, PUT, DELETE',
          'access-control-allow-headers': 'authorization, content-type, last-event-id',
          'access-control-max-age': String(remembered),
        })
        .send(null),
    )
  }
}

/**
 * A page may act as this app from our own origin and from those that its sender names; what is no page sends no origin.
 * @throws Problem `cross-site`
 */
export function checkOrigin(
  deps: Deps,
  request: FastifyRequest,
  reply: FastifyReply,
  senders: readonly Sender[],
): void {
  const { origin } = request.headers
  if (origin === undefined || origin === new URL(deps.publicUrl).origin) return
  if (senders.some((sender) => allowedOriginsOf(sender.settings).has(origin))) return
  reply.removeHeader('access-control-allow-origin')
  throw new Problem('cross-site', {
    details: ['The app’s sender does not name this origin among its allowed origins.'],
  })
}
