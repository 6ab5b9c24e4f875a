import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import type { Browser, Page } from 'playwright-core'
import { sandboxAccountId } from '../../src/domain/sandbox-account.ts'
import { axeViolations, consolePage } from '../console-page.ts'
import { type DeflectedCalls, deflectedCalls } from '../deflected-calls.ts'
import { simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testCall } from '../test-call.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/* The report page as a manager uses it: a real browser, a real server, calls in a real database. */
let server: TestServer
let browser: Browser
let brand: TestBrand
let manager: TestUser
let seeded: DeflectedCalls

const count = 420

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  browser = await testBrowser()
  brand = await testBrand(server, simulatedSms)
  manager = await testUser(server, brand.accountId, 'agent-manager')
  seeded = await deflectedCalls(server, brand, { count, days: 24 })
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true })
const tile = (page: Page, label: string) =>
  page.locator('dl > div', { has: page.getByRole('term').filter({ hasText: new RegExp(`^${label}$`) }) }).first()
/** The number that a tile says. */
const numberIn = async (page: Page, label: string) =>
  Number((await tile(page, label).getByRole('definition').first().innerText()).replace(/[^\d].*$/s, ''))
const shown = (page: Page) => part(page, 'Hours of the week').getByRole('table').waitFor()

/** What was counted of the brand's calls, read from the calls themselves. */
async function counted(from: string, to: string): Promise<Record<string, number>> {
  const [row] = await server.deps.db<Record<string, number>[]>`
    select count(*)::int as attempted, count(sent_at)::int as sent, count(replied_at)::int as replied,
      count(conversation_taken_at)::int as handled, count(opted_out_at)::int as "optedOut"
    from calls where account_id = ${brand.accountId} and attempted_at >= ${from} and attempted_at < ${to}`
  return row!
}

test('figures are the calls’ own, and each opens the calls behind it', async () => {
  const { page, faults, close } = await consolePage(browser, server, manager, '/reports?span=28d&zone=Europe/London')
  const asked = await page.waitForRequest((request) => request.url().endsWith('/api/reports/query'))
  const { from, to } = asked.postDataJSON() as { from: string; to: string }
  await shown(page)
  const truth = await counted(from, to)
  assert.equal(truth.attempted, count)
  assert.equal(await numberIn(page, 'Calls'), truth.attempted)
  assert.equal(await numberIn(page, 'Sent'), truth.sent)
  assert.equal(await numberIn(page, 'Replied'), truth.replied)
  assert.equal(await numberIn(page, 'Handled'), truth.handled)
  assert.equal(await numberIn(page, 'Opted out'), truth.optedOut)

  const { body } = await manager.ask('POST', '/api/reports/query', { from, to, timeZone: 'Europe/London' })
  const funnel = part(page, 'Funnel')
  for (const { step, reached, lost } of body.losses as { step: string; reached: number; lost: number }[]) {
    const row = funnel.getByRole('listitem').filter({ has: page.getByText(new RegExp(`^${step}$`, 'i')) })
    await row.getByRole('button', { name: new RegExp(`^${reached} show the calls behind`) }).waitFor()
    if (lost > 0) await row.getByRole('button', { name: new RegExp(`^${lost} lost show`) }).waitFor()
  }
  // Whoever was not lost came to the end.
  const ended = body.losses.find((one: { step: string }) => one.step === 'closed').reached
  assert.equal(
    body.losses.reduce((sum: number, { lost }: { lost: number }) => sum + lost, ended),
    count,
  )

  const bySms = await server.deps.db`
    select from calls where account_id = ${brand.accountId} and channel = 'sms' and replied_at is not null`
  const row = part(page, 'By channel').getByRole('row', { name: /SMS/ })
  await row.getByRole('button', { name: new RegExp(`^${bySms.count} show Replied`) }).click()
  const drawer = page.getByRole('dialog', { name: 'Replied · SMS' })
  await drawer.getByText(`${Math.min(50, bySms.count)} calls`).waitFor()
  for (let more = bySms.count - 50; more > 0; more -= 50)
    await drawer.getByRole('button', { name: 'Show more' }).click()
  await drawer.getByText(`${bySms.count} calls`).waitFor()
  await page.keyboard.press('Escape')

  const landline = funnel
    .getByRole('listitem')
    .filter({ hasText: /^The number is a landline/ })
    .getByRole('button')
  const landlines = Number((await landline.innerText()).split(/\s/)[0])
  await landline.click()
  // The address alone opens them again, under the same words.
  await page.reload()
  const lost = page.getByRole('dialog', { name: 'Lost before “eligible” · The number is a landline' })
  await lost.getByText(`${landlines} call`).waitFor()
  await lost.getByRole('region', { name: 'Calls' }).getByRole('link').first().click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.match(new URL(page.url()).pathname, /^\/transactions\/[0-9a-f-]{36}$/)
  assert.deepEqual(faults, [])
  await close()
})

test('a link shows the same to somebody else, elsewhere', async () => {
  const address =
    '/reports?span=7d&zone=America/New_York&compare=before&channels=sms,wa&by=skill&sort=name&map=replied&tables=funnel'
  const options = { permissions: ['clipboard-read', 'clipboard-write'], timezoneId: 'Asia/Tokyo' }
  const first = await consolePage(browser, server, manager, address, options)
  await shown(first.page)
  await first.page.getByRole('button', { name: 'Copy link' }).click()
  await first.page.getByRole('button', { name: 'Copied' }).waitFor()
  // Run in the browser, whose globals the test's own types do not know.
  const link = new URL(String(await first.page.evaluate('navigator.clipboard.readText()')))
  assert.equal(link.searchParams.get('span'), 'days', 'the days are said outright')
  assert.equal(link.searchParams.get('zone'), 'America/New_York')
  assert.ok(!/\+?\d{7}/.test(link.search), 'no number of anybody stands in it')

  const colleague = await testUser(server, brand.accountId, 'campaign-manager')
  const second = await consolePage(browser, server, colleague, link.pathname + link.search, {
    timezoneId: 'America/Los_Angeles',
  })
  await shown(second.page)
  const told = (page: Page) =>
    Promise.all(['Funnel', 'By skill', 'Hours of the week'].map((name) => part(page, name).innerText()))
  assert.deepEqual(await told(second.page), await told(first.page))
  assert.ok((await numberIn(second.page, 'Calls')) > 0)
  assert.equal(await numberIn(second.page, 'Calls'), await numberIn(first.page, 'Calls'))
  assert.equal(await second.page.getByRole('combobox', { name: 'Days begin in' }).inputValue(), 'America/New_York')
  await second.page.getByRole('button', { name: 'Channel: SMS, WhatsApp' }).waitFor()
  assert.deepEqual([...first.faults, ...second.faults], [])
  await Promise.all([first.close(), second.close()])
})

test('two spans are compared, filters narrow both, and what is shown can be saved', async () => {
  const { page, faults, close } = await consolePage(browser, server, manager, '/reports?zone=UTC')
  await shown(page)
  await page.getByRole('combobox', { name: 'Compare with' }).click()
  const asked = page.waitForRequest((request) => /compareWith/.test(request.postData() ?? ''))
  await page.getByRole('option', { name: 'The time before' }).click()
  const { from, to, compareWith } = (await asked).postDataJSON() as Record<'from' | 'to', string> & {
    compareWith: { from: string; to: string }
  }
  assert.equal(compareWith.to <= from, true)
  const [now, before] = await Promise.all([counted(from, to), counted(compareWith.from, compareWith.to)])
  const way =
    now.replied! > before.replied! ? 'more than' : now.replied! < before.replied! ? 'less than' : 'the same as'
  await tile(page, 'Replied').getByText(`${way} ${before.replied} before`).waitFor()

  await page.getByRole('button', { name: 'Add filter' }).click()
  await page.getByRole('menuitem', { name: 'Handoff' }).click()
  await page.getByRole('checkbox', { name: 'Billing questions' }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Handoff: Billing questions' }).waitFor()
  const [one] = await server.deps.db<{ n: number }[]>`
    select count(*)::int as n from calls where account_id = ${brand.accountId}
      and handoff_id = ${seeded.handoffs.billing} and attempted_at >= ${from} and attempted_at < ${to}`
  await tile(page, 'Calls')
    .getByRole('button', { name: new RegExp(`^${one!.n}\\b`) })
    .waitFor()

  for (const [format, rowsOf] of Object.entries(readers)) {
    await page.getByRole('button', { name: 'Export' }).click()
    const dialog = page.getByRole('dialog', { name: 'Export' })
    await dialog.getByText(format, { exact: true }).click()
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      dialog.getByRole('button', { name: 'Save the file' }).click(),
    ])
    assert.equal(saved.suggestedFilename(), `report.${format.toLowerCase()}`)
    const rows = await rowsOf(await saved.path())
    const calls = rows.reduce((sum, { attempted }) => sum + Number(attempted), 0)
    assert.equal(calls, one!.n, `${format}: ${Object.keys(rows[0] ?? {})}`)
    await dialog.waitFor({ state: 'hidden' })
  }
  assert.deepEqual(faults, [])
  await close()
})

/** How each format of a saved table is read, by the name that its choice has. */
const readers: Readonly<Record<string, (path: string) => Promise<readonly Record<string, unknown>[]>>> = {
  async CSV(path) {
    const text = (await readFile(path, 'utf8')).replace(/["\uFEFF]/g, '').trim()
    const [columns, ...rows] = text.split(/\r?\n/).map((line) => line.split(','))
    return rows.map((row) => Object.fromEntries(row.map((value, place) => [columns![place], value])))
  },
  NDJSON: async (path) =>
    (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  Parquet: async (path) => parquetReadObjects({ file: await asyncBufferFromFile(path) }),
}

test('the last hour moves by itself', async () => {
  const { page, faults, close } = await consolePage(browser, server, manager, '/reports?span=live')
  await page.getByText('Live: the numbers move by themselves.').waitFor()
  await tile(page, 'Calls').waitFor()
  const before = await numberIn(page, 'Calls')
  await testCall(server, brand)
  await tile(page, 'Calls')
    .getByRole('definition')
    .first()
    .getByText(new RegExp(`^${before + 1}\\b`))
    .waitFor()
  await page.getByRole('button', { name: 'Hold' }).click()
  await page.getByText('Held: the numbers stand still.').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('everything is reached by the keyboard, and every chart is a table as well', async () => {
  const tuesday = new Date()
  tuesday.setUTCDate(tuesday.getUTCDate() - (((tuesday.getUTCDay() + 4) % 7) + 1))
  tuesday.setUTCHours(10, 30)
  await testCall(server, brand, { ageHours: (Date.now() - tuesday.getTime()) / 3_600_000 })
  const { page, faults, close } = await consolePage(browser, server, manager, '/reports?span=28d&zone=UTC')
  await shown(page)
  const trends = part(page, 'Trends')
  const chart = trends.getByRole('application', { name: /^Calls:/ })
  await chart.focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowRight')
  await trends
    .getByRole('status')
    .filter({ hasText: /Calls: \d+/ })
    .waitFor()

  await trends.getByRole('application', { name: /^Cost of messages: 28 points/ }).waitFor()
  await trends.getByRole('button', { name: 'Show as table for Trends' }).focus()
  await page.keyboard.press('Enter')
  assert.equal(await trends.getByRole('row').count(), 29, 'a head and 28 days')
  const days = await trends.getByRole('rowheader').count()
  assert.equal(days, 28)
  const [{ cost }] = (await server.deps.db`
    select sum(cost_micros)::float8 as cost from calls
    where account_id = ${brand.accountId} and attempted_at::date = ${tuesday.toISOString().slice(0, 10)}`) as unknown as [
    { cost: number },
  ]
  const heads = await trends.getByRole('columnheader').allInnerTexts()
  const when = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' }).format(tuesday)
  const cells = await trends
    .getByRole('row', { name: new RegExp(`\\b${when}\\b`) })
    .getByRole('cell')
    .allInnerTexts()
  assert.ok(cost > 0)
  assert.equal(
    cells[heads.indexOf('Cost of messages') - 1],
    new Intl.NumberFormat('en-GB', {
      ...{ style: 'currency', currency: 'USD' },
      ...(cost < 1_000_000 ? { minimumFractionDigits: 4, maximumFractionDigits: 4 } : {}),
    }).format(cost / 1_000_000),
  )

  const map = part(page, 'Hours of the week')
  await map.getByRole('button', { name: /^Monday 09:00/ }).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('ArrowDown')
  const focused = await page.locator(':focus').getAttribute('aria-label')
  assert.match(focused!, /^Tuesday 10:00: \d+$/)
  await page.keyboard.press('Enter')
  const drawer = page.getByRole('dialog', { name: 'Calls · Tuesday · 10:00' })
  await drawer.getByText(`${focused!.split(': ')[1]} call`).waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  await page.locator('[aria-label^="Tuesday 10:00"]:focus').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('no calls, no answer and no permission are said, and nothing else is shown', async () => {
  await server.deps.db`insert into accounts (account_id, title, region) values (${sandboxAccountId}, 'Sandbox', 'va')`
  const owner = await testUser(server, sandboxAccountId, 'administrator')
  const fresh = await consolePage(browser, server, owner, '/reports')
  await fresh.page.getByRole('heading', { name: 'No calls yet' }).waitFor()
  await fresh.page.getByRole('link', { name: 'Make a call with Try it' }).waitFor()
  assert.deepEqual(await axeViolations(fresh.page), [])
  await fresh.close()

  const { page, context, close } = await consolePage(browser, server, manager, '/reports?span=28d')
  await shown(page)
  await context.route('**/api/reports/query', (route) =>
    /"groupBy":\["skill"\]/.test(route.request().postData() ?? '') ? route.abort() : route.continue(),
  )
  await page.getByRole('combobox', { name: 'Told apart by' }).click()
  await page.getByRole('option', { name: 'Skill' }).click()
  // One part could not be read: it says so, and the others stay.
  await part(page, 'By skill').getByText('The server cannot be reached just now.').waitFor()
  assert.equal((await numberIn(page, 'Calls')) >= count, true)
  await context.unrouteAll()
  await part(page, 'By skill').getByRole('button', { name: 'Try again' }).click()
  await part(page, 'By skill')
    .getByRole('row', { name: /billing/ })
    .waitFor()
  await close()

  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const refused = await consolePage(browser, server, agent, '/reports')
  await refused.page.getByText('Reports is not open to you').waitFor()
  assert.equal(await refused.page.getByRole('link', { name: 'Reports' }).count(), 0)
  const asked = { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }
  for (const path of ['query', 'calls', 'opt-outs']) {
    assert.equal((await agent.ask('POST', `/api/reports/${path}`, asked)).status, 403, path)
  }
  await refused.close()
})

const sideways = `(() => {
  const main = document.querySelector('main')
  return document.documentElement.scrollWidth > innerWidth || main.scrollWidth > main.clientWidth
})()`
/** Colours change within a moment even where motion is reduced, and begin to only with the next frame. */
const settled = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  .then(() => null)`

test('axe finds nothing: charts in the dark; tables, and calls beside them, as narrow as 400 % zoom', async () => {
  const address = '/reports?span=28d&compare=before&zone=UTC&channels=sms,wa'
  const { page, faults, close } = await consolePage(browser, server, manager, address, { colorScheme: 'dark' })
  await shown(page)
  await part(page, 'Texts compared').getByRole('table').waitFor()
  await part(page, 'Opt-outs').getByRole('table').waitFor()
  assert.deepEqual(await axeViolations(page), [], 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.locator('html[data-mantine-color-scheme="light"]').waitFor()
  for (const name of ['Funnel', 'Trends']) await page.getByRole('button', { name: `Show as table for ${name}` }).click()
  await page.setViewportSize({ width: 320, height: 640 })
  await page.evaluate(settled)
  assert.deepEqual(await axeViolations(page), [], 'light, tables at 320 px')
  assert.equal(await page.evaluate(sideways), false, 'scrolls sideways')
  await tile(page, 'Sent').getByRole('button').click()
  await page.getByRole('dialog', { name: 'Sent' }).getByRole('table').waitFor()
  await page.evaluate(settled)
  assert.deepEqual(await axeViolations(page), [], 'calls at 320 px')
  assert.deepEqual(faults, [])
  await close()
})
