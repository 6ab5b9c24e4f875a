import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { testBrowser } from '../../../../test/test-browser.ts'
import { type TestServer, testServer } from '../../../../test/test-server.ts'
import { ask } from '../../../../test/test-user.ts'
import { sandboxAccountId, sandboxConsumer } from '../../../domain/sandbox-account.ts'
import { startWorker } from '../../../jobs/index.ts'
import { seedSandbox } from '../../../sandbox.ts'
import { atomic } from '../../../store/db.ts'
import { noteTyping } from '../../../store/inapp-inbox.ts'
import { createOutgoing } from '../../../store/outgoing.ts'

let server: TestServer
let worker: { stop(): Promise<void> }
let browser: Browser
const bounded = { timeout: 60_000 }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  await seedSandbox(server.deps, server.deps.config.dataDir)
  worker = await startWorker(server.deps)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
})

test('a caller goes on in the app: call, invite, answer, the agent’s reply', bounded, async () => {
  const page = await browser.newPage({ viewport: { width: 390, height: 780 } })
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (line) => {
    if (line.type() === 'error') faults.push(line.text())
  })
  await page.goto(`${server.url}/simulator/app`)
  await page.locator('#sign-in').waitFor()
  assert.equal(await page.locator('#consumer').inputValue(), sandboxConsumer)
  await page.getByRole('button', { name: 'Sign in' }).click()

  await page.getByRole('button', { name: 'Call support' }).click()
  await page.getByRole('button', { name: 'Go on in the app' }).click()
  await page.locator('#banner').click()
  await page.getByLabel('Message', { exact: true }).fill('My order 77 is late.')
  await page.keyboard.press('Enter')
  await page.locator('.meta', { hasText: 'sent' }).waitFor()

  const { db } = server.deps
  const [conversation] = await db`
    select conversation_id, sender_id, state from conversations where account_id = ${sandboxAccountId}`
  assert.equal(conversation?.state, 'queued')
  const inbox = { accountId: sandboxAccountId, consumerId: sandboxConsumer }
  await noteTyping(db, inbox, 'agent')
  await page.locator('#typing').waitFor()
  await atomic(db, (tx) =>
    createOutgoing(tx, sandboxAccountId, {
      ...{ conversationId: conversation.conversation_id, callId: null, senderId: conversation.sender_id },
      ...({ channel: 'inapp', address: sandboxConsumer, kind: 'reply', expiresAt: null } as const),
      body: 'It comes tomorrow.',
    }),
  )
  await page.locator('.message.theirs', { hasText: 'It comes tomorrow.' }).waitFor()
  await readBy(page.locator('#typing'))

  // A picture is shown, a document named; a picture that cannot be had is named, too.
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await page.route('https://cdn.example.com/map.png', (route) =>
    route.fulfill({ contentType: 'image/png', body: Buffer.from(pixel, 'base64') }),
  )
  const files = [
    ['image/png', 'map.png'],
    ['application/pdf', 'invoice.pdf'],
    ['image/jpeg', 'lost.jpg'],
  ] as const
  await page.route('https://cdn.example.com/lost.jpg', (route) => route.fulfill({ status: 404 }))
  for (const [contentType, fileName] of files)
    await atomic(db, (tx) =>
      createOutgoing(tx, sandboxAccountId, {
        ...{ conversationId: conversation.conversation_id, callId: null, senderId: conversation.sender_id },
        ...({ channel: 'inapp', address: sandboxConsumer, kind: 'reply', body: '', expiresAt: null } as const),
        media: { url: `https://cdn.example.com/${fileName}`, contentType, fileName },
      }),
    )
  await page.locator('.message').getByRole('img', { name: 'map.png' }).waitFor()
  for (const name of ['invoice.pdf', 'lost.jpg'])
    assert.equal(
      await page.locator('.message').getByRole('link', { name }).getAttribute('href'),
      `https://cdn.example.com/${name}`,
    )
  await page.locator('.message').getByText('lost.jpg').waitFor()
  assert.equal(faults.splice(0).filter((fault) => !fault.includes('404')).length, 0)

  // A reload finds the registration and the chat again, and nothing twice.
  await page.reload()
  await page.getByRole('button', { name: 'Messages' }).click()
  await page.locator('.message', { hasText: 'It comes tomorrow.' }).waitFor()
  assert.equal(await page.locator('.message').count(), 6)
  assert.equal(faults.filter((fault) => !fault.includes('404')).length, 0)
  // Left open, it would go on reading what the tests after this one send to the same consumer.
  await page.close()
})

/** The page has the message and says so. */
async function readBy(typing: { isHidden(): Promise<boolean> }): Promise<void> {
  assert.equal(await typing.isHidden(), true)
  for (;;) {
    const [row] = await server.deps.db`select read_at from messages where body = 'It comes tomorrow.'`
    if (row!.read_at !== null) return
  }
}

test('the service worker shows a push once, and says that it came, with no page listening', bounded, async () => {
  const context = await browser.newContext({ permissions: ['notifications'] })
  const page = await context.newPage()
  await page.goto(`${server.url}/simulator/app`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Messages' }).waitFor()
  const devtools = await context.newCDPSession(page)
  const registered = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const active = versions.find((version) => version.status === 'activated')
      if (active !== undefined) resolve(active.registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  await page.evaluate(
    `navigator.serviceWorker.register('/simulator/app/service-worker.js', { scope: '/simulator/app' })`,
  )
  const registrationId = await registered
  // A browser without a screen keeps no notifications: what it is given to show is taken at that very place.
  const worker = context.serviceWorkers()[0]!
  await worker.evaluate(`self.shown = new Map()
    self.registration.showNotification = async (title, { body, tag }) => void self.shown.set(tag, { title, body })`)
  // Another page of this site: the worker is alone with the push.
  await page.goto(`${server.url}/simulator/app/icon.svg`)

  const { db } = server.deps
  const [sender] = await db`select sender_id from senders where connector = 'inapp-simulator'`
  const messageId = randomUUID()
  await db`insert into messages ${db({
    ...{ account_id: sandboxAccountId, message_id: messageId, sender_id: sender!.sender_id, channel: 'inapp' },
    ...{ address: sandboxConsumer, direction: 'out', kind: 'invite', body: 'Answer to go on.', status: 'sent' },
  })}`
  const push = { id: messageId, brandId: sandboxAccountId, backendService: 'c2m', title: 'Go on here' }
  for (const data of [push, push, { ...push, id: randomUUID(), backendService: 'another' }])
    await devtools.send('ServiceWorker.deliverPushMessage', {
      ...{ origin: server.url, registrationId },
      data: JSON.stringify({ ...data, body: 'Answer to go on.' }),
    })
  for (let status = 'sent'; status === 'sent'; ) {
    const [row] = await db`select status from messages where message_id = ${messageId}`
    status = row!.status
    if (status !== 'sent') assert.equal(status, 'delivered')
  }
  assert.deepEqual(await worker.evaluate('[...self.shown]'), [
    [messageId, { title: 'Go on here', body: 'Answer to go on.' }],
  ])
  await context.close()
})

test('the page and its backend are the sandbox’s and this site’s alone', async () => {
  const foreign = await ask(
    `${server.url}/simulator/app/consumer-token`,
    'POST',
    { consumerId: 'c' },
    { origin: 'https://evil.example' },
  )
  assert.equal(foreign.status, 403)
  const page = await ask(`${server.url}/simulator/app`, 'GET')
  const policy = page.headers.get('content-security-policy') ?? ''
  assert.match(policy, /default-src 'none'/)
  assert.doesNotMatch(policy.replace("img-src 'self' https:;", ''), /unsafe|https?:|\*/)
  const worker = await ask(`${server.url}/simulator/app/service-worker.js`, 'GET')
  assert.equal(worker.headers.get('service-worker-allowed'), '/simulator/app')
  assert.equal((await ask(`${server.url}/simulator/app/..%2fsimulator.ts`, 'GET')).status, 404)
})
