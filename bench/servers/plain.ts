import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { mendedDriver as postgres } from '../../src/mended-driver.ts'
import { listening } from './listening.ts'
import { answer, type Body, body } from './plain-schemas.ts'

/**
 * Baseline (a): what one writes in an afternoon. A Fastify handler with one select and one insert a request, on its own
 * two tables with nothing but primary keys; the driver prepares both statements and pools as many connections as ours. It
 * has our mends: as it comes, its pool grows slower with each statement, and this handler fell from 7,200 requests a second
 * to 3,200 within half a minute of load, which made ours look twice as good as it is.
 */
const sql = postgres({
  path: `${process.env.SOCKET_DIR}/.s.PGSQL.5432`,
  user: process.env.PGUSER!,
  database: 'plain',
  max: 10,
})
await sql`create table if not exists plain_consumers (account_id text, phone text, opted_out boolean, primary key (account_id, phone))`
await sql`create table if not exists plain_calls (call_id uuid primary key, account_id text not null, phone text not null,
  handoff_id text not null, skill text not null, eligible boolean not null, at timestamptz not null default now())`

const app = fastify()
app.post<{ Params: { accountId: string }; Body: Body }>(
  '/api/account/:accountId/eligibility',
  { schema: { body, response: { 200: answer } } },
  async (request) => {
    const { accountId } = request.params
    const { consumerPhoneNumber: phone, handoffId, skill } = request.body
    const [consumer] =
      await sql`select opted_out from plain_consumers where account_id = ${accountId} and phone = ${phone}`
    const eligible = consumer?.opted_out !== true
    const callId = randomUUID()
    await sql`insert into plain_calls (call_id, account_id, phone, handoff_id, skill, eligible)
      values (${callId}, ${accountId}, ${phone}, ${handoffId}, ${skill}, ${eligible})`
    return {
      availableChannels: eligible ? ['sms'] : [],
      recommendedChannelName: eligible ? 'sms' : '',
      eligible,
      callId,
    }
  },
)
await app.listen({ host: '127.0.0.1', port: 0 })
listening((app.server.address() as AddressInfo).port)
