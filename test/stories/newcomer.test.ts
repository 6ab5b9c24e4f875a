import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startWorker } from '../../src/jobs/index.ts'
import { seedSandbox } from '../../src/sandbox.ts'
import { readSandboxFile, type SandboxFile } from '../../src/sandbox-file.ts'
import { consolePage } from '../console-page.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestServer, testServer } from '../test-server.ts'

/*
 * The newcomer's two minutes: from the printed password to an agent's answer on the caller's phone, in one window, with
 * nothing explained and nothing loaded anew.
 */
let server: TestServer
let browser: Browser
let worker: { stop(): Promise<void> }
let dataDir: string
let file: SandboxFile

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on', ELIGIBILITY_DEADLINE_MS: '5000' } })
  dataDir = await mkdtemp(join(tmpdir(), 'c2m-sandbox-'))
  file = (await readSandboxFile((await seedSandbox(server.deps, dataDir)).file))!
  worker = await startWorker(server.deps)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
  await rm(dataDir, { recursive: true, force: true })
})

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', typeof name === 'string' ? { name, exact: true } : { name })
const phone = (page: Page) => page.getByRole('region', { name: 'The caller’s phone' })
const happens = (page: Page) => page.getByRole('region', { name: 'What happens' })
const desk = (page: Page) => page.getByRole('region', { name: 'Agent' })

async function signedIn(role: string, path = '/') {
  const opened = await consolePage(browser, server, null, path)
  const user = file.users.find((one) => one.role === role)!
  await opened.page.getByLabel('Email').fill(user.email)
  await opened.page.locator('input[name=password]').fill(user.password)
  await button(opened.page, 'Sign in').click()
  return opened
}

/** Calls a line and waits for what the menu says. */
async function call(page: Page, line: string | RegExp): Promise<void> {
  await phone(page).getByRole('button', { name: line }).click()
  await phone(page).getByText('The waiting time is long').waitFor()
}

test("the newcomer's two minutes: sign in, dial, press 1, answer, take, reply, and it is on the phone", async () => {
  const { page, faults, close } = await signedIn('agent')
  await page.getByRole('heading', { name: 'Try it' }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/try', 'the first page of the sandbox')

  // Dialled by the keyboard, digit by digit, as on any phone.
  await phone(page).getByRole('button', { name: /^5/ }).focus()
  await page.keyboard.type('8005550100')
  await page.keyboard.press('Enter')
  await phone(page).getByText('Press 1 to continue by text message').waitFor()
  await happens(page).locator('summary', { hasText: 'eligibility' }).waitFor()
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await phone(page).getByRole('list').getByText('Thank you for calling').waitFor()
  await happens(page)
    .getByText(/^Delivered/)
    .waitFor()

  // Whoever pressed 1 can type at once: the field has the keyboard.
  const answer = phone(page).getByRole('textbox', { name: 'Answer as the caller' })
  await phone(page).locator('input:focus').waitFor()
  assert.equal(await answer.evaluate((field) => field.matches(':focus')), true)
  await page.keyboard.type('Hi, my order 77 is late')
  await page.keyboard.press('Enter')

  await desk(page).getByText('Hi, my order 77 is late').waitFor()
  await desk(page).getByText('Queue: support (1)').waitFor()
  await button(page, 'Take').click()
  await desk(page).getByRole('textbox', { name: 'Reply' }).fill('It arrives tomorrow.')
  await page.keyboard.press('Enter')
  await phone(page).getByText('It arrives tomorrow.').waitFor()
  await happens(page).getByText('The agent answered').waitFor()
  await desk(page).getByText('delivered').last().waitFor()

  assert.deepEqual(faults, [])
  await close()
})

test('each step shows its real request and answer, and no secret of the brand is in the page', async () => {
  const { page, faults, close } = await signedIn('administrator')
  await call(page, /Sandbox: WhatsApp/)
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await happens(page)
    .getByText(/^Delivered/)
    .waitFor()
  await happens(page).locator('summary').first().click()
  await happens(page).getByText('"consumerPhoneNumber"').waitFor()
  await happens(page).getByText('"recommendedChannelName": "wa"').waitFor()
  for (const row of await happens(page).locator('summary').all()) if (await row.isVisible()) await row.click()
  const html = await page.content()
  for (const secret of [file.app.clientSecret, file.apiKey.secret, file.apiKey.accessTokenSecret, 'Bearer ey'])
    assert.ok(!html.includes(secret))

  await page.getByRole('link', { name: 'Open the transaction' }).click()
  await page.getByRole('heading', { name: 'Journey' }).waitFor()
  await page.getByText(/^Delivered/).waitFor()
  await page.getByText('Asked the provider').first().click()
  await page.getByText('Answer 201').waitFor()
  await page.getByRole('link', { name: 'Transactions' }).first().click()
  await page.getByRole('region', { name: 'Calls' }).getByText('delivered').first().waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('STOP on the phone; the provider refuses; and the menu says no to who cannot be reached', async () => {
  const { page, faults, close } = await signedIn('administrator')
  await call(page, /Sandbox: SMS/)
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await button(page, 'STOP').click()
  await phone(page).getByText('You will get no more messages').waitFor()
  await happens(page).getByText('The consumer opted out').waitFor()

  await phone(page).getByRole('tab', { name: 'Phone' }).click()
  await phone(page).getByRole('button', { name: /^8/ }).focus()
  await page.keyboard.type('18005550100')
  await page.keyboard.press('Enter')
  await phone(page).getByText('Please hold the line').waitFor()
  await happens(page).getByText('opted out').first().waitFor()

  await button(page, 'New caller').click()
  await page.getByRole('combobox', { name: 'Provider' }).click()
  await page.getByRole('option', { name: 'refuses' }).click()
  await page.getByText('It takes no message at all.').waitFor()
  await call(page, /Sandbox: SMS/)
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await happens(page).getByText('Invite failed').waitFor()
  await page.getByRole('combobox', { name: 'Provider' }).click()
  await page.getByRole('option', { name: 'normal' }).click()
  await page.getByText('It takes messages and tells when they arrive.').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('a supervisor stops texts for a skill: the live view shows it, the tester says why, the menu offers nothing', async () => {
  const { page, faults, close } = await signedIn('agent-manager', '/live')
  const texts = page.getByRole('switch', { name: 'SMS for support' })
  await texts.waitFor()
  assert.equal(await texts.isChecked(), true)
  await texts.press('Space')
  await page.getByText('Stopped: SMS for support.').waitFor()
  await page.getByText('by Sandbox manager').waitFor()
  assert.equal(await texts.isChecked(), false)

  await page.getByRole('link', { name: 'Eligibility tester' }).click()
  await page.getByRole('textbox', { name: 'Consumer’s number' }).fill('+1 206 555 0123')
  await page.getByRole('textbox', { name: 'Handoff id' }).fill(file.handoffs.sms)
  await page.getByRole('combobox', { name: 'Skill' }).click()
  await page.getByRole('option', { name: 'support' }).click()
  await button(page, 'Test').click()
  await page.getByText('Not eligible', { exact: true }).waitFor()
  await page.getByRole('listitem').filter({ hasText: /^fail/ }).first().waitFor()

  await page.getByRole('link', { name: 'Try it' }).click()
  await phone(page)
    .getByRole('button', { name: /Sandbox: SMS/ })
    .click()
  await phone(page).getByText('Please hold the line').waitFor()

  await page.getByRole('link', { name: 'Live' }).click()
  await texts.press('Space')
  await page.getByText('Goes on: SMS for support.').waitFor()
  await button(page, 'Undo').last().click()
  await page.getByText('by Sandbox manager').waitFor()
  await texts.press('Space')
  await page.getByText('by Sandbox manager').waitFor({ state: 'detached' })
  assert.deepEqual(faults, [])
  await close()
})
