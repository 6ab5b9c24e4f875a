import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page, Request } from 'playwright-core'
import { startWorker } from '../../src/jobs/index.ts'
import { consolePage } from '../console-page.ts'
import { simulatedProvider, simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestConversation, testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/* A page reads and is told at once. Whatever comes first, it ends with what is so. */
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

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })
const twoFrames = (page: Page) =>
  page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))')
const whole = ({ conversationId }: TestConversation) => `**/api/workspace/conversations/${conversationId}`
const writes = async ({ phone }: TestConversation, text: string) =>
  assert.equal((await simulatedProvider(server, brand).text(phone, text)).status, 200)

async function opened(user: TestUser, conversation: TestConversation) {
  const console = await consolePage(browser, server, user, `/workspace/${conversation.conversationId}`)
  await messages(console.page).getByRole('listitem').first().waitFor()
  return console
}

/**
 * Holds up the answers to what is asked from now on; `held` waits until the server has written the first, `pass` lets what is
 * asked later through, `release` the held ones.
 */
async function holdAnswers(page: Page, path: string) {
  let holding = true
  let asked = 0
  let written = 0
  const gate = Promise.withResolvers<void>()
  const released: Promise<unknown>[] = []
  await page.route(path, async (route) => {
    if (!holding) return route.continue()
    asked += 1
    const response = await route.fetch()
    written += 1
    await gate.promise
    // Who asked may have lost interest meanwhile.
    const told = route.fulfill({ response }).catch(() => {})
    released.push(told)
    return told
  })
  return {
    held: async () => {
      while (written === 0) await page.waitForTimeout(10)
    },
    pass: () => {
      holding = false
    },
    release: async () => {
      gate.resolve()
      while (released.length < asked) await page.waitForTimeout(10)
      await Promise.all(released)
      await twoFrames(page)
    },
  }
}

test('an answer that was under way takes nothing back that was heard meanwhile', async () => {
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const conversation = await testConversation(server, brand, { text: 'Where is my order?' })
  const { page, faults, close } = await opened(agent, conversation)
  const answers = await holdAnswers(page, whole(conversation))
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await answers.held()
  await page.getByRole('tab', { name: 'Mine 1' }).waitFor()
  answers.pass()
  const later = page.waitForResponse((response) => response.url().endsWith(conversation.conversationId))
  await writes(conversation, 'Are you there?')
  await messages(page).getByText('Are you there?').waitFor()
  await later
  await answers.release()
  assert.equal(await messages(page).getByText('Are you there?').count(), 1)
  await page.getByRole('textbox', { name: 'Reply' }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('an answer that is all there is holds what was heard meanwhile', async () => {
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const conversation = await testConversation(server, brand, { text: 'Where is my order?' })
  const path = `/api/workspace/conversations/${conversation.conversationId}`
  assert.equal((await agent.ask('POST', `${path}/take`)).status, 204)
  const { page, faults, close } = await consolePage(browser, server, agent, '/workspace')
  const row = page.locator(`[data-row="${conversation.conversationId}"]`)
  await row.waitFor()
  const answers = await holdAnswers(page, whole(conversation))
  await row.click()
  await answers.held()
  const reply = { text: 'From another tab.', clientId: 'another-tab' }
  assert.equal((await agent.ask('POST', `${path}/reply`, reply)).status, 202)
  const delivered = async () => (await agent.ask('GET', path)).body.messages.at(-1).status === 'delivered'
  while (!(await delivered())) await page.waitForTimeout(20)
  // Told after the status: what shows it has heard of the other.
  assert.equal((await agent.ask('PUT', '/api/workspace/presence', { status: 'away' })).status, 204)
  await page.getByRole('button', { name: /Away/ }).waitFor()
  answers.pass()
  await answers.release()
  const shown = messages(page).getByRole('listitem').filter({ hasText: reply.text })
  await shown.getByText('delivered').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('what happens while a page begins again is not missing in the opened conversation', async () => {
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const conversation = await testConversation(server, brand, { text: 'Where is my order?' })
  const path = `/api/workspace/conversations/${conversation.conversationId}`
  assert.equal((await agent.ask('POST', `${path}/take`)).status, 204)
  const { page, faults, close } = await opened(agent, conversation)
  let begins: Request | null = null
  const gate = Promise.withResolvers<void>()
  await page.route('**/api/workspace/snapshot', async (route) => {
    begins = route.request()
    await gate.promise
    return route.continue()
  })
  // A new colleague: every page begins again.
  await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  while (begins === null) await page.waitForTimeout(10)
  const note = { text: 'Noted by a colleague.', clientId: 'a-note' }
  assert.equal((await agent.ask('POST', `${path}/notes`, note)).status, 201)
  gate.resolve()
  await messages(page).getByText(note.text).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('a page that is hidden before its next frame is told all the same', async () => {
  const agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  const conversation = await testConversation(server, brand, { text: 'Where is my order?' })
  const { page, faults, close } = await opened(agent, conversation)
  // The frame that was asked for does not come while a page is hidden.
  await page.evaluate('window.requestAnimationFrame = () => 0')
  await writes(conversation, 'Are you there?')
  await page.waitForTimeout(500)
  await page.evaluate(`
    Object.defineProperty(document, 'hidden', { value: true, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  `)
  await messages(page).getByText('Are you there?').waitFor()
  assert.deepEqual(faults, [])
  await close()
})
