import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { consolePage } from '../console-page.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'

/*
 * What is typed into a form of the administration is what is saved, and it is lost neither to a moment in which the server
 * was not to be reached, nor to a save that is still running, nor to a step aside.
 */
let server: TestServer
let browser: Browser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string | RegExp) => page.getByRole('textbox', { name, exact: true })
const settingsOf = async ({ accountId }: TestBrand) => (await server.deps.accounts.get(accountId))!.settings!

async function opened(path: string | ((brand: TestBrand) => string)) {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const url = typeof path === 'string' ? path : path(brand)
  return { brand, boss, ...(await consolePage(browser, server, boss, url)) }
}

test('a number that must be there can be emptied and typed anew, and left empty it is what it was', async () => {
  const { page, brand, faults, close } = await opened('/settings')
  const before = await settingsOf(brand)
  const atOnce = field(page, 'Conversations at once')
  const rate = field(page, 'Requests a second')
  await rate.fill('')
  assert.equal(await rate.inputValue(), '')
  await atOnce.fill('')
  await atOnce.pressSequentially('8')
  assert.equal(await atOnce.inputValue(), '8')
  assert.equal(await rate.inputValue(), String(before.rateLimit))
  await rate.fill('')
  await button(page, 'Save settings').click()
  await page.getByText('There are unsaved changes.').waitFor({ state: 'detached' })
  assert.equal(await rate.inputValue(), String(before.rateLimit))
  const { agentCapacity, rateLimit } = await settingsOf(brand)
  assert.deepEqual({ agentCapacity, rateLimit }, { agentCapacity: 8, rateLimit: before.rateLimit })

  await page.goto(`${server.url}/handoffs/${brand.handoffId}`)
  await page.getByRole('button', { name: /change lookback/ }).click()
  const days = field(page, 'Days')
  await days.fill('')
  assert.equal(await days.inputValue(), '')
  await days.pressSequentially('7')
  assert.equal(await days.inputValue(), '7')
  await page.getByRole('button', { name: /^7 days ?: change lookback/ }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})
