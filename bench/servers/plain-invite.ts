import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { Agent, request as ask } from 'undici'
import { mendedDriver as postgres } from '../../src/mended-driver.ts'
import { listening } from './listening.ts'

/**
 * What one writes in an afternoon: the invite is stored, the provider is asked to send it, what it said is stored, and the
 * caller is answered. Two inserts in two tables with nothing but primary keys; connections are kept and statements prepared.
 */
const sql = postgres({
  path: `${process.env.SOCKET_DIR}/.s.PGSQL.5432`,
  user: process.env.PGUSER!,
  database: 'plain',
  max: 10,
})
await sql`create table if not exists plain_invites (invite_id uuid primary key, account_id text not null,
  call_id uuid not null, at timestamptz not null default now())`
await sql`create table if not exists plain_sent (invite_id uuid primary key, provider_id text not null,
  at timestamptz not null default now())`

const dispatcher = new Agent({ connections: 256 })
const app = fastify()
app.post<{ Params: { accountId: string }; Body: { callId: string } }>(
  '/api/account/:accountId/invite',
  {
    schema: {
      body: { type: 'object', required: ['callId'], properties: { callId: { type: 'string', format: 'uuid' } } },
      response: { 200: { type: 'object', properties: { callId: { type: 'string' } } } },
    },
  },
  async (request) => {
    const { callId } = request.body
    const inviteId = randomUUID()
    await sql`insert into plain_invites (invite_id, account_id, call_id) values (${inviteId}, ${request.params.accountId}, ${callId})`
    const answer = await ask(`${process.env.PROVIDER_URL}/messages`, {
      ...{ dispatcher, method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ to: '+12065550100', text: 'Reply to continue by text.', reference: inviteId }),
    })
    const { id } = (await answer.body.json()) as { id: string }
    await sql`insert into plain_sent (invite_id, provider_id) values (${inviteId}, ${id})`
    return { callId }
  },
)
await app.listen({ host: '127.0.0.1', port: 0 })
listening((app.server.address() as AddressInfo).port)
