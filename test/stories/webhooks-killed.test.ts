import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { sendWebhooks } from '../../src/actions/send-webhooks.ts'
import { doctor } from '../../src/reports/doctor.ts'
import { type ServerProcess, serverProcess } from '../server-process.ts'
import { postgresProxy } from '../simulators/postgres-proxy.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'
import { verify, type WebhookReceiver, webhookReceiver } from '../webhook-receiver.ts'

/*
 * What is written is told: the process that tells it is killed with SIGKILL while requests are under way, and whatever was
 * not recorded as delivered is told again by the next one, under the same id.
 */
const env = { C2M_SECRET_KEY: randomBytes(32).toString('base64') }
let server: TestServer
let brand: TestBrand
const undo: (() => Promise<unknown>)[] = []
before(async () => {
  server = await testServer({ env })
  brand = await testBrand(server)
})
after(async () => {
  for (const step of undo.reverse()) await step()
  await server.close()
})

async function endpoint(): Promise<{ receiver: WebhookReceiver; secret: string; endpointId: string }> {
  const receiver = await webhookReceiver()
  undo.push(() => receiver.close())
  const user = await testUser(server, brand.accountId, 'administrator')
  const made = await user.ask('POST', `/api/admin/accounts/${brand.accountId}/webhooks`, {
    ...{ title: 'Systems', url: receiver.url, events: ['conversation.opened'] },
  })
  assert.equal(made.status, 201)
  return { receiver, ...made.body }
}

test('killed while it tells: everything is told by the next process', { timeout: 120_000 }, async () => {
  const { db } = server.deps
  const { receiver, secret, endpointId } = await endpoint()
  const proxy = await postgresProxy(server.database)
  undo.push(() => proxy.close())
  const start = async (): Promise<ServerProcess> => {
    const DATABASE_URL = proxy.url(server.database.name)
    const worker = await serverProcess({
      env: { ...env, DATABASE_URL, DANGEROUS_ALLOW_PRIVATE_NETWORKS: 'on', SANDBOX: 'off', ROLE: 'worker' },
    })
    undo.push(() => worker.close())
    return worker
  }
  // The first two are answered, the others hang until their process is dead.
  receiver.answer({ status: 200 }, { status: 200 }, new Promise(() => {}))
  const conversations: string[] = []
  const open = async () => conversations.push((await testConversation(server, brand)).conversationId)
  for (let count = 0; count < 8; count += 1) await open()
  const first = await start()
  while (receiver.received.length < 8) await pause(20)
  first.signal('SIGKILL')
  await first.ended
  receiver.answer({ status: 200 })
  // Written while nobody is there to tell it.
  await open()
  // As if the dead one's lease were over.
  await db`update webhook_deliveries set next_try_at = now() where endpoint_id = ${endpointId} and state = 'waiting'`
  const second = await start()
  const left = async () => db`
    select 1 from webhook_deliveries where endpoint_id = ${endpointId} and state <> 'delivered'
    union all select 1 from webhook_events where account_id = ${brand.accountId} and given_at is null`
  while ((await left()).length > 0) await pause(50)
  // The other tests' events are their own to send.
  await second.close()

  const told = Map.groupBy(receiver.received, ({ body }) => body.data.conversationId as string)
  assert.deepEqual([...told.keys()].sort(), conversations.sort())
  for (const copies of told.values()) {
    for (const copy of copies) verify(secret, copy)
    assert.equal(new Set(copies.map(({ id, raw }) => `${id} ${raw}`)).size, 1)
  }
  const sequences = [...told.values()].map(([copy]) => copy!.body.sequence as number)
  assert.deepEqual(
    sequences.sort((a, b) => a - b),
    conversations.map((_, index) => index + 1),
  )
  assert.deepEqual(
    (await doctor(db)).filter(({ promise }) => promise === 'webhooks'),
    [],
  )
})

test('no private network is reached unless the setting says so, and no answer is waited for without end', async () => {
  const { db } = server.deps
  const { receiver, endpointId } = await endpoint()
  const attempts = async () => {
    const [row] = await db`select attempts from webhook_deliveries where endpoint_id = ${endpointId}`
    return row!.attempts.map(({ status, error }: { status: number; error: string }) => [status, error])
  }
  const send = async (more: Record<string, string>) => {
    const other = await testServer({ env: { ...env, ...more }, database: server.database })
    await db`update webhook_deliveries set next_try_at = now() where endpoint_id = ${endpointId} and state = 'waiting'`
    await sendWebhooks(other.deps, new Map())
    await Promise.allSettled(other.deps.background)
    await other.close()
  }
  await testConversation(server, brand)
  await send({ DANGEROUS_ALLOW_PRIVATE_NETWORKS: 'off' })
  assert.deepEqual([await attempts(), receiver.received.length], [[[null, 'private-network']], 0])
  receiver.answer(new Promise(() => {}))
  await send({ WEBHOOK_TIMEOUT_MS: '500' })
  assert.deepEqual((await attempts()).at(-1), [null, 'timeout'])
  await receiver.close()
  await send({})
  assert.deepEqual((await attempts()).at(-1), [null, 'unreachable'])
})
