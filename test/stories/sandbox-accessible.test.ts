import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { sandboxAccountId } from '../../src/domain/sandbox-account.ts'
import { startWorker } from '../../src/jobs/index.ts'
import { seedSandbox } from '../../src/sandbox.ts'
import { axeViolations, consolePage } from '../console-page.ts'
import { testBrowser } from '../test-browser.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/*
 * WCAG 2.2 AA by axe on the pages of the sandbox and of those who supervise, in light and dark, and at a phone's width:
 * zero violations on every state that looks different, and nothing that scrolls sideways.
 */
let server: TestServer
let browser: Browser
let worker: { stop(): Promise<void> }
let dataDir: string
let user: TestUser
let callId: string

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on', ELIGIBILITY_DEADLINE_MS: '5000' } })
  dataDir = await mkdtemp(join(tmpdir(), 'c2m-sandbox-'))
  await seedSandbox(server.deps, dataDir)
  worker = await startWorker(server.deps)
  browser = await testBrowser()
  const skills = [...(await server.deps.accounts.get(sandboxAccountId))!.skills.keys()]
  user = await testUser(server, sandboxAccountId, 'administrator', { skills })
  const from = '+12065550123'
  const asked = await user.ask('POST', '/simulator/calls', { from, number: '+18005550100' })
  callId = asked.body.exchange.answer.callId
  assert.equal((await user.ask('POST', `/simulator/calls/${callId}/invite`)).status, 200)
  const typed = { channel: 'sms', text: 'Where is my order?', to: '+18005550100' }
  await user.ask('POST', `/simulator/phones/${encodeURIComponent(from)}/messages`, typed)
  await user.ask('PUT', '/api/workspace/stops', { skillId: skills[0]!, channel: 'wa', stopped: true })
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
  await rm(dataDir, { recursive: true, force: true })
})

const phone = (page: Page) => page.getByRole('region', { name: 'The caller’s phone' })
const side = (page: Page, name: string) => page.getByRole('radiogroup', { name: 'Side of the story' }).getByText(name)

/** Calls and presses 1; at a phone's width one side of the story shows at a time. */
async function invited(page: Page): Promise<void> {
  await phone(page)
    .getByRole('button', { name: /Sandbox: SMS/ })
    .click()
  await phone(page).getByText('Press 1 to continue').waitFor()
  await phone(page).getByRole('button', { name: /^1/ }).click()
  await phone(page).getByText('Thank you for calling. Reply').waitFor()
}

async function showSide(page: Page, name: string): Promise<void> {
  await page.getByRole('heading', { name: 'Try it' }).waitFor()
  if (await side(page, name).isVisible()) await side(page, name).click()
}

const states: readonly (readonly [name: string, path: () => string, arrive: (page: Page) => Promise<unknown>])[] = [
  ['numbers to call', () => '/try', (page) => phone(page).getByText('Sandbox: in-app').waitFor()],
  [
    'a call',
    () => '/try',
    async (page) => {
      await phone(page)
        .getByRole('button', { name: /Sandbox: WhatsApp/ })
        .click()
      await phone(page).getByText('Press 1 to continue').waitFor()
    },
  ],
  ['a text on the phone', () => '/phone', invited],
  [
    'what happens, opened',
    () => '/try',
    async (page) => {
      await invited(page)
      await showSide(page, 'What happens')
      await page.locator('summary', { hasText: 'eligibility' }).click()
      await page.getByText('"consumerPhoneNumber"').waitFor()
    },
  ],
  [
    'the agent’s side',
    () => '/try',
    async (page) => {
      await showSide(page, 'Agent')
      await page.getByRole('button', { name: 'Take' }).first().waitFor()
    },
  ],
  ['live', () => '/live', (page) => page.getByText('by Test administrator').waitFor()],
  ['calls', () => '/transactions', (page) => page.getByRole('region', { name: 'Calls' }).waitFor()],
  [
    'one call',
    () => `/transactions/${callId}`,
    async (page) => {
      await page.getByText('Asked the provider').click()
      await page.getByText('Answer 201').waitFor()
    },
  ],
  [
    'a test of eligibility',
    () => '/eligibility',
    async (page) => {
      await page.getByRole('textbox', { name: 'Consumer’s number' }).fill('+1 206 555 0147')
      await page.getByRole('button', { name: 'Test', exact: true }).click()
      await page.getByRole('heading', { name: 'The call' }).waitFor()
    },
  ],
]

for (const [name, options] of [
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  // 320 px is what 1280 px become at 400 % zoom (WCAG 1.4.10).
  ['at 320 px', { viewport: { width: 320, height: 640 } }],
] as const) {
  describe(name, () => {
    for (const [state, path, arrive] of states) {
      test(state, async () => {
        const { page, faults, close } = await consolePage(browser, server, user, path(), options)
        await arrive(page)
        assert.deepEqual(await axeViolations(page), [])
        assert.equal(
          await page.evaluate('document.documentElement.scrollWidth > innerWidth'),
          false,
          'scrolls sideways',
        )
        assert.equal(
          await page.evaluate(
            '(() => { const main = document.querySelector("main"); return main.scrollWidth > main.clientWidth })()',
          ),
          false,
          'the page scrolls sideways',
        )
        assert.deepEqual(faults, [])
        await close()
      })
    }
  })
}
