import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { runExports } from '../../src/actions/run-exports.ts'
import { axeViolations, consolePage } from '../console-page.ts'
import { type S3Simulator, startS3Simulator } from '../simulators/s3/index.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testCall } from '../test-call.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/* Files of a brand's data on their page, in a real browser: nothing yet, asked for, made, fetched, scheduled, refused. */
let server: TestServer
let store: S3Simulator
let browser: Browser
let brand: TestBrand
let boss: TestUser
before(async () => {
  server = await testServer()
  store = await startS3Simulator()
  browser = await testBrowser()
  brand = await testBrand(server)
  boss = await testUser(server, brand.accountId, 'administrator')
})
after(async () => {
  await browser?.close()
  await store?.close()
  await server?.close()
})

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const run = () => runExports(server.deps, new AbortController().signal)
const settled = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  .then(() => null)`
const sideways = `(() => {
  const main = document.querySelector('main')
  return document.documentElement.scrollWidth > innerWidth || main.scrollWidth > main.clientWidth
})()`

/** Both themes, and as narrow as 400 % zoom makes it. */
async function accessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor()
    await page.evaluate(settled)
    assert.deepEqual(await axeViolations(page), [], colorScheme)
  }
  await page.setViewportSize({ width: 320, height: 640 })
  await page.evaluate(settled)
  assert.deepEqual(await axeViolations(page), [], 'at 320 px')
  assert.equal(await page.evaluate(sideways), false, 'scrolls sideways')
  await page.setViewportSize({ width: 1440, height: 900 })
}

test('an export is asked for, waits, is made and fetched, and taken away', { timeout: 120_000 }, async () => {
  const { callId } = await testCall(server, brand)
  const { page, faults, close } = await consolePage(browser, server, boss, '/exports')
  await page.getByRole('heading', { name: 'No exports yet' }).waitFor()
  await page.getByRole('main').getByRole('button', { name: 'New export' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New export' })
  await dialog.getByLabel('First day').fill('2026-01-01')
  await accessible(page)
  await dialog.getByRole('combobox', { name: 'Format' }).click()
  await page.getByRole('option', { name: /NDJSON/ }).click()
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await page.getByText('Waits', { exact: true }).waitFor()
  await run()
  // Nobody reloads: what is under way is asked again.
  await page.getByText('Done', { exact: true }).waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Download Transactions/ }).click(),
  ])
  assert.match(file.suggestedFilename(), /^transactions_2026-01-01_.*\.ndjson$/)
  assert.equal(JSON.parse(await readFile(await file.path(), 'utf8')).call_id, callId)
  await button(page, /^Delete Transactions/).click()
  await button(page, 'Delete the export').click()
  await page.getByRole('heading', { name: 'No exports yet' }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('half-way the page shows a bar and how many rows there are; what failed says why', {
  timeout: 120_000,
}, async () => {
  const [running, failed] = [await asked(), await asked()]
  await server.deps.db`
    update exports set state = 'running', claimed_by = gen_random_uuid(), lease_until = now() + interval '1 hour', started_at = now(),
      tries = 1, row_count = 41000, looked_at = 41000, about = 100000
    where export_id = ${running}`
  await server.deps.db`
    update exports set state = 'failed', finished_at = now(), failure = 'The file would be larger than 10240 MB.'
    where export_id = ${failed}`
  const { page, faults, close } = await consolePage(browser, server, boss, '/exports')
  await page.getByText('41,000 rows, 41 %').waitFor()
  assert.equal(await page.getByRole('progressbar').getAttribute('aria-valuenow'), '41')
  await page.getByText('The file would be larger than 10240 MB.').waitFor()
  await accessible(page)
  await button(page, /^Cancel Transactions/).click()
  await button(page, 'Cancel the export').click()
  await page.getByText('Cancelled', { exact: true }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('a schedule to a bucket is added, refused in words, tried by hand and deleted', { timeout: 120_000 }, async () => {
  const { page, faults, close } = await consolePage(browser, server, boss, '/exports?part=schedules')
  await page.getByRole('heading', { name: 'No schedules yet' }).waitFor()
  await page.getByRole('main').getByRole('button', { name: 'New schedule' }).first().click()
  const dialog = page.getByRole('dialog', { name: 'New schedule' })
  const field = (name: string) => dialog.getByRole('textbox', { name })
  await field('Title').fill('To the lake')
  await field('Endpoint').fill('not an address')
  await field('Bucket').fill(store.bucket)
  await field('Region').fill(store.keys.region)
  await field('Prefix').fill('lake')
  await field('Access key id').fill(store.keys.accessKeyId)
  await dialog.getByLabel('Secret access key').fill(store.keys.secretAccessKey)
  await button(page, 'Add schedule').click()
  await dialog.getByText(/The endpoint must be like/).waitFor()
  await accessible(page)
  await field('Endpoint').fill(store.endpoint)
  await button(page, 'Add schedule').click()
  await button(page, 'Make it now: the last file of To the lake').click()
  await page.getByText('Waits', { exact: true }).waitFor()
  await run()
  await page.getByText('Done', { exact: true }).waitFor()
  assert.deepEqual([...store.objects.keys()].length, 1)
  await button(page, 'To the lake').first().click()
  const known = page.getByRole('dialog', { name: 'To the lake' })
  assert.equal(await known.getByLabel('Secret access key').inputValue(), '')
  await known.getByRole('button', { name: 'Delete' }).click()
  await button(page, 'Delete the schedule').click()
  await page.getByRole('heading', { name: 'No schedules yet' }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('who may not export sees no such page, and a refusal is shown', { timeout: 60_000 }, async () => {
  const agent = await testUser(server, brand.accountId, 'agent')
  const as = await consolePage(browser, server, agent, '/exports')
  await as.page.getByRole('navigation', { name: 'Pages' }).waitFor()
  assert.equal(await as.page.getByRole('link', { name: 'Exports' }).count(), 0)
  await as.close()
  const { page, close } = await consolePage(browser, server, null, '/')
  await page.route('**/api/exports', (route) =>
    route.fulfill({ status: 503, json: { code: 'unavailable', title: 'Not now' } }),
  )
  await page
    .context()
    .addCookies([
      { name: 'c2m-session', value: boss.sessionToken, url: server.url, httpOnly: true, sameSite: 'Strict' },
    ])
  await page.goto(`${server.url}/exports`)
  await page.getByText('This could not be loaded').waitFor()
  await page.getByText('Not now').waitFor()
  await close()
})

async function asked(): Promise<string> {
  const { body } = await boss.ask('POST', '/api/exports', { kind: 'transactions', format: 'csv' })
  return body.exportId
}
