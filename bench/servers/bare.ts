import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { listening } from './listening.ts'
import { answer, body } from './plain-schemas.ts'

/** Baseline (b): a Fastify handler that only validates and answers. No log, no credentials, no database. */
const app = fastify()
app.post('/api/account/:accountId/eligibility', { schema: { body, response: { 200: answer } } }, async () => ({
  availableChannels: ['sms'],
  recommendedChannelName: 'sms',
  eligible: true,
  callId: randomUUID(),
}))
await app.listen({ host: '127.0.0.1', port: 0 })
listening((app.server.address() as AddressInfo).port)
