import { timingSafeEqual } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

/** What another process may ask of any messaging simulator; each is the method of the same name. */
export const sharedControls = [
  'fault',
  'clearFaults',
  'persona',
  'proxy',
  'advance',
  'drain',
  'release',
  'shiftClock',
  'reset',
] as const
export const sharedReadings = ['journal', 'accepted', 'violations', 'requests', 'webhooks', 'pending'] as const

/** The members of a simulator that its control address opens, by name. */
export interface Remote {
  readonly controls: readonly string[]
  readonly readings: readonly string[]
}

/** `POST /control` `{"call": "fault", "args": [...]}` or `{"read": "journal"}` with the bearer token; answers `{"value": ...}`. */
export function controlRoutes(
  app: FastifyInstance,
  simulator: object,
  { controls, readings }: Remote,
  token: string,
): void {
  app.post('/control', async (request, reply) => {
    const given = Buffer.from(request.headers.authorization ?? '')
    const wanted = Buffer.from(`Bearer ${token}`)
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return reply.code(401).send({ error: 'token' })
    const { call = '', args = [], read = '' } = request.body as { call?: string; args?: unknown[]; read?: string }
    if (readings.includes(read)) return { value: Reflect.get(simulator, read) }
    if (!controls.includes(call)) return reply.code(400).send({ error: 'no such call' })
    try {
      const method: (...args: unknown[]) => unknown = Reflect.get(simulator, call)
      return { value: (await method(...args)) ?? null }
    } catch (error) {
      return reply.code(400).send({ error: error instanceof Error ? error.message : 'failed' })
    }
  })
}
