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

/* What slips from an agent's fingers in the workspace: it reaches no consumer, and what it did can be undone. */
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

const agent = () => testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
const at = ({ conversationId }: TestConversation) => `/workspace/${conversationId}`
const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply' })
const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

async function stateOf({ conversationId }: TestConversation): Promise<string> {
  const [row] = await server.deps.db<{ state: string }[]>`
    select state from conversations where account_id = ${brand.accountId} and conversation_id = ${conversationId}`
  return row!.state
}

async function becomes(conversation: TestConversation, state: string): Promise<void> {
  for (let look = 0; look < 300 && (await stateOf(conversation)) !== state; look += 1)
    await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(await stateOf(conversation), state)
}

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

test('whoever takes a conversation writes in it with the next key, however they took it', async () => {
  const conversation = await testConversation(server, brand, { text: 'By key?' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), '/workspace')
  await page.getByText('Choose a conversation').waitFor()
  await page.keyboard.press('a')
  await page.locator('#reply:focus').waitFor()
  await page.keyboard.type('Hello, here I am.')
  assert.equal(await reply(page).inputValue(), 'Hello, here I am.')
  assert.equal(await stateOf(conversation), 'assigned')

  const other = await testConversation(server, brand, { text: 'By button?' })
  await page.goto(server.url + at(other))
  await button(page, 'Take').click()
  await page.locator('#reply:focus').waitFor()
  await page.keyboard.type('Hello again.')
  assert.equal(await reply(page).inputValue(), 'Hello again.')
  assert.deepEqual(faults, [])
  await close()
})

test('closing can be undone for some seconds; then it is done', async () => {
  const conversation = await testConversation(server, brand, { text: 'Closed by mistake?' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(page, 'Take').click()
  await reply(page).fill('I was still writing')
  await page.getByRole('tab', { name: 'Mine 1' }).click()
  await page.keyboard.press('e')
  await page.getByText('This conversation is closed.').waitFor()
  await page.getByRole('tab', { name: 'Mine 0' }).waitFor()
  await page.getByRole('region', { name: 'Notices' }).getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('tab', { name: 'Mine 1' }).waitFor()
  assert.equal(await reply(page).inputValue(), 'I was still writing')
  assert.equal(await stateOf(conversation), 'assigned')

  await button(page, 'Close').click()
  await page.getByText('This conversation is closed.').waitFor()
  await becomes(conversation, 'closed')
  await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' })
  assert.deepEqual(faults, [])
  await close()
})

test('whoever writes while the closing can still be undone is not closed', async () => {
  const conversation = await testConversation(server, brand, { text: 'Is that all?' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(page, 'Take').click()
  await reply(page).waitFor()
  await button(page, 'Close').click()
  await page.getByText('This conversation is closed.').waitFor()
  await writes(conversation, 'One more thing.')
  await messages(page).getByText('One more thing.').waitFor()
  await reply(page).waitFor()
  await page.getByText('It stays open: the consumer has written.').waitFor()
  assert.equal(await stateOf(conversation), 'assigned')
  assert.deepEqual(faults, [])
  await close()
})

test('who closes and signs out at once, or leaves the page, has closed', async () => {
  const [first, second] = [await testConversation(server, brand), await testConversation(server, brand)]
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(first))
  await button(page, 'Take').click()
  await reply(page).waitFor()
  await button(page, 'Close').click()
  await page.goto(server.url + at(second))
  await becomes(first, 'closed')
  await button(page, 'Take').click()
  await reply(page).waitFor()
  await button(page, 'Close').click()
  await page.getByRole('button', { name: 'Test agent agent' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await becomes(second, 'closed')
  assert.deepEqual(faults, [])
  await close()
})

test('a canned reply with a gap, or a shortcut that nobody knows, does not reach the consumer by Enter', async () => {
  const boss = await testUser(server, brand.accountId, 'administrator')
  const saved = await boss.ask('POST', `/api/admin/accounts/${brand.accountId}/canned-replies`, {
    ...{ title: 'Hi', shortcut: 'hi', skillId: null, language: null },
    text: 'Hello {{firstName}}, one moment.',
  })
  assert.equal(saved.status, 201, JSON.stringify(saved.body))
  const conversation = await testConversation(server, brand, { text: 'I gave no name.' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(page, 'Take').click()
  await page.locator('#reply:focus').waitFor()
  await page.keyboard.type('/nothinglikeit')
  await page.getByText('No canned reply is called so.').waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await reply(page).inputValue(), '/nothinglikeit')
  await reply(page).fill('')
  await page.keyboard.type('/hi')
  await page.getByRole('option', { name: /Hi/ }).waitFor()
  await page.keyboard.press('Enter')
  assert.equal(await reply(page).inputValue(), 'Hello {{firstName}}, one moment.')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  assert.equal(await reply(page).inputValue(), 'Hello {{firstName}}, one moment.')
  await page.getByText('Fill in {{firstName}} first').waitFor()
  // The gap is chosen: what is typed stands in its place.
  await page.keyboard.type('there')
  await page.keyboard.press('Enter')
  await messages(page).getByRole('listitem').filter({ hasText: 'Hello there' }).getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['Hello there, one moment.'])
  assert.deepEqual(faults, [])
  await close()
})
