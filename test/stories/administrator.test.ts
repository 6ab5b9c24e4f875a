import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { sandboxAccountId } from '../../src/domain/sandbox-account.ts'
import { startWorker } from '../../src/jobs/index.ts'
import { consolePage } from '../console-page.ts'
import { appJwt } from '../ivr-client.ts'
import { testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { ask, testUser } from '../test-user.ts'

/*
 * A brand is set up in the browser alone, from an account in which there is nothing to a text on a phone; then what was
 * set up is changed, brought back and taken away, and whoever may not sees neither the button nor the data.
 */
const operatorToken = randomBytes(32).toString('base64url')
/** The one brand to which the console offers pretend senders; nothing is seeded into it here. */
const accountId = sandboxAccountId
const number = '+18005550142'
const phone = '+12065551077'

let server: TestServer
let browser: Browser
let worker: { stop(): Promise<void> }

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on', OPERATOR_TOKEN: operatorToken } })
  worker = await startWorker(server.deps)
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
})

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const field = (page: Page, name: string | RegExp) => page.getByRole('textbox', { name })
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true })
const choose = async (page: Page, label: string, option: string) => {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

async function post(path: string, body: unknown, token: string): Promise<Record<string, unknown>> {
  const answer = await ask(server.url + path, 'POST', body, { authorization: `Bearer ${token}` })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  return answer.body
}

test('an administrator sets up a brand from nothing, and a real call comes through', async () => {
  const made = await ask(
    `${server.url}/api/operator/accounts`,
    'POST',
    {
      accountId,
      title: 'Acme',
      settings: null,
      administrator: { email: 'boss@acme.example', name: 'Maria Boss' },
    },
    { authorization: `Bearer ${operatorToken}` },
  )
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { page, faults, close } = await consolePage(browser, server, null, '/set-up')
  await field(page, 'Email').fill('boss@acme.example')
  await page.getByLabel('Password').first().fill(made.body.users[0].password)
  await button(page, 'Sign in').click()

  await page.getByText('The settings were never saved').waitFor()
  await button(page, 'Save channels').click()
  await field(page, 'Name').fill('support')
  await button(page, 'Add skill').click()
  await button(page, 'I answer support myself').click()

  await choose(page, 'Provider', 'Simulated SMS')
  await field(page, 'Title').fill('Support number')
  await field(page, 'Number').fill(number)
  await page.getByLabel('Secret').first().fill('too-short')
  await button(page, 'Add sender').click()
  await page.getByText('must not have fewer than 16 characters').waitFor()
  await page.getByLabel('Secret').first().fill('a-secret-of-the-simulator')
  await button(page, 'Add sender').click()
  await page.getByText(`/hooks/sms-simulator/${accountId}/`).waitFor()
  await button(page, 'Check the sender').click()
  await page.getByText('Everything looks right.').waitFor()

  await page.getByRole('button', { name: /A handoff/ }).click()
  await field(page, 'The first text message').fill('Acme here. Reply to go on by text.')
  await page
    .getByRole('figure', { name: 'How it looks on the caller’s phone' })
    .getByText('Acme here. Reply to go on by text.')
    .waitFor()
  await button(page, 'Add handoff').click()
  await page.getByRole('button', { name: /First handoff, H/ }).waitFor()

  await page.getByRole('button', { name: /Access for your phone system/ }).click()
  await button(page, 'Make an id and a secret').click()
  const value = async (label: string) =>
    (await page.getByText(label, { exact: true }).locator('xpath=..').locator('code').textContent()) ?? ''
  const app = { clientId: await value('Client id'), clientSecret: await value('Client secret') }
  // The strip that said what was missing has nothing left to say.
  await page.getByRole('complementary', { name: 'Health' }).waitFor({ state: 'detached' })

  await page.getByRole('button', { name: /The first invite/ }).click()
  await page.getByText('Waiting for the first call.').waitFor()
  const commands = await page.locator('pre').allTextContents()
  assert.equal(commands.length, 3)
  const handoffId = /H[0-9]{15}/.exec(commands.join(' '))![0]

  const token = await appJwt(server, { accountId, app } as never)
  const call = { consumerPhoneNumber: phone, handoffId, skill: 'support', ivrNumber: number }
  const { callId } = await post(`/api/account/${accountId}/eligibility?v=2.0`, call, token)
  await post(`/api/account/${accountId}/invite?v=2.0`, { callId }, token)
  await page.getByText('A call has come').waitFor()
  const texts = await ask(`${server.url}/simulator/phones/${encodeURIComponent(phone)}/messages`, 'GET')
  assert.match(texts.body[0].text, /^Acme here\. Reply to go on by text\.\nTo stop receiving messages/)
  await page.getByRole('link', { name: 'See its journey' }).click()
  await page.waitForURL(`**/transactions/${callId}`)
  assert.deepEqual(faults, [])
  await close()
})

test('a handoff is changed in its sentence, and an older version comes back', async () => {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const path = `/handoffs/${brand.handoffId}`
  const { page, faults, close } = await consolePage(browser, server, boss, path)
  await page.getByRole('button', { name: /change lookback/ }).click()
  await button(page, '7 days').click()
  await page.keyboard.press('Escape')
  await field(page, 'Text').fill('Another text, on every phone.')
  await page.getByRole('figure').getByText('Another text, on every phone.').waitFor()
  await button(page, 'Save changes').click()
  await page.getByText('There are unsaved changes.').waitFor({ state: 'detached' })
  await page.getByRole('tab', { name: 'Versions' }).click()
  await page.getByText('Replies belong to the call for 7 days instead of 30 days.').waitFor()
  await button(page, 'Restore version 1').click()
  await page.getByRole('button', { name: /^30 days ?: change lookback/ }).waitFor()
  await page.getByRole('tab', { name: 'Messages' }).click()
  assert.equal(await field(page, 'Text').inputValue(), 'Reply to continue by text.')

  // Who goes away with changes is asked first, and stays when they say so.
  await field(page, 'Text').fill('Not saved.')
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Senders' }).click()
  await page.getByRole('dialog', { name: 'Leave without saving' }).waitFor()
  await button(page, 'Cancel').click()
  assert.equal(await field(page, 'Text').inputValue(), 'Not saved.')
  await button(page, 'Discard').click()
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Senders' }).click()
  await heading(page, 'Senders').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('a second text is tried against the first, and a price is set and taken back', async () => {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const { page, faults, close } = await consolePage(browser, server, boss, `/handoffs/${brand.handoffId}`)
  await button(page, 'Try another text against it').click()
  const second = page.getByRole('group', { name: 'Variant B' })
  await second.getByRole('textbox', { name: 'Text' }).fill('Shall we go on by text?')
  await page.getByRole('figure').getByText('Shall we go on by text?').waitFor()
  await second.getByRole('textbox', { name: 'Weight' }).fill('3')
  await second.getByText('75 % of callers').waitFor()
  await second.getByRole('textbox', { name: 'Name' }).fill('question')
  await button(page, 'Save changes').click()
  await page.getByText('There are unsaved changes.').waitFor({ state: 'detached' })
  const [channel] = (await server.deps.accounts.get(brand.accountId))!.handoffs.get(brand.handoffId)!.channels
  assert.deepEqual(channel!.variants, [
    { name: 'A', weight: 1, text: 'Reply to continue by text.' },
    { name: 'question', weight: 3, text: 'Shall we go on by text?' },
  ])

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Settings' }).click()
  await button(page, 'Set a price').click()
  const dialog = page.getByRole('dialog', { name: 'Set a price' })
  await dialog.getByRole('textbox', { name: 'Country' }).fill('us')
  await dialog.getByRole('textbox', { name: 'Price' }).fill('0.0079')
  await button(page, 'Set the price').click()
  await page.getByRole('cell', { name: /0\.0079 a part/ }).waitFor()
  await button(page, 'Without the price for SMS to US').click()
  await page.getByText('No price is set yet.').waitFor()
  await button(page, 'Undo').click()
  await page.getByRole('cell', { name: 'SMS to US', exact: true }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('a person gets a password once, and an API key its secrets', async () => {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const { page, faults, close } = await consolePage(browser, server, boss, '/people')
  await button(page, 'New person').click()
  await field(page, 'Email').fill('new@brand.example')
  await field(page, 'Name').fill('New Agent')
  await choose(page, 'Skills', 'support')
  await page.keyboard.press('Escape')
  await button(page, 'Add person').click()
  const once = page.getByRole('dialog', { name: 'The password' })
  const password = await once.locator('code').nth(1).textContent()
  assert.equal(await button(page, 'Done').isDisabled(), true)
  await once.getByRole('checkbox').check()
  await button(page, 'Done').click()
  await page.getByRole('button', { name: 'New Agent' }).waitFor()
  assert.equal(await page.getByText(password!).count(), 0)
  const session = await ask(
    `${server.url}/api/session`,
    'POST',
    { email: 'new@brand.example', password, accountId: brand.accountId },
    { origin: server.url },
  )
  assert.equal(session.status, 204)

  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'API access' }).click()
  await button(page, 'New API key').click()
  await field(page, 'Title').fill('Dialler')
  await button(page, 'Make API key').click()
  const secrets = page.getByRole('dialog', { name: 'The API key' })
  await secrets.waitFor()
  assert.equal(await secrets.locator('code').count(), 4)
  const secret = await secrets.locator('code').nth(1).textContent()
  await secrets.getByRole('checkbox').check()
  await button(page, 'Done').click()
  const row = page.getByRole('row', { name: /Dialler/ })
  await row.getByText('never').waitFor()
  assert.ok(!(await page.content()).includes(secret!))
  await row.getByRole('button', { name: 'Dialler' }).click()
  await page.getByRole('switch', { name: 'Works' }).click()
  await button(page, 'Save').click()
  await row.getByText('Off', { exact: true }).waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('an opt-out is added, found, lifted with a reason, and never in the address', async () => {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const { page, faults, close } = await consolePage(browser, server, boss, '/opt-outs')
  await page.getByText('Nobody has said stop').waitFor()
  await button(page, 'Add opt-out').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Number' }).fill('+1 206 555 1088')
  await dialog.getByRole('textbox', { name: 'How they told it' }).fill('By letter')
  await dialog.getByRole('button', { name: 'Add opt-out' }).click()
  const rows = page.getByRole('row', { name: /\+1 206 555 1088/ })
  await rows.first().waitFor()
  await page.getByRole('searchbox').fill('5551088')
  await rows.first().waitFor()
  await page.getByRole('searchbox').fill('5551099')
  await page.getByText('No opt-out is like that').waitFor()
  assert.ok(!page.url().includes('555'))
  await page.getByRole('searchbox').fill('')
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Export CSV' }).click()
  assert.match((await download).suggestedFilename(), /^opt-outs-\d+\.csv$/)
  // The list of all comes back a moment after the search was emptied; to lift one may lift another.
  const lifts = page.getByRole('button', { name: /^Lift for/ })
  await lifts.first().waitFor()
  while ((await lifts.count()) > 0) {
    await lifts.first().click()
    await dialog.getByRole('textbox', { name: 'Reason' }).fill('Asked for it')
    await dialog.getByRole('button', { name: 'Lift opt-out' }).click()
    await dialog.waitFor({ state: 'detached' })
  }
  await page.getByText('Nobody has said stop').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

test('what is held of a consumer is shown and handed out, and the consumer forgotten', async () => {
  const brand = await testBrand(server)
  const boss = await testUser(server, brand.accountId, 'administrator')
  const { phone: number } = await testConversation(server, brand)
  const { page, faults, close } = await consolePage(browser, server, boss, '/data-rights')
  const show = async () => {
    await field(page, 'Number').fill(`${number.slice(0, 5)} ${number.slice(5)}`)
    await button(page, 'Show what is held').click()
  }
  // Without its country code it is nobody's number: that nothing is held of them would be no true answer.
  for (const typed of [number.slice(1), number.slice(2), `(206) ${number.slice(5)}`, `00${number.slice(1)}`]) {
    await field(page, 'Number').fill(typed)
    await button(page, 'Show what is held').click()
    await page.getByText('This is not a number with its country code, like +12065550100.').waitFor()
    assert.equal(await page.getByRole('heading', { name: 'What is held' }).count(), 0, typed)
  }
  await show()
  await page.getByRole('row', { name: 'Messages 2' }).waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Export everything').click()])
  assert.equal(download.suggestedFilename(), 'person.zip')
  await button(page, 'Erase this person').click()
  const dialog = page.getByRole('dialog', { name: 'Erase this person?' })
  const forGood = dialog.getByRole('button', { name: 'Erase for good' })
  assert.equal(await forGood.isDisabled(), true)
  await dialog.getByRole('textbox', { name: 'Type ERASE to go on' }).fill('ERASE')
  await forGood.click()
  await page.getByRole('region', { name: 'Erasures' }).getByText('Done', { exact: true }).waitFor()
  await show()
  await page.getByText('Nothing is held of this person.').waitFor()
  assert.ok(!page.url().includes(number.slice(1)))
  await page.getByRole('radio', { name: 'your id of them in the app' }).check()
  await field(page, 'Consumer id').fill(number.slice(1))
  await button(page, 'Show what is held').click()
  await page.getByText('id in your app').waitFor()
  assert.deepEqual(faults, [])
  await close()
})

/** For each role: pages whose entry it has, pages it cannot even ask for, and buttons that are not there. */
const roles = {
  agent: {
    sees: ['Workspace'],
    shut: ['/handoffs', '/senders', '/people', '/api-access', '/settings', '/opt-outs', '/audit', '/set-up', '/texts'],
    without: [],
  },
  'agent-manager': {
    sees: ['Workspace', 'Live', 'Skills and routing', 'Texts', 'People', 'Opt-outs'],
    shut: ['/handoffs', '/templates', '/senders', '/api-access', '/settings', '/data-rights', '/audit', '/set-up'],
    without: [
      ['/people', 'New person'],
      ['/skills', 'New skill'],
    ],
  },
  'campaign-manager': {
    sees: ['Handoffs', 'Templates', 'Senders', 'Skills and routing', 'Texts', 'Settings', 'Opt-outs'],
    shut: ['/people', '/api-access', '/audit', '/set-up', '/workspace'],
    without: [
      ['/senders', 'New sender'],
      ['/skills', 'New skill'],
      ['/texts', 'New reply'],
      ['/opt-outs', 'Add opt-out'],
    ],
  },
} as const

for (const [role, { sees, shut, without }] of Object.entries(roles)) {
  test(`${role}: neither button nor data of what the role may not`, async () => {
    const brand = await testBrand(server)
    const user = await testUser(server, brand.accountId, role as keyof typeof roles)
    const { page, faults, close } = await consolePage(browser, server, user, '/')
    const entries = page.getByRole('navigation', { name: 'Pages' }).getByRole('link')
    await entries.first().waitFor()
    const shown = await entries.allTextContents()
    for (const name of sees) assert.ok(shown.includes(name), `${role} sees ${name}: ${shown}`)
    const refused: string[] = []
    page.on('response', (response) => {
      if (response.status() === 403) refused.push(response.url())
    })
    for (const path of shut) {
      assert.ok(!(await page.locator(`nav a[href="${path}"]`).count()), `${role} has no entry for ${path}`)
      await page.goto(server.url + path)
      await page.getByRole('heading', { name: /is not open to you$/ }).waitFor()
      assert.equal(await page.getByText('Support number').count(), 0)
    }
    for (const [path, name] of without) {
      await page.goto(server.url + path)
      await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
      await page.getByRole('main').locator('[aria-busy="true"]').waitFor({ state: 'detached' })
      assert.equal(await page.getByRole('main').getByText(name, { exact: true }).count(), 0, `${path}: ${name}`)
    }
    // The page never asked for what it may not have.
    assert.deepEqual(refused, [])
    assert.deepEqual(faults, [])
    await close()
  })
}
