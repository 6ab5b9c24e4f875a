import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { sumReports } from '../src/actions/sum-reports.ts'
import { deflectedCalls } from '../test/deflected-calls.ts'
import { serverProcess } from '../test/server-process.ts'
import { testBrand } from '../test/test-brand.ts'
import { testBrowser } from '../test/test-browser.ts'
import { testServer } from '../test/test-server.ts'
import { testUser } from '../test/test-user.ts'
import { buildConsole } from './build-console.ts'

/**
 * `npm run screenshots`: the README's pictures, made by using the product: a fresh sandbox, its pages in the browser from
 * npm, a few callers. Written to docs/images; plain pictures of flat pages stay small.
 */
const folder = join(import.meta.dirname, '..', 'docs', 'images')
await mkdir(folder, { recursive: true })
await buildConsole()
const server = await serverProcess({ env: { SANDBOX: 'on', ELIGIBILITY_DEADLINE_MS: '5000' } })
const browser = await testBrowser()
try {
  await server.ready(120_000)
  const { users } = await server.sandbox()

  const open = async (role: string, colorScheme: 'light' | 'dark', width = 1280, height = 800) => {
    const context = await browser.newContext({
      ...{ viewport: { width, height }, colorScheme, locale: 'en-GB', reducedMotion: 'reduce' as const },
    })
    const { email, password } = users.find((user) => user.role === role)!
    const headers = { 'x-c2m-csrf': '1' }
    await context.request.post(`${server.url}/api/session`, { data: { email, password }, headers })
    return { context, page: await context.newPage() }
  }
  const picture = async (page: Page, name: string) => {
    const path = join(folder, `${name}.png`)
    await page.mouse.move(0, 0)
    await page.screenshot({ path })
    process.stdout.write(`${name}.png ${Math.round((await stat(path)).size / 1024)} kB\n`)
  }

  // Try it, in the middle of its story.
  const story = await open('administrator', 'light', 1440, 860)
  await story.page.goto(`${server.url}/try`)
  const phone = story.page.getByRole('region', { name: 'The caller’s phone' })
  await phone.getByRole('button', { name: /Sandbox: SMS/ }).click()
  await phone.getByText('Press 1 to continue').waitFor()
  await phone.getByRole('button', { name: /^1/ }).click()
  const answer = phone.getByRole('textbox', { name: 'Answer as the caller' })
  await answer.fill('Hi, my order 77 is late')
  await answer.press('Enter')
  await story.page.getByRole('button', { name: 'Take' }).click()
  await story.page.getByRole('textbox', { name: 'Reply' }).fill('Let me look. It arrives tomorrow before noon.')
  await story.page.keyboard.press('Enter')
  await phone.getByText('before noon').waitFor()
  await story.page.getByText('The agent answered').waitFor()
  await story.page.waitForTimeout(1_500)
  await picture(story.page, 'try-it')

  // More callers, for the workspace and the live view.
  const callers = [
    ['+12065550101', '+18005550100', 'sms', 'Can I change the delivery address?'],
    ['+14155550122', '+18005550101', 'wa', 'My invoice has the wrong name on it.'],
    ['+13125550145', '+18005550102', 'inapp', 'The app says my card was declined.'],
    ['+12125550171', '+18005550101', 'wa', 'Thanks for writing. Is the shop open on Sunday?'],
  ] as const
  for (const caller of callers) await callAndAnswer(story.context, server.url, caller)

  for (const colorScheme of ['light', 'dark'] as const) {
    const { context, page } = await open('administrator', colorScheme)
    await page.goto(`${server.url}/workspace?list=all`)
    await page.locator('[data-row]', { hasText: 'before noon' }).click()
    await page.getByRole('region', { name: 'Messages' }).getByText('before noon').waitFor()
    await page.waitForTimeout(800)
    await picture(page, colorScheme === 'light' ? 'workspace' : 'workspace-dark')
    await context.close()
  }

  const { page } = story
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.goto(`${server.url}/live`)
  await page.getByRole('region', { name: 'Queues' }).waitFor()
  await picture(page, 'live')
  await page.goto(`${server.url}/handoffs/H000000000000002`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForTimeout(1_500)
  await picture(page, 'handoff')

  // Reports say nothing about a handful of calls: some weeks of them, in a database of their own.
  const past = await testServer()
  try {
    const brand = await testBrand(past)
    const manager = await testUser(past, brand.accountId, 'agent-manager')
    await deflectedCalls(past, brand, { count: 4_000, days: 56 })
    await sumReports(past.deps)
    await past.deps.db`update accounts set title = 'Acme'`
    await past.deps.db`update users set name = 'Ada Byron'`
    await page.context().addCookies([{ name: 'c2m-session', value: manager.sessionToken, url: past.url }])
    await page.setViewportSize({ width: 1280, height: 1_000 })
    await page.goto(`${past.url}/reports?span=28d&compare=before&zone=UTC`)
    await page.getByRole('heading', { name: 'Trends' }).waitFor()
    await page.waitForTimeout(1_500)
    await picture(page, 'reports')
  } finally {
    await past.close()
  }
} finally {
  await browser.close()
  await server.close()
}

/** A caller who is invited and answers, without a page. */
async function callAndAnswer(
  { request }: BrowserContext,
  url: string,
  [from, line, channel, text]: readonly [string, string, string, string],
): Promise<void> {
  const post = async (path: string, data: unknown) => {
    const headers = { 'x-c2m-csrf': '1' }
    const answered = await request.post(url + path, { data, headers })
    if (!answered.ok()) throw new Error(`${path.replace(/\+\d+/, '…')} was answered ${answered.status()}`)
    return answered.json()
  }
  const { exchange } = await post('/simulator/calls', { from, number: line })
  const { callId } = exchange.answer
  await post(`/simulator/calls/${callId}/invite`, {})
  const number = channel === 'inapp' ? exchange.body.consumerId : from
  const messages = `/simulator/phones/${encodeURIComponent(number)}/messages`
  for (let tries = 0; ; tries++) {
    const shown = (await (await request.get(url + messages)).json()) as { direction: string }[]
    if (shown.some(({ direction }) => direction === 'to-phone')) break
    if (tries === 100) throw new Error('an invite did not arrive within 20 seconds')
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  await post(messages, { channel, text })
}
