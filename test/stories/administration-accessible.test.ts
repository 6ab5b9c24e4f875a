import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { atomic } from '../../src/store/db.ts'
import { giveEvents } from '../../src/store/webhook-events.ts'
import { axeViolations, consolePage } from '../console-page.ts'
import { simulatedSms } from '../simulated-provider.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { type TestUser, testUser } from '../test-user.ts'

/*
 * WCAG 2.2 AA by axe on every page of administration, in light and dark, and as narrow as 400 % zoom makes it: zero
 * violations on every state that looks different, and nothing that scrolls sideways.
 */
let server: TestServer
let browser: Browser
let brand: TestBrand
let user: TestUser
const ids = { handoff: '', template: '', sender: '', skill: '', webhook: '' }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  browser = await testBrowser()
  brand = await testBrand(server, simulatedSms)
  user = await testUser(server, brand.accountId, 'administrator', { skills: [brand.skills.support] })
  const make = async (path: string, body: unknown) => {
    const answer = await user.ask('POST', `/api/admin/accounts/${brand.accountId}${path}`, body)
    assert.ok(answer.status < 300, `${path} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  ids.sender = brand.smsSender.senderId
  ids.handoff = brand.handoffId
  ids.skill = brand.skills.support
  await user.ask('PATCH', `/api/admin/accounts/${brand.accountId}/handoffs/${ids.handoff}`, { lookbackMinutes: 1_440 })
  await user.ask('PATCH', `/api/admin/accounts/${brand.accountId}/skills/${ids.skill}`, {
    routing: 'offer',
    hours: {
      timeZone: 'Europe/London',
      weekly: { mon: [{ from: '09:00', to: '17:00' }] },
      holidays: [{ date: '2026-12-25', name: 'Christmas', open: [] }],
    },
  })
  const settings = { secret: 'a-secret-of-the-simulator' }
  const wa = await make('/senders', { connector: 'wa-simulator', address: '+18005550171', title: 'WhatsApp', settings })
  const body = 'Hi {{1}}, reply here to go on.'
  const written = { name: 'go_on', body, sender: wa.senderId, samples: { body: { 1: 'Maria' } } }
  ids.template = (
    await make('/templates', { ...written, buttons: [{ kind: 'quick-reply', label: 'Yes', value: 'y' }] })
  ).templateId
  await server.deps.db`
    update templates set status = 'rejected', reason = 'The category is another one.'
    where account_id = ${brand.accountId} and template_id = ${ids.template}`
  await make('/canned-replies', { title: 'Greeting', shortcut: 'hello', text: 'Hello {{firstName}}.' })
  await make('/prices', { channel: 'sms', country: 'US', micros: 7_900, currency: 'USD' })
  await make('/opt-outs', { address: '+12065551041', channel: 'sms', evidence: 'By letter' })
  await make('/senders', { connector: 'inapp-simulator', address: 'shop', title: 'Shop app', settings })
  const webhook = { title: 'Data warehouse', url: 'https://hooks.example.com/c2m', events: ['conversation.opened'] }
  ids.webhook = (await make('/webhooks', webhook)).endpointId
  await testConversation(server, brand)
  await atomic(server.deps.db, giveEvents)
  const attempt = { at: new Date().toISOString(), status: 503, ms: 87, error: 'status', answer: 'Back at noon.' }
  await server.deps.db`
    update webhook_deliveries set tries = 1, attempts = ${server.deps.db.json([attempt])}
    where account_id = ${brand.accountId}`
  await server.deps.db`
    update webhook_endpoints set failing_since = now(), last_error = 'status' where account_id = ${brand.accountId}`
  // Something for the health strip to say.
  await server.deps.db`
    update senders set broken = 'The provider refuses its credentials.'
    where account_id = ${brand.accountId} and address = 'shop'`
})
after(async () => {
  await browser?.close()
  await server?.close()
})

const seen = (text: string | RegExp) => (page: Page) => page.getByRole('main').getByText(text).first().waitFor()
const opened = (name: string | RegExp, dialog?: string) => async (page: Page) => {
  await page.getByRole('main').getByRole('button', { name }).first().click()
  if (dialog !== undefined) await page.getByRole('dialog', { name: dialog }).waitFor()
}

const foundPerson = async (page: Page) => {
  await page.getByRole('textbox', { name: 'Number', exact: true }).fill('+12065551041')
  await page.getByRole('button', { name: 'Show what is held' }).click()
  await page.getByRole('cell', { name: 'Opt-outs', exact: true }).waitFor()
}

const states: readonly (readonly [name: string, path: () => string, arrive: (page: Page) => Promise<unknown>])[] = [
  ['first steps', () => '/set-up', seen('A handoff')],
  ['handoffs', () => '/handoffs', seen('1 handoff')],
  ['a handoff', () => `/handoffs/${ids.handoff}`, seen('Reply to continue by text.')],
  ['a word of its sentence', () => `/handoffs/${ids.handoff}`, opened(/change channels/)],
  [
    'a message that is tried against another',
    () => `/handoffs/${ids.handoff}`,
    async (page) => {
      await page.getByRole('button', { name: 'Try another text against it' }).click()
      await page.getByRole('group', { name: 'Variant B' }).waitFor()
    },
  ],
  ['its limits', () => `/handoffs/${ids.handoff}?part=more`, seen('Give an invite up after')],
  ['its versions', () => `/handoffs/${ids.handoff}?part=versions`, seen('Version 1')],
  ['a new handoff', () => '/handoffs/new', seen('Sentence')],
  ['templates', () => '/templates', seen('The category is another one.')],
  ['a template', () => `/templates/${ids.template}`, seen('WhatsApp says')],
  ['senders', () => '/senders', seen('Support number')],
  [
    'a sender, checked',
    () => `/senders/${ids.sender}`,
    async (page) => {
      await page.getByRole('button', { name: 'Check the sender' }).click()
      await page.getByRole('button', { name: 'Check again' }).waitFor()
    },
  ],
  [
    'a new sender, with how it is set up',
    () => '/senders/new',
    async (page) => {
      await page.getByRole('combobox', { name: 'Provider' }).click()
      await page.getByRole('option', { name: 'Twilio SMS' }).click()
      await page.getByText('How to set it up at the provider').click()
      await page.getByRole('heading', { name: /Point Twilio at it/ }).waitFor()
    },
  ],
  ['skills', () => '/skills', seen('Takes calls')],
  ['a skill', () => `/skills/${ids.skill}`, seen('Monday')],
  ['canned replies', () => '/texts', seen('/hello')],
  ['a canned reply', () => '/texts', opened('/hello', 'Canned reply')],
  ['automatic texts', () => '/texts?part=automatic', seen('Out of hours')],
  ['people', () => '/people', seen('(you)')],
  ['a new person', () => '/people', opened('New person', 'New person')],
  ['API keys', () => '/api-access', seen('never')],
  ['an API key', () => '/api-access', opened('IVR', 'IVR')],
  ['webhooks', () => '/webhooks', seen('Data warehouse')],
  ['a new webhook endpoint', () => '/webhooks', opened('New endpoint', 'New endpoint')],
  [
    'a webhook endpoint that fails, and what it was told',
    () => `/webhooks/${ids.webhook}`,
    async (page) => {
      await page.locator('summary').first().click()
      await page.getByText('Back at noon.').waitFor()
    },
  ],
  [
    'what else can be done with it',
    () => `/webhooks/${ids.webhook}`,
    async (page) => {
      await opened('More')(page)
      await page.getByRole('menuitem', { name: 'Deliver again …' }).waitFor()
    },
  ],
  ['settings', () => '/settings', seen('SMS to US')],
  ['a price to set', () => '/settings', opened('Set a price', 'Set a price')],
  ['opt-outs', () => '/opt-outs', seen('+1 206 555 1041')],
  ['an opt-out to lift', () => '/opt-outs', opened(/^Lift for/, 'Lift an opt-out')],
  ['data rights', () => '/data-rights', seen('Nobody was erased yet')],
  ['what is held of a person', () => '/data-rights', foundPerson],
  [
    'erasing a person',
    () => '/data-rights',
    async (page) => {
      await foundPerson(page)
      await opened('Erase this person', 'Erase this person?')(page)
    },
  ],
  [
    'the audit log, opened',
    () => '/audit',
    async (page) => {
      await page.locator('summary').first().click()
      await page.getByRole('columnheader', { name: 'Before' }).first().waitFor()
    },
  ],
]

const sideways = `(() => {
  const main = document.querySelector('main')
  return document.documentElement.scrollWidth > innerWidth || main.scrollWidth > main.clientWidth
})()`

/** Colours change within a moment even where motion is reduced, and begin to only with the next frame. */
const settled = `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  .then(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)))
  .then(() => null)`

for (const [state, path, arrive] of states) {
  test(state, async () => {
    const { page, faults, close } = await consolePage(browser, server, user, path(), { colorScheme: 'light' })
    await arrive(page)
    await page.getByRole('complementary', { name: 'Health' }).waitFor()
    assert.deepEqual(await axeViolations(page), [], 'light')
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.locator('html[data-mantine-color-scheme="dark"]').waitFor()
    await page.evaluate(settled)
    assert.deepEqual(await axeViolations(page), [], 'dark')
    // 320 px is what 1280 px become at 400 % zoom (WCAG 1.4.10).
    await page.setViewportSize({ width: 320, height: 640 })
    assert.deepEqual(await axeViolations(page), [], 'at 320 px')
    assert.equal(await page.evaluate(sideways), false, 'scrolls sideways')
    assert.deepEqual(faults, [])
    await close()
  })
}
