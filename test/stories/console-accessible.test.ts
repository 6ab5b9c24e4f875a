import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { axeViolations, consolePage } from '../console-page.ts'
import { simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/*
 * WCAG 2.2 AA by axe, in light and dark, wide and at a phone's width: zero violations on every state of the page that
 * looks different. What a machine cannot see (order of focus, words) the keyboard's own story plays.
 */
let server: TestServer
let brand: TestBrand
let browser: Browser
let user: TestUser
let conversationId: string

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
  browser = await testBrowser()
  user = await testUser(server, brand.accountId, 'agent-manager', { skills: [brand.skills.support] })
  const sdes = { personal: { firstname: 'Maria', lastname: 'Lopez' }, ctmrinfo: { ctype: 'VIP', balance: -3.5 } }
  const mine = await testConversation(server, brand, { text: 'See https://brand.example/77', sdes, minutesAgo: 9 })
  conversationId = mine.conversationId
  await user.ask('PUT', '/api/workspace/presence', { status: 'online' })
  const taken = await user.ask('POST', `/api/workspace/conversations/${conversationId}/take`)
  assert.equal(taken.status, 204)
  const note = { text: 'A good customer.', clientId: 'note' }
  await user.ask('POST', `/api/workspace/conversations/${conversationId}/notes`, note)
  await user.ask('PUT', `/api/workspace/conversations/${conversationId}/tags`, { tags: ['late order'] })
  for (const minutesAgo of [1, 3, 8]) await testConversation(server, brand, { minutesAgo })
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const messages = (page: Page) => page.getByRole('region', { name: 'Messages' })

const states: readonly (readonly [name: string, path: string, arrive: (page: Page) => Promise<unknown>])[] = [
  ['a queue', '/workspace?list=queue', (page) => page.locator('[data-row]').nth(2).waitFor()],
  ['an empty list', '/workspace?list=closed', (page) => page.getByText('Nothing closed').waitFor()],
  ['a conversation', '/workspace/:id', (page) => messages(page).getByText('A good customer.').waitFor()],
  [
    'what can be done',
    '/workspace/:id',
    async (page) => {
      await messages(page).getByText('A good customer.').waitFor()
      await page.getByRole('button', { name: 'More', exact: true }).click()
      await page.getByRole('menuitem', { name: 'Transfer' }).waitFor()
    },
  ],
  [
    'a transfer',
    '/workspace/:id',
    async (page) => {
      await messages(page).getByText('A good customer.').waitFor()
      await page.keyboard.press('r')
      await page.getByRole('radio', { name: 'sales' }).waitFor()
    },
  ],
  [
    'the keys',
    '/workspace/:id',
    async (page) => {
      await messages(page).getByText('A good customer.').waitFor()
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    },
  ],
  [
    'the command bar',
    '/workspace/:id',
    async (page) => {
      await messages(page).getByText('A good customer.').waitFor()
      await page.keyboard.press('Control+k')
      await page.getByRole('dialog').getByText('Take the next in the queue').waitFor()
    },
  ],
  [
    'canned replies',
    '/workspace/:id',
    async (page) => {
      await page.getByRole('textbox', { name: 'Reply' }).fill('/')
      await page.getByRole('listbox').waitFor()
    },
  ],
]

for (const colorScheme of ['light', 'dark'] as const) {
  describe(colorScheme, () => {
    test('signing in', async () => {
      const { page, faults, close } = await consolePage(browser, server, null, '/', { colorScheme })
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      assert.deepEqual(await axeViolations(page), [])
      assert.deepEqual(faults, [])
      await close()
    })
    for (const [name, path, arrive] of states) {
      test(name, async () => {
        const { page, faults, close } = await open(path, { colorScheme })
        await arrive(page)
        assert.deepEqual(await axeViolations(page), [])
        assert.deepEqual(faults, [])
        await close()
      })
    }
  })
}

const open = (path: string, options: BrowserContextOptions) =>
  consolePage(browser, server, user, path.replace(':id', conversationId), options)

/** 320 px is what 1280 px become at 400 % zoom (WCAG 1.4.10). */
for (const width of [320, 360, 768, 1920]) {
  test(`at ${width} px nothing is cut off or scrolls sideways, and one pane leads to the next`, async () => {
    const { page, faults, close } = await open('/workspace', { viewport: { width, height: 640 } })
    await page.getByRole('tab', { name: /Mine 1/ }).waitFor()
    await page.locator(`[data-row="${conversationId}"]`).click()
    await messages(page).getByText('A good customer.').waitFor()
    const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth')
    assert.equal(wide, false)
    assert.deepEqual(await axeViolations(page), [])
    if (width < 720) {
      await page.getByRole('button', { name: 'Details', exact: true }).click()
      await page.getByText('Maria Lopez').last().waitFor()
      await page.getByRole('button', { name: 'Close the details' }).click()
      await page.getByRole('button', { name: 'Back to the list' }).click()
      await page.locator(`[data-row="${conversationId}"]`).waitFor()
    }
    assert.deepEqual(faults, [])
    await close()
  })
}
