import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { sendWebhooks } from '../../src/actions/send-webhooks.ts'
import { consolePage } from '../console-page.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'
import { verify, type WebhookReceiver, webhookReceiver } from '../webhook-receiver.ts'

/* An administrator sets an endpoint up in a real browser, tries it out, sees it fail and delivers again what it missed. */
let server: TestServer
let browser: Browser
let brand: TestBrand
let receiver: WebhookReceiver
before(async () => {
  server = await testServer()
  browser = await testBrowser()
  brand = await testBrand(server)
  receiver = await webhookReceiver()
})
after(async () => {
  await browser?.close()
  await server?.close()
  await receiver?.close()
})

async function send(): Promise<void> {
  await sendWebhooks(server.deps, new Map())
  await Promise.allSettled(server.deps.background)
}

test('an endpoint from nothing to an event delivered again', { timeout: 120_000 }, async () => {
  const user = await testUser(server, brand.accountId, 'administrator')
  const { page, faults, close } = await consolePage(browser, server, user, '/webhooks')
  const main = page.getByRole('main')
  await main.getByText('No endpoint yet').waitFor()
  await main.getByRole('button', { name: 'New endpoint' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New endpoint' })
  await dialog.getByLabel('Title').fill('Data warehouse')
  await dialog.getByLabel('Address').fill('http://hooks.example.com/')
  await dialog.getByLabel('Every event').uncheck()
  await dialog.getByLabel('conversation.opened').check()
  await dialog.getByRole('button', { name: 'Make endpoint' }).click()
  await dialog.getByText('The address must begin with https://.').waitFor()
  await dialog.getByLabel('Address').fill(receiver.url)
  await dialog.getByRole('button', { name: 'Make endpoint' }).click()
  const once = page.getByRole('dialog', { name: 'The endpoint’s secret' })
  const secret = (await once.locator('code').textContent())!
  await once.getByLabel('I have kept it').check()
  await once.getByRole('button', { name: 'Done' }).click()

  await main.getByText('Nothing was told yet').waitFor()
  assert.ok(!(await page.content()).includes(secret))
  await main.getByRole('button', { name: 'Send test' }).click()
  await main.getByText('webhook.test').waitFor()
  await send()
  await main.getByText('Delivered', { exact: true }).waitFor()
  verify(secret, receiver.received[0]!)

  receiver.answer({ status: 410 })
  await testConversation(server, brand)
  await send()
  await page.reload()
  await main.getByText('It answered 410, that it wants no more, and was disabled.', { exact: false }).waitFor()
  receiver.answer({ status: 200 })
  await main.getByRole('button', { name: 'Switch on' }).click()
  await main.getByRole('button', { name: 'Pause' }).waitFor()
  await main.locator('summary').first().click()
  await main.getByText('It answered 410: it wants no more. Status 410,', { exact: false }).waitFor()
  await main.getByRole('button', { name: 'Deliver this again' }).click()
  await page.getByText('It is delivered again.').waitFor()
  await send()
  assert.deepEqual(
    receiver.received.map(({ body }) => body.type),
    ['webhook.test', 'conversation.opened', 'conversation.opened'],
  )
  await main.getByText('Delivered', { exact: true }).nth(1).waitFor()
  assert.deepEqual(faults, [])
  await close()
})
