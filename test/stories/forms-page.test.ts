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

/** Each form, the noun it shows, and a field of it. */
const forms: readonly (readonly [noun: string, path: (brand: TestBrand) => string, field: string])[] = [
  ['handoffs', ({ handoffId }) => `/handoffs/${handoffId}`, 'Text'],
  ['skills', ({ skills }) => `/skills/${skills.support}`, 'Name'],
  ['templates', () => '/templates/new', 'Name'],
  ['senders', ({ smsSender }) => `/senders/${smsSender.senderId}`, 'Title'],
  ['settings', () => '/texts?part=automatic', 'First answer'],
]

for (const [noun, path, label] of forms) {
  test(`what is typed outlives a moment in which the ${noun} could not be read anew`, async () => {
    const { page, faults, close } = await opened(path)
    await field(page, label).fill('typed_before_it_failed')
    await page.route(`**/api/admin/accounts/*/${noun}`, (route) => route.abort())
    let failed = 0
    page.on('requestfailed', () => {
      failed += 1
    })
    // The window comes to the front after a minute: what is shown is read anew, and once more when it fails, three times in all.
    await page.clock.setFixedTime(Date.now() + 60_000)
    await page.evaluate(() => (globalThis as unknown as EventTarget).dispatchEvent(new Event('visibilitychange')))
    while (failed < 3) await page.waitForEvent('requestfailed')
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
    assert.equal(await field(page, label).inputValue(), 'typed_before_it_failed')
    assert.deepEqual(faults, [])
    await close()
  })
}

test('what is typed while a save is under way stays, and is the next to be saved', async () => {
  const { page, brand, faults, close } = await opened('/texts?part=automatic')
  let letThrough = () => {}
  const held = new Promise<void>((resolve) => {
    letThrough = resolve
  })
  await page.route('**/settings', async (route) => {
    if (route.request().method() === 'PATCH') await held
    await route.continue()
  })
  await field(page, 'First answer').fill('Hello.')
  await button(page, 'Save changes').click()
  await field(page, 'First answer').fill('Hello, and welcome.')
  await field(page, 'Waiting').fill('One moment.')
  letThrough()
  await page.getByText('The texts are saved.').waitFor()
  assert.equal(await field(page, 'First answer').inputValue(), 'Hello, and welcome.')
  assert.equal((await settingsOf(brand)).texts.firstAnswer, 'Hello.')
  await button(page, 'Save changes').click()
  await page.getByText('There are unsaved changes.').waitFor({ state: 'detached' })
  const { firstAnswer, waiting } = (await settingsOf(brand)).texts
  assert.deepEqual({ firstAnswer, waiting }, { firstAnswer: 'Hello, and welcome.', waiting: 'One moment.' })
  assert.deepEqual(faults, [])
  await close()
})

test('what was filled in for one provider is not sent to another, and is there again on the way back', async () => {
  const { page, brand, faults, close } = await opened('/senders/new')
  const choose = async (option: string) => {
    await page.getByRole('combobox', { name: 'Provider' }).click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  const sid = `AC${'0'.repeat(32)}`
  await choose('WhatsApp by Meta (Cloud API)')
  await page.locator('[name=accessToken]').fill('a-token-for-meta-alone')
  await choose('WhatsApp by Twilio')
  await page.locator('[name=authToken]').fill('a-token-for-whatsapp-alone')
  await choose('Twilio SMS')
  assert.equal(await page.locator('[name=authToken]').inputValue(), '')
  await choose('WhatsApp by Twilio')
  assert.equal(await page.locator('[name=authToken]').inputValue(), 'a-token-for-whatsapp-alone')
  await choose('Twilio SMS')
  await field(page, 'Title').fill('Another number')
  await field(page, 'Number').fill('+18005550177')
  await page.locator('[name=accountSid]').fill(sid)
  await page.locator('[name=authToken]').fill('a-token-for-texts-alone')
  await button(page, 'Add sender').click()
  await page.getByRole('heading', { name: 'Another number', exact: true }).waitFor()
  const { senders } = (await server.deps.accounts.get(brand.accountId))!
  const { settings } = [...senders.values()].find(({ title }) => title === 'Another number')!
  assert.deepEqual(settings, { accountSid: sid, authToken: 'a-token-for-texts-alone' })
  assert.deepEqual(faults, [])
  await close()
})

test('what is typed is not lost on the way to another tab, nor from the form of a new sender', async () => {
  const { page, faults, close } = await opened('/texts?part=automatic')
  await field(page, 'First answer').fill('Hello.')
  await page.getByRole('tab', { name: 'Canned replies' }).click()
  await button(page, 'New reply').first().waitFor()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Senders' }).click()
  await page.getByRole('dialog', { name: 'Leave without saving' }).waitFor()
  await button(page, 'Cancel').click()
  await page.getByRole('tab', { name: 'Automatic texts' }).click()
  assert.equal(await field(page, 'First answer').inputValue(), 'Hello.')
  await button(page, 'Discard').click()

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Senders' }).click()
  await page.getByRole('link', { name: 'New sender' }).or(button(page, 'New sender')).first().click()
  await page.getByRole('combobox', { name: 'Provider' }).click()
  await page.getByRole('option', { name: 'Twilio SMS', exact: true }).click()
  await field(page, 'Title').fill('Half a sender')
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Skills and routing' }).click()
  await page.getByRole('dialog', { name: 'Leave without saving' }).waitFor()
  await button(page, 'Cancel').click()
  assert.equal(await field(page, 'Title').inputValue(), 'Half a sender')
  assert.deepEqual(faults, [])
  await close()
})

test('a dialog with something typed into it asks before it goes, one without does not', async () => {
  const { page, faults, close } = await opened('/texts')
  const dialog = page.getByRole('dialog', { name: 'New canned reply' })
  const question = page.getByRole('dialog', { name: 'Close without saving' })
  await button(page, 'New reply').first().click()
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await button(page, 'New reply').first().click()
  await dialog.getByRole('textbox', { name: 'Text' }).fill('A long reply.')
  await page.keyboard.press('Escape')
  await question.waitFor()
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  assert.equal(await dialog.getByRole('textbox', { name: 'Text' }).inputValue(), 'A long reply.')
  await page.mouse.click(8, 8)
  await question.getByRole('button', { name: 'Close', exact: true }).last().click()
  await dialog.waitFor({ state: 'detached' })

  // Who says Cancel has said it.
  await button(page, 'New reply').first().click()
  await dialog.getByRole('textbox', { name: 'Text' }).fill('Another reply.')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await dialog.waitFor({ state: 'detached' })
  assert.deepEqual(faults, [])
  await close()
})

test('two administrators at once: a save changes the texts that its writer touched, and no other', async () => {
  const { page, brand, boss, faults, close } = await opened('/texts?part=automatic')
  const { accountId, skills } = brand
  const colleague = (path: string, waiting: string) =>
    boss.ask('PATCH', `/api/admin/accounts/${accountId}${path}`, { texts: { waiting } })
  await field(page, 'First answer').fill('Hello.')
  assert.equal((await colleague('/settings', 'One moment.')).status, 200)
  // Read anew, while the first one is still typing.
  await page.clock.setFixedTime(Date.now() + 60_000)
  await Promise.all([
    page.waitForResponse('**/settings'),
    page.evaluate(() => (globalThis as unknown as EventTarget).dispatchEvent(new Event('visibilitychange'))),
  ])
  assert.equal((await colleague('/settings', 'One more moment.')).status, 200)
  await button(page, 'Save changes').click()
  await page.getByText('The texts are saved.').waitFor()
  const { firstAnswer, waiting } = (await settingsOf(brand)).texts
  assert.deepEqual({ firstAnswer, waiting }, { firstAnswer: 'Hello.', waiting: 'One more moment.' })

  await page.goto(`${server.url}/skills/${skills.support}`)
  await field(page, 'First answer').fill('Support here.')
  assert.equal((await colleague(`/skills/${skills.support}`, 'Support is coming.')).status, 200)
  await button(page, 'Save changes').click()
  await page.getByText('The skill support is saved.').waitFor()
  const { texts } = (await server.deps.accounts.get(accountId))!.skills.get(skills.support)!
  assert.deepEqual([texts.firstAnswer, texts.waiting], ['Support here.', 'Support is coming.'])
  assert.deepEqual(faults, [])
  await close()
})
