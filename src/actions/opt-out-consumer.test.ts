import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { simulatedSms } from '../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { testPhone } from '../../test/test-phone.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import type { Role, UserCaller } from '../domain/caller.ts'
import { Problem } from '../errors.ts'
import { isOptedOut, optOutForbids } from '../store/opt-outs.ts'
import { createOutgoing } from '../store/outgoing.ts'
import { optOutConsumer } from './opt-out-consumer.ts'

let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer()
  brand = await testBrand(server, simulatedSms)
})
after(() => server.close())

const user = (role: Role, accountId = brand.accountId): UserCaller => ({
  ...{ kind: 'user', accountId, userId: randomUUID(), name: 'A person', role },
})
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error) => (error instanceof Problem ? error.code : 'other'),
  )

test('a wish told to a person binds at once, what waits included, and names who recorded it', async () => {
  const phone = testPhone()
  const { messageId } = await server.deps.db.begin((tx) =>
    createOutgoing(tx, brand.accountId, {
      ...{ conversationId: null, callId: null, senderId: brand.smsSender.senderId, channel: 'sms', address: phone },
      ...{ kind: 'reply', body: 'Hello', expiresAt: null },
    }),
  )
  const manager = user('agent-manager')
  const stop = { address: phone, channel: 'sms', resume: false, evidence: 'said so on the phone' } as const
  assert.deepEqual(await optOutConsumer(server.deps, manager, stop), { changed: true })
  assert.equal(await optOutForbids(server.deps.db, brand.accountId, messageId), true)
  assert.equal(await isOptedOut(server.deps.db, brand.accountId, phone, 'wa'), true)
  assert.deepEqual(await optOutConsumer(server.deps, manager, stop), { changed: false })
  assert.deepEqual(await optOutConsumer(server.deps, manager, { ...stop, resume: true }), { changed: true })
  assert.equal(await optOutForbids(server.deps.db, brand.accountId, messageId), false)
  const history = await server.deps.db`
    select resumed, source, evidence from opt_out_history where address = ${phone} order by at`
  const evidence = `${manager.userId}: said so on the phone`
  assert.deepEqual(
    [...history],
    [false, false, true].map((resumed) => ({ resumed, source: 'agent', evidence })),
  )
  const answers = await server.deps.db`select 1 from messages where address = ${phone} and kind = 'auto'`
  assert.equal(answers.length, 0)
})

test('refuses whoever may not, a number that is none, and a wish without evidence; another brand is not touched', async () => {
  const phone = testPhone()
  const stop = { address: phone, channel: 'sms', resume: false, evidence: 'x' } as const
  const manager = user('agent-manager')
  assert.equal(await codeOf(optOutConsumer(server.deps, user('agent'), stop)), 'forbidden')
  assert.equal(await codeOf(optOutConsumer(server.deps, manager, { ...stop, address: '12' })), 'invalid-phone')
  assert.equal(await codeOf(optOutConsumer(server.deps, manager, { ...stop, evidence: ' \0' })), 'invalid-request')
  const inApp = { ...stop, channel: 'inapp', address: '' } as const
  assert.equal(await codeOf(optOutConsumer(server.deps, manager, inApp)), 'invalid-request')
  const other = await testBrand(server)
  await optOutConsumer(server.deps, user('administrator', other.accountId), stop)
  assert.equal(await isOptedOut(server.deps.db, brand.accountId, phone, 'sms'), false)
})
