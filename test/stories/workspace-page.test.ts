import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { offerConversations } from '../../src/actions/offer-conversations.ts'
import { consolePage } from '../console-page.ts'
import { simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestConversation, testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'

/* What the workspace page does by itself: who comes first, what is kept, how it looks, what stays fast. */
let server: TestServer
let brand: TestBrand
let browser: Browser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const agent = (skillId: string, password?: string) =>
  testUser(server, brand.accountId, 'agent', { skills: [skillId], ...(password === undefined ? {} : { password }) })
const row = (page: Page, { conversationId }: TestConversation) => page.locator(`[data-row="${conversationId}"]`)
const scheme = (page: Page) => page.evaluate('document.documentElement.dataset.mantineColorScheme')

test('signing in leads to the page that was asked for; out, and nothing of it is left', async () => {
  const password = 'correct horse battery staple'
  const { support } = brand.skills
  const user = await agent(support, password)
  const conversation = await testConversation(server, brand, { text: 'Behind a door.' })
  const { page, context, faults, close } = await consolePage(
    browser,
    server,
    null,
    `/workspace/${conversation.conversationId}`,
  )
  await page.getByLabel('Email').fill(user.email)
  await page.getByRole('textbox', { name: 'Password' }).fill('wrong')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Messages' }).getByText('Behind a door.').waitFor()

  await page.getByRole('button', { name: 'Test agent agent' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  assert.equal(await page.getByText('Behind a door.').count(), 0)
  assert.deepEqual(
    (await context.cookies()).filter((cookie) => cookie.name === 'c2m-session'),
    [],
  )
  assert.deepEqual(faults, [])
  await close()
})

test('a page that hears the server says that it is there', async () => {
  const user = await agent(brand.skills.support)
  const { db } = server.deps
  const { page, faults, close } = await consolePage(browser, server, user, '/simulator')
  const said = page.waitForResponse((response) => response.url().endsWith('/presence/sign-of-life'))
  await page.goto(`${server.url}/workspace`)
  assert.equal((await said).status(), 204)
  const again = page.waitForResponse((response) => response.url().endsWith('/presence/sign-of-life'), {
    timeout: 60_000,
  })
  await db`update presences set seen_at = now() - interval '50 seconds' where user_id = ${user.userId}`
  await again
  const [row] = await db`
    select seen_at > now() - interval '40 seconds' as seen from presences where user_id = ${user.userId}`
  assert.equal(row?.seen, true)
  assert.deepEqual(faults, [])
  await close()
})

test('light and dark follow the system until one is chosen, which lasts', async () => {
  const { page, faults, close } = await consolePage(browser, server, await agent(brand.skills.sales), '/workspace', {
    colorScheme: 'dark',
  })
  await page.getByText('Choose a conversation').waitFor()
  assert.equal(await scheme(page), 'dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.waitForFunction('document.documentElement.dataset.mantineColorScheme === "light"')
  await page.getByRole('button', { name: 'Test agent agent' }).click()
  await page.getByRole('menuitemradio', { name: 'Dark' }).click()
  assert.equal(await scheme(page), 'dark')
  await page.reload()
  await page.getByText('Choose a conversation').waitFor()
  assert.equal(await scheme(page), 'dark')
  assert.deepEqual(faults, [])
  await close()
})

test('who waits longest is on top and says so in more than colour; the tab counts; search finds a number however written', async () => {
  const { billing } = brand.skills
  const young = await testConversation(server, brand, { skillId: billing, minutesAgo: 1, text: 'A moment ago' })
  const old = await testConversation(server, brand, { skillId: billing, minutesAgo: 30, text: 'For half an hour' })
  const { page, faults, close } = await consolePage(browser, server, await agent(billing), '/workspace?list=queue')
  await row(page, old).waitFor()
  const order = await page.evaluate('[...document.querySelectorAll("[data-row]")].map((row) => row.dataset.row)')
  assert.deepEqual(order, [old.conversationId, young.conversationId])
  assert.equal(await row(page, old).locator('[data-urgency="late"] svg').count(), 1)
  assert.equal(await row(page, young).locator('[data-urgency="fine"]').count(), 1)
  assert.match(await page.title(), /^\(2\) Workspace/)
  // Who does not talk to the consumer sees, and finds, the number's end only.
  const end = old.phone.slice(-4)
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill(`${end.slice(0, 2)} ${end.slice(2)}`)
  await row(page, young).waitFor({ state: 'detached' })
  await row(page, old).waitFor()
  assert.ok(!page.url().includes(end), 'a number never stands in an address')
  assert.deepEqual(faults, [])
  await close()
})

test('a canned reply by / with its variables, and what it costs', async () => {
  const { sales } = brand.skills
  const boss = await testUser(server, brand.accountId, 'administrator')
  const saved = await boss.ask('POST', `/api/admin/accounts/${brand.accountId}/canned-replies`, {
    ...{ title: 'Greeting', shortcut: 'hello', skillId: null, language: null },
    text: 'Hello {{firstName}}, this is {{agentName}} of {{brand}}. {{ivrNumber}}',
  })
  assert.equal(saved.status, 201, JSON.stringify(saved.body))
  const conversation = await testConversation(server, brand, {
    skillId: sales,
    sdes: { personal: { firstname: 'Maria' }, ctmrinfo: null },
  })
  const user = await agent(sales)
  const { page, faults, close } = await consolePage(browser, server, user, `/workspace/${conversation.conversationId}`)
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  const field = page.getByRole('textbox', { name: 'Reply' })
  await field.fill('')
  await field.pressSequentially('/hel')
  await page.getByRole('option', { name: /Greeting/ }).waitFor()
  await page.keyboard.press('Enter')
  const filled = 'Hello Maria, this is Test agent of Test brand. +18005550123'
  assert.equal(await field.inputValue(), filled)
  await page.getByText(`${160 - filled.length}/1 segment`).waitFor()
  await field.press('End')
  await field.pressSequentially('”')
  await page.getByText('/1 segment · wide').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('an offer counts down before the one it is made to, who passes it on or accepts it', async () => {
  const own = await testBrand(server, simulatedSms)
  const { accountId } = own
  await server.deps.db`update skills set routing = 'offer' where account_id = ${accountId}`
  server.deps.accounts.drop(accountId)
  const offers = () => offerConversations(server.deps, { kind: 'system', accountId })
  const people = await Promise.all(
    [0, 1].map(() => testUser(server, accountId, 'agent', { skills: [own.skills.support] })),
  )
  const pages = await Promise.all(people.map((user) => consolePage(browser, server, user, '/workspace?list=queue')))
  for (const { page } of pages) await page.getByText('Nobody waits').waitFor()
  const conversation = await testConversation(server, own, { text: 'Who gets me?' })
  await offers()
  const offered = await Promise.race(
    pages.map(async ({ page }, place) => {
      await row(page, conversation).getByText('offered to you').waitFor()
      return place
    }),
  )
  const [first, second] = [pages[offered]!.page, pages[1 - offered]!.page]
  await first.getByText(/^Offered to you for \d+ s: /).waitFor()
  await row(first, conversation).click()
  await first.getByText(/^Offered to you for \d+ s$/).waitFor()
  await first.getByRole('button', { name: 'Decline' }).click()
  await first.getByText(/^Offered to you/).waitFor({ state: 'detached' })
  await offers()
  await row(second, conversation).click()
  await second.getByText(/^Offered to you for \d+ s$/).waitFor()
  await second.getByRole('button', { name: 'Accept' }).first().click()
  await second.getByRole('textbox', { name: 'Reply' }).waitFor()
  assert.equal(await first.getByRole('textbox', { name: 'Reply' }).count(), 0)
  for (const { faults, close } of pages) {
    assert.deepEqual(faults, [])
    await close()
  }
})

test('a day after the consumer wrote WhatsApp takes a template only, which is picked in the same place', async () => {
  const { billing } = brand.skills
  const { db } = server.deps
  const { accountId } = brand
  const [senderId, template] = [randomUUID(), 'Hello {{1}}, we are back.']
  await db`insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${accountId}, ${senderId}, 'wa-simulator', 'wa', '+18005550177', 'WhatsApp', '{}')`
  await db`insert into templates (account_id, template_id, name, language, status, body, sender_id)
    values (${accountId}, ${randomUUID()}, 'back_again', 'en', 'approved', ${template}, ${senderId})`
  server.deps.accounts.drop(accountId)
  const { conversationId } = await testConversation(server, brand, { skillId: billing, minutesAgo: 25 * 60 })
  await db`update conversations set channel = 'wa', sender_id = ${senderId}
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  const { page, faults, close } = await consolePage(
    browser,
    server,
    await agent(billing),
    `/workspace/${conversationId}`,
  )
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await page.getByText('More than 24 hours have passed').waitFor()
  assert.equal(await page.getByRole('textbox', { name: 'Reply' }).count(), 0)
  await page.getByRole('button', { name: 'Choose a template' }).click()
  await page.getByRole('radio', { name: /back_again/ }).check()
  await page.getByLabel('{{1}}').fill('Maria')
  await page.getByRole('dialog').getByText('Hello Maria, we are back.').waitFor()
  await page.getByRole('button', { name: 'Send template' }).click()
  await page.getByRole('region', { name: 'Messages' }).getByText('Hello Maria, we are back.').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('with 500 open conversations only those in sight exist, and keys still reach each', async () => {
  const own = await testBrand(server, simulatedSms)
  const boss = await testUser(server, own.accountId, 'agent-manager')
  for (let done = 0; done < 500; done += 20) {
    await Promise.all(
      Array.from({ length: 20 }, (_, place) => testConversation(server, own, { minutesAgo: 1 + done + place })),
    )
  }
  const { page, faults, close } = await consolePage(browser, server, boss, '/workspace?list=all')
  await page.getByRole('tab', { name: 'All 500' }).waitFor()
  const shown = () => page.locator('[data-row]').count()
  assert.ok((await shown()) < 40, `${await shown()} rows exist`)
  await page.locator('[data-row]').first().focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  assert.equal(await page.evaluate('document.activeElement.closest("li").ariaPosInSet'), '3')
  await page.evaluate('document.getElementById("conversations").scrollTop = 1e6')
  await page.locator('li[aria-posinset="500"]').waitFor()
  assert.ok((await shown()) < 40)
  assert.deepEqual(faults, [])
  await close()
})

test('up to 1240 px the details wait until they are asked for, and wider than that they stand beside', async () => {
  const conversation = await testConversation(server, brand, { text: 'Can you see me?' })
  const user = await agent(brand.skills.support)
  const { page, faults, close } = await consolePage(
    browser,
    server,
    user,
    `/workspace/${conversation.conversationId}`,
    {
      viewport: { width: 1024, height: 768 },
    },
  )
  const about = page.getByRole('complementary', { name: 'About the consumer' })
  const details = page.getByRole('button', { name: 'Details', exact: true })
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await page.getByRole('textbox', { name: 'Reply' }).fill('Yes.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  assert.equal(await about.isVisible(), false)
  await details.click()
  await about.waitFor()
  await page.setViewportSize({ width: 1440, height: 900 })
  await about.waitFor()
  await page.setViewportSize({ width: 1024, height: 768 })
  await about.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await page.getByText('This conversation is closed.').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('an address that names no list shows one’s own', async () => {
  const user = await agent(brand.skills.sales)
  for (const list of ['bogus', 'all', 'toString']) {
    const { page, faults, close } = await consolePage(browser, server, user, `/workspace?list=${list}`)
    await page.getByRole('tab', { name: 'Mine 0', selected: true }).waitFor()
    await page.getByText('Nothing is yours').waitFor()
    assert.deepEqual(faults, [])
    await close()
  }
})

test('without a chosen conversation none is asked for', async () => {
  const { page, faults, close } = await consolePage(
    browser,
    server,
    await agent(brand.skills.sales),
    '/sign-in-is-no-page',
  )
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`)
  })
  await page.goto(`${server.url}/workspace`)
  await page.getByText('Nothing is yours').waitFor()
  await page.waitForLoadState('load')
  await page.getByRole('tab', { name: /Queue/ }).click()
  await page.getByText('Nobody waits').waitFor()
  assert.deepEqual(refused, [])
  assert.deepEqual(faults, [])
  await close()
})

test('a notice leaves free what one writes with, and an overseer who is offline takes over all the same', async () => {
  const conversation = await testConversation(server, brand, { text: 'Who helps me?' })
  const anna = await agent(brand.skills.support)
  const taken = await anna.ask('POST', `/api/workspace/conversations/${conversation.conversationId}/take`)
  assert.equal(taken.status, 204)
  const boss = await testUser(server, brand.accountId, 'agent-manager', {
    ...{ skills: [brand.skills.support], presence: 'offline' },
  })
  const { page, faults, close } = await consolePage(browser, server, boss, `/workspace/${conversation.conversationId}`)
  await page.getByRole('button', { name: 'More', exact: true }).waitFor()
  const over = page.getByRole('button', { name: 'Take over', exact: true })
  if (!(await over.isVisible())) await page.getByRole('button', { name: 'More', exact: true }).click()
  await page.getByText('Take over', { exact: true }).click()
  const field = page.getByRole('textbox', { name: 'Reply' })
  await field.fill('Hello {{name}}')
  await field.press('Enter')
  const notice = page.getByRole('region', { name: 'Notices' })
  await notice.getByText('Fill in {{name}} first').waitFor()
  const [notices, composer] = [await notice.boundingBox(), await page.getByLabel('Write a reply').boundingBox()]
  assert.ok(notices!.y + notices!.height <= composer!.y, `${JSON.stringify({ notices, composer })}`)
  assert.deepEqual(faults, [])
  await close()
})

test('a long name keeps to the heading of the details', async () => {
  const sdes = {
    personal: { firstname: 'Maximiliana-Alexandra '.repeat(8), lastname: 'von und zu Hohenstein' },
    ctmrinfo: null,
  }
  const conversation = await testConversation(server, brand, { sdes })
  const user = await agent(brand.skills.support)
  const { page, faults, close } = await consolePage(
    browser,
    server,
    user,
    `/workspace/${conversation.conversationId}`,
    {
      viewport: { width: 1440, height: 500 },
    },
  )
  const about = page.getByRole('complementary', { name: 'About the consumer' })
  await about.getByText('Invited').waitFor()
  const heading = about.getByRole('heading', { level: 2 })
  const [head, name, number] = await Promise.all(
    [heading.locator('..'), heading, about.getByText('Number', { exact: true })].map((one) => one.boundingBox()),
  )
  assert.ok(name!.y >= head!.y && name!.y + name!.height <= head!.y + head!.height, JSON.stringify({ head, name }))
  assert.ok(name!.y + name!.height <= number!.y, JSON.stringify({ name, number }))
  assert.deepEqual(faults, [])
  await close()
})
