import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { MetaSimulator } from './start-meta-simulator.ts'

/** What another process may ask of the simulator; each is the method of the same name. */
export const controls = [
  'fault',
  'clearFaults',
  'persona',
  'callbackUrl',
  'subscribe',
  'proxy',
  'consumerSends',
  'consumerPrefers',
  'decide',
  'advance',
  'drain',
  'drainTogether',
  'release',
  'shiftClock',
  'reset',
] as const
export const readings = ['journal', 'accepted', 'violations', 'requests', 'webhooks', 'pending'] as const

/** `POST /control` `{"call": "fault", "args": [...]}` or `{"read": "journal"}` with the bearer token; answers `{"value": ...}`. */
export function controlRoutes(app: FastifyInstance, simulator: MetaSimulator, token: string): void {
  app.post('/control', async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${token}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return reply.code(401).send({ error: 'token' })
    const body = request.body as { call?: string; args?: unknown[]; read?: string }
    const reading = readings.find((name) => name === body.read)
    if (reading) return { value: simulator[reading] }
    const control = controls.find((name) => name === body.call)
    if (!control) return reply.code(400).send({ error: 'no such call' })
    try {
      const method = simulator[control] as (...args: unknown[]) => unknown
      return { value: (await method(...(body.args ?? []))) ?? null }
    } catch (error) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : 'failed' })
    }
  })
}
