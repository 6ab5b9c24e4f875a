import type {} from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../deps.ts'

/** Whether this process takes new work. */
export interface Readiness {
  /** The first start is still making what others look for: the sandbox, the note of the server. Absent: it is not. */
  starting?: boolean
  /** From the first moment of stopping. */
  draining: boolean
}

const readyWithinMs = 1_000

/** Doors for the machinery that runs us: no credentials, nothing about any brand. */
export function health(app: FastifyInstance, options: { deps: Deps; readiness: Readiness }): void {
  const { deps, readiness } = options
  const quiet = { logLevel: 'warn' as const, schema: { hide: true } }

  app.get('/health/live', quiet, async () => ({ status: 'live' }))

  app.get('/health/ready', quiet, async (_request, reply) => {
    if (readiness.starting) return reply.code(503).send({ status: 'starting' })
    if (readiness.draining) return reply.code(503).send({ status: 'stopping' })
    const database = await Promise.race([
      deps.db`select 1`.then(() => true).catch(() => false),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), readyWithinMs).unref()),
    ])
    if (database) return { status: 'ready', sendersLeftOut: deps.circuits.countOpen() }
    return reply.code(503).send({ status: 'no-database' })
  })

  app.get('/metrics', quiet, async (_request, reply) => {
    deps.metrics.openCircuits.set(deps.circuits.countOpen())
    return reply.type(deps.metrics.registry.contentType).send(await deps.metrics.registry.metrics())
  })
}
