import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { startWorker } from '../../src/jobs/index.ts'
import { consolePage } from '../console-page.ts'
import { simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestConversation, testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'

/*
 * The workspace as agents use it: a real browser, a real server, the simulated provider. Nothing is loaded anew by hand.
 */
let server: TestServer
let brand: TestBrand
let browser: Browser
let worker: { stop(): Promise<void> }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
  worker = await startWorker(server.deps)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
})

const agent = (skills: readonly string[] = [brand.skills.support]) =>
  testUser(server, brand.accountId, 'agent', { skills })

async function writes({ phone }: TestConversation, text: string): Promise<void> {
  const answer = await fetch(`${server.url}/simulator/phones/${encodeURIComponent(phone)}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ channel: 'sms', text, to: brand.smsSender.address }),
  })
  assert.equal(answer.status, 201)
}

async function onPhone({ phone }: TestConversation): Promise<readonly string[]> {
  const answer = await fetch(`${server.url}/simulator/phones/${encodeURIComponent(phone)}/messages`)
  const messages = (await answer.json()) as { direction: string; text: string }[]
  return messages.filter((one) => one.direction === 'to-phone').map((one) => one.text)
}

const at = ({ conversationId }: TestConversation) => `/workspace/${conversationId}`
const row = (page: Page, { conversationId }: TestConversation) => page.locator(`[data-row="${conversationId}"]`)
const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply' })
const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

test("an agent's shift: take, reply, note, transfer, close, survey", async () => {
  const { sales, support } = brand.skills
  const { db, accounts } = server.deps
  await db`update skills set survey_on = true where account_id = ${brand.accountId} and skill_id = ${sales}`
  accounts.drop(brand.accountId)
  const conversation = await testConversation(server, brand, {
    text: 'Where is my order 77?',
    sdes: { personal: { firstname: 'Maria', lastname: 'Lopez' }, ctmrinfo: { ctype: 'VIP' } },
  })
  const [anna, bert] = [await agent([support, sales]), await agent([sales])]
  const { page, faults, close } = await consolePage(browser, server, anna, '/workspace?list=queue')

  await row(page, conversation).click()
  await messages(page).getByText('Where is my order 77?').waitFor()
  await page.getByRole('heading', { name: 'Maria Lopez', level: 2 }).first().waitFor()
  await page.getByText('VIP').waitFor()
  await page.getByText(`Handoff ${brand.handoffId} (v1)`, { exact: true }).waitFor()
  await button(page, 'Take').click()
  await page.getByRole('tab', { name: 'Mine 1' }).waitFor()

  await reply(page).fill('Let me look at it.')
  await page.keyboard.press('Enter')
  await messages(page).getByRole('listitem').filter({ hasText: 'Let me look at it.' }).getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['Let me look at it.'])

  await writes(conversation, 'Thank you, I wait.')
  await messages(page).getByText('Thank you, I wait.').waitFor()

  // The pretend SMS provider carries no files, and says so before anything is sent.
  const picture = { name: 'receipt.png', mimeType: 'image/png', buffer: onePixel }
  await page.locator('input[type=file]').setInputFiles(picture)
  await page.getByText('This channel takes no files.').waitFor()

  await button(page, 'Note').click()
  await page.getByRole('textbox', { name: 'Note' }).fill('She is a good customer.')
  await page.keyboard.press('Enter')
  await messages(page).getByText('Private note', { exact: true }).waitFor()
  await messages(page).getByText('She is a good customer.').waitFor()

  const colleague = await consolePage(browser, server, bert, '/workspace?list=queue')
  await colleague.page.getByText('Nobody waits').waitFor()
  await button(page, 'More').click()
  await page.getByRole('menuitem', { name: 'Transfer' }).click()
  await page.getByRole('radio', { name: 'sales' }).check()
  await page.getByLabel('Note for who gets it').fill('Wants to buy another one.')
  await page.getByRole('dialog').getByRole('button', { name: 'Transfer' }).click()

  await row(colleague.page, conversation).click()
  await messages(colleague.page).getByText('Wants to buy another one.').waitFor()
  await button(colleague.page, 'Take').click()
  await reply(colleague.page).waitFor()
  await button(colleague.page, 'Close').click()
  await colleague.page.getByText('This conversation is closed.').waitFor()
  await colleague.page.getByRole('tab', { name: 'Mine 0' }).waitFor()

  const question = messages(colleague.page).getByRole('listitem').filter({ hasText: 'How did we do?' })
  await question.getByText('delivered').waitFor()
  assert.match((await onPhone(conversation)).at(-1)!, /^How did we do\?.* 1 .* 5 /)
  const about = colleague.page.getByRole('complementary', { name: 'About the consumer' })
  await about.getByText('Asked, not answered yet.').waitFor()
  await writes(conversation, '5')
  await about.getByText('5 of 5', { exact: true }).waitFor()
  await messages(colleague.page).getByText('5', { exact: true }).waitFor()
  await colleague.page.getByText('This conversation is closed.').waitFor()
  const born = await db`
    select state from conversations where account_id = ${brand.accountId} and consumer_phone = ${conversation.phone}`
  assert.deepEqual(
    born.map(({ state }) => state),
    ['closed'],
    'a score is no new conversation',
  )

  assert.ok(!(await onPhone(conversation)).some((text) => /good customer|another one/.test(text)), 'a note was sent')
  assert.deepEqual([...faults, ...colleague.faults], [])
  await Promise.all([close(), colleague.close()])
})

test('the whole shift by keys', async () => {
  const conversation = await testConversation(server, brand, { text: 'By keys, please.' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), '/workspace')
  await page.getByText('Choose a conversation').waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.keyboard.press('a')
  await page.getByRole('tab', { name: 'Mine 1' }).waitFor()
  await page.locator('#reply:focus').waitFor()
  await messages(page).focus()
  await page.keyboard.press('i')
  await page.keyboard.type('One moment.')
  await page.keyboard.press('Enter')
  await messages(page).getByRole('listitem').filter({ hasText: 'One moment.' }).getByText('delivered').waitFor()
  assert.equal(await page.evaluate('document.activeElement.id'), 'reply', 'the field keeps the focus')
  await page.keyboard.press('Control+k')
  await page.getByRole('dialog').getByRole('textbox').fill('close')
  await page.keyboard.press('Enter')
  await page.getByText('This conversation is closed.').waitFor()
  assert.deepEqual(await onPhone(conversation), ['One moment.'])
  assert.deepEqual(faults, [])
  await close()
})

test('of two agents who take at once one has it, and the other reads so', async () => {
  const conversation = await testConversation(server, brand, { text: 'Who is first?' })
  const pages = await Promise.all(
    [await agent(), await agent()].map((user) => consolePage(browser, server, user, `${at(conversation)}?list=queue`)),
  )
  // Neither request leaves before both have clicked: what races is the taking, not the news of it.
  let clicked = 0
  let go = () => {}
  const both = new Promise<void>((resolve) => {
    go = resolve
  })
  for (const { page } of pages) {
    await button(page, 'Take').waitFor()
    await page.route('**/take', async (route) => {
      clicked += 1
      if (clicked === pages.length) go()
      await both
      await route.continue()
    })
  }
  await Promise.all(pages.map(({ page }) => button(page, 'Take').click()))
  const has = await Promise.all(
    pages.map(({ page }) =>
      Promise.race([
        reply(page)
          .waitFor()
          .then(() => true),
        page
          .getByText('It was not taken')
          .waitFor()
          .then(() => false),
      ]),
    ),
  )
  assert.deepEqual([...has].sort(), [false, true])
  const loser = pages[has.indexOf(false)]!.page
  await loser.getByText(/with Test agent/).waitFor()
  assert.equal(await reply(loser).count(), 0)
  for (const { faults, close } of pages) {
    assert.deepEqual(faults, [])
    await close()
  }
})

test('five minutes without a line: the draft stays, what was missed comes, what was written goes out once', async () => {
  const conversation = await testConversation(server, brand, { text: 'Are you there?' })
  const user = await agent()
  const { page, context, faults, close } = await consolePage(browser, server, user, at(conversation))
  await button(page, 'Take').click()
  await reply(page).waitFor()

  await context.setOffline(true)
  await page.getByText('No connection since').waitFor()
  await reply(page).fill('I am, only my line is not.')
  await page.keyboard.press('Enter')
  await page.getByText('waits for the connection').waitFor()
  await reply(page).fill('A draft that')
  await writes(conversation, 'Hello? I am waiting.')
  // The page that was away longer than events are kept begins again; five minutes are not, and it only goes on.
  await server.deps.db`update events set at = at - interval '5 minutes' where account_id = ${brand.accountId}`
  assert.deepEqual(await onPhone(conversation), [])

  await context.setOffline(false)
  await page.getByText('No connection since').waitFor({ state: 'detached' })
  await messages(page).getByText('Hello? I am waiting.').waitFor()
  await messages(page).getByRole('listitem').filter({ hasText: 'only my line is not' }).getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['I am, only my line is not.'])
  assert.equal(await messages(page).getByText('I am, only my line is not.').count(), 1)

  await page.reload()
  await messages(page).getByText('Hello? I am waiting.').waitFor()
  assert.equal(await reply(page).inputValue(), 'A draft that')
  assert.deepEqual(faults, [])
  await close()
})

test('a page that was away for longer than events are kept begins again', async () => {
  const user = await agent()
  const { page, context, faults, close } = await consolePage(browser, server, user, '/workspace?list=queue')
  await page.getByRole('tab', { name: /Queue/ }).waitFor()
  await page.getByText('Online').waitFor()
  await context.setOffline(true)
  await page.getByText('No connection since').waitFor()
  const conversation = await testConversation(server, brand, { text: 'Written while nobody looked.' })
  await writes(conversation, 'And this as well.')
  await server.deps.db`delete from events where account_id = ${brand.accountId}`
  await context.setOffline(false)
  await row(page, conversation).getByText('And this as well.').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('what a consumer writes is text: no script, no turned writing, no length breaks the page', async () => {
  const script = `<img src=x onerror="alert('markup')"><script>alert('script')</script><style>*{display:none}</style>`
  const bidi = 'invoice \u202efdp.exe\u202c and \u2066isolated'
  const zalgo = `Z${'\u0315\u0352\u0363'.repeat(400)}algo`
  const long = `${'W'.repeat(32_000)} ${'long '.repeat(6_000)}`
  const conversation = await testConversation(server, brand, {
    text: script,
    sdes: { personal: { firstname: '<b>Eve</b>', lastname: '\u202eevil' }, ctmrinfo: { ctype: script } },
  })
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(page, 'Take').click()
  await reply(page).waitFor()
  await messages(page).getByText(script, { exact: true }).waitFor()
  for (const text of [bidi, zalgo]) {
    await writes(conversation, text)
    await messages(page).getByText(text.slice(-9)).first().waitFor()
  }
  // Longer than any provider takes; whatever way it came, it is shown.
  const { db } = server.deps
  await db`update messages set body = ${long} where account_id = ${brand.accountId} and conversation_id = ${conversation.conversationId} and body = ${bidi}`
  await page.reload()
  await messages(page)
    .getByRole('button', { name: /^Show all 6\d,\d{3} characters$/ })
    .click()

  const found = (await page.evaluate(`({
    markup: document.querySelectorAll('main img[src="x"], main script, main style').length,
    wide: document.documentElement.scrollWidth > innerWidth,
    wideThread: [...document.querySelectorAll('[aria-label="Messages"]')].some((box) => box.scrollWidth > box.clientWidth),
    longest: Math.max(...[...document.querySelectorAll('[data-message] bdi')].map((box) => box.textContent.length)),
    boxes: [...document.querySelectorAll('[data-message] bdi')].map((box) => box.getBoundingClientRect().width),
  })`)) as { markup: number; wide: boolean; wideThread: boolean; boxes: number[]; longest: number }
  assert.equal(found.markup, 0)
  assert.equal(found.longest, long.length)
  assert.equal(found.wide, false, 'the page is as wide as its window')
  assert.equal(found.wideThread, false, 'no message is wider than its pane')
  assert.ok(found.boxes.length >= 3 && found.boxes.every((width) => width < 700))
  assert.deepEqual(faults, [])
  await close()
})

test('who has no business in the workspace sees neither its entry nor its data', async () => {
  const campaigner = await testUser(server, brand.accountId, 'campaign-manager')
  const conversation = await testConversation(server, brand, { text: 'Not for campaigners.' })
  const { page, faults, close } = await consolePage(browser, server, campaigner, '/sign-in-is-no-page')
  assert.equal(await page.getByRole('navigation').count(), 0)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${server.url}${at(conversation)}`)
  await page.getByText('Workspace is not open to you').waitFor()
  assert.equal(await page.getByRole('link', { name: 'Workspace' }).count(), 0)
  assert.equal(await page.getByText('Not for campaigners.').count(), 0)
  assert.deepEqual(
    asked.filter((path) => path.startsWith('/api/workspace')),
    [],
  )
  assert.deepEqual(faults, [])
  await close()
})
