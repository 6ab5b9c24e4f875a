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
import { type TestUser, testUser } from '../test-user.ts'

/* What an agent has written and the server has not: it is its writer's, in however many tabs, and goes out once. */
let server: TestServer
let brand: TestBrand
let browser: Browser
let worker: { stop(): Promise<void> }
const password = 'correct horse battery staple'

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

const agent = (options: { password?: string } = {}) =>
  testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support], ...options })

async function onPhone({ phone }: TestConversation): Promise<readonly string[]> {
  const answer = await fetch(`${server.url}/simulator/phones/${encodeURIComponent(phone)}/messages`)
  const messages = (await answer.json()) as { direction: string; text: string }[]
  return messages.filter((one) => one.direction === 'to-phone').map((one) => one.text)
}

const at = ({ conversationId }: TestConversation) => `/workspace/${conversationId}`
const reply = (page: Page) => page.getByRole('textbox', { name: 'Reply' })
const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const written = (page: Page, text: string) => messages(page).getByRole('listitem').filter({ hasText: text })

async function holds(page: Page, text: string): Promise<void> {
  for (let look = 0; look < 200 && (await reply(page).inputValue()) !== text; look += 1) await page.waitForTimeout(50)
  assert.equal(await reply(page).inputValue(), text)
}

async function signIn(page: Page, { email }: TestUser): Promise<void> {
  await page.getByLabel('Email').fill(email)
  await page.getByRole('textbox', { name: 'Password' }).fill(password)
  await page.keyboard.press('Enter')
}

test('what an agent could not send is neither seen nor sent by who signs in after them', async () => {
  const conversation = await testConversation(server, brand, { text: 'Who speaks to me?' })
  const [anna, boss] = [await agent(), await testUser(server, brand.accountId, 'agent-manager', { password })]
  const { page, context, faults, close } = await consolePage(browser, server, anna, at(conversation))
  await button(page, 'Take').click()
  await page.route('**/reply', (route) => route.abort('internetdisconnected'))
  await reply(page).fill('Anna wrote this.')
  await page.keyboard.press('Enter')
  await written(page, 'Anna wrote this.').getByText('waits for the connection').waitFor()
  await button(page, 'More').click()
  await page.getByRole('menuitem', { name: 'Back to the queue' }).click()
  await button(page, 'Take').waitFor()
  await page.getByRole('button', { name: 'Test agent agent' }).click()
  await page.getByRole('menuitem', { name: 'Sign out' }).click()

  await signIn(page, boss)
  await messages(page).getByText('Who speaks to me?').waitFor()
  assert.equal(await messages(page).getByText('Anna wrote this.').count(), 0)
  await button(page, 'Take').click()
  await reply(page).waitFor()
  await page.unroute('**/reply')
  await context.setOffline(true)
  await page.getByText('No connection since').waitFor()
  await context.setOffline(false)
  await page.getByText('No connection since').waitFor({ state: 'detached' })
  // In one conversation what was written first goes out first: once this has arrived, nothing is on its way before it.
  await reply(page).fill('This is the manager.')
  await page.keyboard.press('Enter')
  await written(page, 'This is the manager.').getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['This is the manager.'])
  assert.deepEqual(faults, [])
  await close()
})

test('two tabs of one agent keep what either has written, and send each once', async () => {
  const conversation = await testConversation(server, brand, { text: 'Two tabs?' })
  const { page: first, context, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(first, 'Take').click()
  await reply(first).waitFor()
  const second = await context.newPage()
  await second.goto(server.url + at(conversation))
  await reply(second).waitFor()
  await context.setOffline(true)
  for (const page of [first, second]) await page.getByText('No connection since').waitFor()

  await reply(first).fill('First.')
  await first.keyboard.press('Enter')
  await written(first, 'First.').getByText('waits for the connection').waitFor()
  await first.close()
  await reply(second).fill('Second.')
  await second.keyboard.press('Enter')
  await written(second, 'Second.').getByText('waits for the connection').waitFor()
  await written(second, 'First.').getByText('waits for the connection').waitFor()

  await context.setOffline(false)
  for (const text of ['First.', 'Second.']) await written(second, text).getByText('delivered').waitFor()
  // The provider was asked in this order or the other: two that wait go out within a moment.
  assert.deepEqual([...(await onPhone(conversation))].sort(), ['First.', 'Second.'])
  assert.deepEqual(faults, [])
  await close()
})

test('what one tab has sent is no draft in another one', async () => {
  const conversation = await testConversation(server, brand, { text: 'Said once?' })
  const { page: first, context, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(first, 'Take').click()
  await reply(first).fill('Once is enough.')
  const second = await context.newPage()
  await second.goto(server.url + at(conversation))
  await holds(second, 'Once is enough.')
  await reply(first).press('Enter')
  await written(second, 'Once is enough.').getByText('delivered').waitFor()
  await holds(second, '')
  await reply(second).press('Enter')
  await reply(second).fill('The end.')
  await reply(second).press('Enter')
  await written(second, 'The end.').getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['Once is enough.', 'The end.'])
  assert.deepEqual(faults, [])
  await close()
})

test('whatever meets an ended session asks to sign in, and a reply goes out when that is done', async () => {
  const conversation = await testConversation(server, brand, { text: 'Still signed in?' })
  const user = await agent({ password })
  const { page, context, faults, close } = await consolePage(browser, server, user, at(conversation))
  await button(page, 'Take').waitFor()
  await context.clearCookies()
  await button(page, 'Take').click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn(page, user)
  await button(page, 'Take').click()
  await reply(page).fill('I was away for long.')
  await context.clearCookies()
  await reply(page).press('Enter')
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await signIn(page, user)
  await written(page, 'I was away for long.').getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['I was away for long.'])
  assert.deepEqual(faults, [])
  await close()
})

test('a reply that the server does not take just now says why it waits', async () => {
  const conversation = await testConversation(server, brand, { text: 'Is it busy?' })
  const { page, faults, close } = await consolePage(browser, server, await agent(), at(conversation))
  await button(page, 'Take').click()
  await reply(page).fill('It was, for a moment.')
  const busy = { code: 'overloaded', title: 'Too many requests at once.', details: [], requestId: null }
  await page.route('**/reply', (route) => route.fulfill({ status: 503, json: busy }))
  await reply(page).press('Enter')
  const waiting = written(page, 'It was, for a moment.')
  await waiting.getByText('waits, and is sent again: Too many requests at once.').waitFor()
  assert.equal(await waiting.getByText('the connection').count(), 0)
  await page.unroute('**/reply')
  await waiting.getByText('delivered').waitFor()
  assert.deepEqual(await onPhone(conversation), ['It was, for a moment.'])
  assert.deepEqual(faults, [])
  await close()
})
