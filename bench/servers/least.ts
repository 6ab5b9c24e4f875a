import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import { mendedDriver } from '../../src/mended-driver.ts'
import { type ArrayColumn, arrayParameters, unnested } from '../../src/store/array-columns.ts'
import { batch } from '../../src/store/batch.ts'
import { listening } from './listening.ts'
import { answer, type Body, body } from './plain-schemas.ts'

/**
 * The least that a durable handler does: it validates, stores the call together with all others of the moment, and answers.
 * No credentials, no facts, no limits, no log, one narrow table with one index. No bar is measured against it; it shows how
 * much of a bar the machine leaves to anybody who waits for the disk.
 */
const sql = mendedDriver({
  path: `${process.env.SOCKET_DIR}/.s.PGSQL.5432`,
  user: process.env.PGUSER!,
  database: 'plain',
  max: 4,
  fetch_types: false,
})
await sql`create table if not exists least_calls (call_id uuid primary key, account_id text not null, phone text not null,
  handoff_id text not null, skill text not null, eligible boolean not null default true, at timestamptz not null default now())`

interface Row extends Body {
  readonly callId: string
  readonly accountId: string
}
const columns: readonly ArrayColumn<Row>[] = [
  { name: 'call_id', type: 'uuid', of: ({ callId }) => callId },
  { name: 'account_id', type: 'text', of: ({ accountId }) => accountId },
  { name: 'phone', type: 'text', of: ({ consumerPhoneNumber }) => consumerPhoneNumber },
  { name: 'handoff_id', type: 'text', of: ({ handoffId }) => handoffId },
  { name: 'skill', type: 'text', of: ({ skill }) => skill },
]
const statement = `insert into least_calls (${columns.map(({ name }) => name).join(', ')})
  select * from ${unnested(columns, 'call')}`
const keep = batch<Row, void>(
  async (rows) => {
    await sql.unsafe(statement, arrayParameters(columns, rows), { prepare: true })
    return rows.map(() => undefined)
  },
  { most: 200, patienceMs: 1_000, atOnce: 4 },
)

const app = fastify()
app.post<{ Params: { accountId: string }; Body: Body }>(
  '/api/account/:accountId/eligibility',
  { schema: { body, response: { 200: answer } } },
  async (request) => {
    const callId = randomUUID()
    await keep({ ...request.body, callId, accountId: request.params.accountId })
    return { availableChannels: ['sms'], recommendedChannelName: 'sms', eligible: true, callId }
  },
)
await app.listen({ host: '127.0.0.1', port: 0 })
listening((app.server.address() as AddressInfo).port)
