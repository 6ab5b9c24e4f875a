import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { startWebpushSimulator, type WebpushSimulator } from '../../../../test/simulators/webpush/index.ts'
import { testBrowser } from '../../../../test/test-browser.ts'
import { type TestServer, testServer } from '../../../../test/test-server.ts'
import { ask } from '../../../../test/test-user.ts'
import { sandboxAccountId } from '../../../domain/sandbox-account.ts'
import { startWorker } from '../../../jobs/index.ts'
import { seedSandbox } from '../../../sandbox.ts'

/*
 * Web Push from end to end: the page subscribes and registers, the invite is encrypted for it, and its service worker shows
 * what comes. A browser without a screen has no push service of its own (`pushManager.subscribe` ends in "permission
 * denied"), so that one call answers with a subscription at our own, and its pushes are handed to the worker by DevTools.
 */
let server: TestServer
let worker: { stop(): Promise<void> }
let webpush: WebpushSimulator
let browser: Browser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  await seedSandbox(server.deps, server.deps.config.dataDir)
  worker = await startWorker(server.deps)
  webpush = await startWebpushSimulator()
  const { db, accounts } = server.deps
  await db`
    update senders set settings = settings || ${db.json({ pushHosts: webpush.host })}
    where account_id = ${sandboxAccountId} and connector = 'inapp-webpush'`
  accounts.drop(sandboxAccountId)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await webpush?.close()
  await server?.close()
})

test('asked to be notified, the browser gets the invite with no page of the app open', {
  timeout: 60_000,
}, async () => {
  const { db } = server.deps
  const consumerId = 'consumer-with-a-browser'
  const account = await server.deps.accounts.get(sandboxAccountId)
  const sender = [...account!.senders.values()].find(({ connector }) => connector === 'inapp-webpush')!
  const subscribed = webpush.subscribe(String(sender.settings.vapidPublicKey))

  const context = await browser.newContext({ permissions: ['notifications'] })
  const page = await context.newPage()
  await page.addInitScript(`PushManager.prototype.subscribe = async (options) => {
    globalThis.askedWith = { ...options, applicationServerKey: [...options.applicationServerKey] }
    return { toJSON: () => (${subscribed.subscription}) }
  }`)
  await page.goto(`${server.url}/simulator/app`)
  await page.getByLabel('Consumer id').fill(consumerId)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Notify me' }).click()
  await page.locator('#about-push', { hasText: 'Web Push, by' }).waitFor()
  assert.equal(await page.locator('#notify').isVisible(), false)
  assert.deepEqual(await page.evaluate('askedWith'), {
    userVisibleOnly: true,
    applicationServerKey: [...Buffer.from(String(sender.settings.vapidPublicKey), 'base64url')],
  })
  const devices = () => db`
    select platform, disabled_at is null as live from devices where consumer_id = ${consumerId} order by platform`
  for (let rows = await devices(); rows.some(({ platform, live }) => platform === 'simulator' && live); )
    rows = await devices()
  assert.deepEqual(
    [...(await devices())].map(({ platform, live }) => [platform, live]),
    [
      ['simulator', false],
      ['webpush', true],
    ],
  )

  const devtools = await context.newCDPSession(page)
  const active = new Promise<string>((resolve) =>
    devtools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const version = versions.find(({ status }) => status === 'activated')
      if (version !== undefined) resolve(version.registrationId)
    }),
  )
  await devtools.send('ServiceWorker.enable')
  const registrationId = await active
  const shown = context.serviceWorkers()[0]!
  await shown.evaluate(`self.shown = []
    self.registration.showNotification = async (title, { body, tag }) => void self.shown.push({ title, body, tag })`)
  await page.goto(`${server.url}/simulator/app/icon.svg`)

  const called = await ask(`${server.url}/simulator/app/call`, 'POST', { consumerId }, { origin: server.url })
  assert.equal(called.body.invited, true)
  const [push] = webpush.accepted
  assert.deepEqual(webpush.violations, [])
  assert.equal(push?.browserId, subscribed.id)
  const { id, tag, title, body, backendService, brandId } = push.payload
  assert.deepEqual([tag, backendService, brandId], [id, 'c2m', sandboxAccountId])
  await devtools.send('ServiceWorker.deliverPushMessage', {
    ...{ origin: server.url, registrationId },
    data: JSON.stringify(push.payload),
  })
  for (let status = 'sent'; status !== 'delivered'; ) {
    const [row] = await db`select status from messages where message_id = ${String(id)}`
    status = row!.status
  }
  assert.deepEqual(await shown.evaluate('self.shown'), [{ title, body, tag }])
  await context.close()
})
