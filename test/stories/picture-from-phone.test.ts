import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { sandboxAccountId } from '../../src/domain/sandbox-account.ts'
import { startWorker } from '../../src/jobs/index.ts'
import { seedSandbox } from '../../src/sandbox.ts'
import { axeViolations, consolePage } from '../console-page.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/* A newcomer sees pictures arrive without an account anywhere: from the sandbox's pretend phone to the agent's screen. */
let server: TestServer
let browser: Browser
let worker: { stop(): Promise<void> }
let dataDir: string
let user: TestUser
let picture: Buffer

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on', ELIGIBILITY_DEADLINE_MS: '5000' } })
  dataDir = await mkdtemp(join(tmpdir(), 'c2m-sandbox-'))
  await seedSandbox(server.deps, dataDir)
  worker = await startWorker(server.deps)
  browser = await testBrowser()
  const skills = [...(await server.deps.accounts.get(sandboxAccountId))!.skills.keys()]
  user = await testUser(server, sandboxAccountId, 'administrator', { skills })
  picture = await readFile(join(import.meta.dirname, '../../docs/images/live.png'))
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
  await rm(dataDir, { recursive: true, force: true })
})

const phone = (page: Page) => page.getByRole('region', { name: 'The caller’s phone' })
const clip = (page: Page) => phone(page).getByRole('button', { name: 'Send a picture from the phone' })
const decoded = (image: Locator) => image.evaluate((img) => (img as unknown as { decode(): Promise<void> }).decode())
const wide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth') as Promise<boolean>

/** Calls and presses 1; the invite has arrived. */
async function invited(page: Page, line: RegExp): Promise<void> {
  // Heard from now on: a dialog of the browser's own, between two listeners, would be answered by nobody.
  page.on('filechooser', () => {})
  await phone(page).getByRole('button', { name: line }).click()
  await phone(page).getByText('Press 1 to continue').waitFor()
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await phone(page).getByText('Thank you for calling. Reply').waitFor()
}

/** Opens the dialog by the keyboard and picks this file. */
async function pick(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  await clip(page).focus()
  const [dialog] = await Promise.all([page.waitForEvent('filechooser'), page.keyboard.press('Enter')])
  await dialog.setFiles({ name, mimeType, buffer })
}

test('a picture goes from the phone to the agent; a PDF file too; what is neither is refused in words', async () => {
  const { page, faults, close } = await consolePage(browser, server, user, '/try')
  await invited(page, /Sandbox: WhatsApp/)
  await pick(page, 'lid (1).png', 'image/png', picture)
  const onPhone = phone(page).getByRole('img', { name: 'lid (1).png' })
  await decoded(onPhone)
  // Whoever has sent a picture goes on in words.
  assert.equal(await phone(page).locator('input:focus').count(), 1)
  await page.keyboard.type('The lid is broken')
  await page.keyboard.press('Enter')

  const desk = page.getByRole('region', { name: 'Agent' })
  await desk.getByRole('button', { name: 'Take' }).click()
  const atAgent = desk.getByRole('img', { name: 'lid (1).png' })
  await decoded(atAgent)
  for (const image of [onPhone, atAgent]) {
    const [download] = await Promise.all([page.waitForEvent('download'), image.click()])
    assert.deepEqual(await readFile(await download.path()), picture)
    assert.equal(download.suggestedFilename(), 'lid (1).png')
  }

  await pick(page, 'bill.pdf', 'application/pdf', Buffer.from('%PDF-1.4\n% a bill'))
  await phone(page).getByRole('link', { name: 'bill.pdf' }).waitFor()
  await desk.getByRole('link', { name: /bill\.pdf/ }).waitFor()
  assert.deepEqual(await axeViolations(page), [])

  await pick(page, 'page.png', 'image/png', Buffer.from('<h1>No picture</h1>'))
  await phone(page).getByRole('alert').getByText('this file is neither').waitFor()
  await pick(page, 'film.png', 'image/png', Buffer.alloc(6 * 1024 * 1024))
  await phone(page).getByRole('alert').getByText('film.png is 6.0 MB; at most 5 MB can be sent.').waitFor()
  assert.deepEqual(await axeViolations(page), [])
  assert.equal(await phone(page).locator('li img').count(), 1)
  assert.deepEqual(faults, [])
  await close()
})

test('in the brand’s app the phone sends no files, so it has no button for them', async () => {
  const { page, faults, close } = await consolePage(browser, server, user, '/try')
  await phone(page)
    .getByRole('button', { name: /Sandbox: in-app/ })
    .click()
  await phone(page).getByText('Press 1 to continue').waitFor()
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await phone(page).getByRole('textbox', { name: 'Answer as the caller' }).waitFor()
  assert.equal(await clip(page).count(), 0)
  assert.deepEqual(faults, [])
  await close()
})

for (const [name, options] of [
  ['light', { colorScheme: 'light', viewport: { width: 360, height: 740 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
] as const) {
  test(`on a phone, ${name}: axe finds nothing, and nothing scrolls sideways`, async () => {
    const { page, faults, close } = await consolePage(browser, server, user, '/phone', options)
    await invited(page, /Sandbox: SMS/)
    await pick(page, 'lid.png', 'image/png', picture)
    await decoded(phone(page).getByRole('img', { name: 'lid.png' }))
    const long = `${'a-very-long-name-without-any-break-'.repeat(4)}.pdf`
    await pick(page, long, 'application/pdf', Buffer.from('%PDF-1.4\n% a bill'))
    await phone(page).getByRole('link', { name: long }).waitFor()
    assert.deepEqual(await axeViolations(page), [])
    assert.equal(await wide(page), false, 'scrolls sideways')
    assert.deepEqual(faults, [])
    await close()
  })
}
