import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { personalDataIn } from '../../../test/personal-data.ts'
import { testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { sandboxAccountId } from '../../domain/sandbox-account.ts'
import { startWorker } from '../../jobs/index.ts'
import { seedSandbox } from '../../sandbox.ts'
import { readSandboxFile, type SandboxFile } from '../../sandbox-file.ts'

let server: TestServer
let worker: { stop(): Promise<void> }
let dataDir: string
let file: SandboxFile
let agent: TestUser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  dataDir = await mkdtemp(join(tmpdir(), 'c2m-sandbox-'))
  file = (await readSandboxFile((await seedSandbox(server.deps, dataDir)).file))!
  worker = await startWorker(server.deps)
  agent = await testUser(server, sandboxAccountId, 'agent')
})
after(async () => {
  await worker.stop()
  await server.close()
  await rm(dataDir, { recursive: true, force: true })
})

const sms = '+18005550100'
const call = async (from: string, number = sms) => (await agent.ask('POST', '/simulator/calls', { from, number })).body
const pressOne = (callId: string) => agent.ask('POST', `/simulator/calls/${callId}/invite`)
const watch = async (callId: string) => (await agent.ask('GET', `/simulator/calls/${callId}`)).body
const stepsOf = async (callId: string): Promise<string[]> =>
  (await watch(callId)).steps.map(({ step }: { step: string }) => step)
const behave = (behaviour: string) => agent.ask('PUT', '/simulator/provider', { behaviour })

/** Waits for what the worker does, at most fifteen seconds. */
async function until<T>(read: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await read()
    if (enough(value) || tries === 150) return value
    await pause(100)
  }
}

test('each handoff has a number to dial, and one that can reach a real phone has none', async () => {
  const lines = async () => (await agent.ask('GET', '/simulator/lines')).body.lines
  assert.deepEqual(
    (await lines()).map((line: { number: string; handoffId: string; skill: string }) => [line.number, line.skill]),
    [
      ['+18005550100', 'support'],
      ['+18005550101', 'support'],
      ['+18005550102', 'support'],
    ],
  )
  const { db, accounts } = server.deps
  await db`
    update senders set connector = 'sms-twilio' where account_id = ${sandboxAccountId} and connector = 'sms-simulator'`
  accounts.drop(sandboxAccountId)
  try {
    assert.deepEqual(
      (await lines()).map((line: { handoffId: string }) => line.handoffId),
      [file.handoffs.inapp],
    )
    assert.equal((await agent.ask('POST', '/simulator/calls', { from: testPhone(), number: sms })).status, 404)
  } finally {
    await db`
      update senders set connector = 'sms-simulator' where account_id = ${sandboxAccountId} and connector = 'sms-twilio'`
    accounts.drop(sandboxAccountId)
  }
})

test('a call asks the published API, pressing 1 sends, and no secret is in what the page is given', async () => {
  const phone = testPhone()
  const { exchange } = await call(phone)
  assert.equal(exchange.status, 200)
  assert.equal(exchange.url, `${server.url}/api/account/${sandboxAccountId}/eligibility?v=2.0&explain=true`)
  assert.deepEqual([exchange.body.consumerPhoneNumber, exchange.body.handoffId], [phone, file.handoffs.sms])
  const { callId, eligible, recommendedChannelName } = exchange.answer
  assert.deepEqual([eligible, recommendedChannelName], [true, 'sms'])
  const invited = await pressOne(callId)
  assert.deepEqual([invited.body.exchange.status, invited.body.exchange.answer], [200, { callId }])
  const steps = await until(
    () => stepsOf(callId),
    (all) => all.includes('delivered'),
  )
  assert.ok(steps.includes('delivered'), steps.join())
  const whole = JSON.stringify([exchange, invited.body, await watch(callId)])
  for (const secret of [file.app.clientSecret, file.apiKey.secret, file.apiKey.accessTokenSecret, 'Bearer', 'eyJ'])
    assert.ok(!whole.includes(secret), secret)
})

test('a provider that refuses, one that tells nothing, and one that is slow', async () => {
  try {
    assert.equal((await behave('refuse')).status, 200)
    const refused = (await call(testPhone())).exchange.answer.callId
    await pressOne(refused)
    assert.ok(
      (
        await until(
          () => stepsOf(refused),
          (all) => all.includes('invite-failed'),
        )
      ).includes('invite-failed'),
    )

    await behave('drop-receipts')
    const phone = testPhone()
    const silent = (await call(phone)).exchange.answer.callId
    await pressOne(silent)
    const onPhone = async () =>
      (await (await fetch(`${server.url}/simulator/phones/${phone}/messages`)).json()) as { status: string }[]
    const [text] = await until(onPhone, ([first]) => first?.status === 'delivered')
    assert.equal(text!.status, 'delivered')
    assert.ok(!(await stepsOf(silent)).includes('delivered'))

    await behave('slow')
    assert.deepEqual((await agent.ask('GET', '/simulator/provider')).body, { behaviour: 'slow' })
    const slow = (await call(testPhone())).exchange.answer.callId
    await pressOne(slow)
    const { exchanges } = await until(
      () => watch(slow),
      (seen) => seen.exchanges.length > 0,
    )
    assert.ok(exchanges[0].durationMs >= 2_000, `${exchanges[0].durationMs} ms`)
  } finally {
    await behave('normal')
  }
})

test('400 for no number, 404 for a line or call that nobody has, 401 without a session, 404 for another brand’s people', async () => {
  const ask = (body: unknown) => agent.ask('POST', '/simulator/calls', body)
  assert.equal((await ask({ from: 'nobody', number: sms })).status, 400)
  assert.equal((await ask({ from: testPhone(), number: '+18005550999' })).status, 404)
  assert.equal((await pressOne(randomUUID())).status, 404)
  assert.equal((await pressOne('x')).status, 404)
  assert.equal((await behave('explode')).status, 400)
  assert.equal((await fetch(`${server.url}/simulator/lines`)).status, 401)

  const { callId } = (await call(testPhone())).exchange.answer
  const brand = await testBrand(server)
  const stranger = await testUser(server, brand.accountId, 'administrator')
  for (const [method, path, body] of [
    ['GET', '/simulator/lines'],
    ['POST', '/simulator/calls', { from: testPhone(), number: sms }],
    ['GET', `/simulator/calls/${callId}`],
    ['POST', `/simulator/calls/${callId}/invite`],
    ['GET', '/simulator/provider'],
    ['PUT', '/simulator/provider', { behaviour: 'refuse' }],
  ] as const)
    assert.equal((await stranger.ask(method, path, body)).status, 404, `${method} ${path}`)
  assert.deepEqual((await agent.ask('GET', '/simulator/provider')).body, { behaviour: 'normal' })
})

test('another site cannot make a call', async () => {
  const answer = await agent.ask(
    'POST',
    '/simulator/calls',
    { from: testPhone(), number: sms },
    { origin: 'https://evil.example' },
  )
  assert.equal(answer.status, 403)
})

test('no number was logged', () => {
  assert.deepEqual(personalDataIn(server.logged.join('\n')), [])
})
