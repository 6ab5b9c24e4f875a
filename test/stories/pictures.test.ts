import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { waCloud } from '../../src/channels/wa-cloud/index.ts'
import { startWorker } from '../../src/jobs/index.ts'
import { consolePage } from '../console-page.ts'
import {
  type MetaSimulator,
  simulatedBusiness,
  simulatedWaSender,
  startMetaSimulator,
} from '../simulators/meta/index.ts'
import { type TestBrand, testBrand } from '../test-brand.ts'
import { testBrowser } from '../test-browser.ts'
import { testConversation } from '../test-conversation.ts'
import { type TestServer, testServer } from '../test-server.ts'
import { testUser } from '../test-user.ts'

/* Pictures in both directions, from the consumer's WhatsApp to the agent's screen: a real browser, and Meta as it is played. */
let server: TestServer
let meta: MetaSimulator
let brand: TestBrand
let browser: Browser
let worker: { stop(): Promise<void> }
const senderId = randomUUID()
const { phoneNumberId } = simulatedBusiness.numbers[0]

before(async () => {
  meta = await startMetaSimulator({ businesses: [simulatedBusiness] })
  server = await testServer({ connectors: [waCloud] })
  brand = await testBrand(server)
  const { db } = server.deps
  const { address, settings } = simulatedWaSender(meta.baseUrl)
  await db`
    insert into senders (account_id, sender_id, connector, channel, address, title, settings)
    values (${brand.accountId}, ${senderId}, 'wa-cloud', 'wa', ${address}, 'WhatsApp', ${db.json(settings as never)})`
  server.deps.accounts.drop(brand.accountId)
  worker = await startWorker(server.deps)
  const hook = `${server.url}/hooks/wa-cloud/${brand.accountId}/${senderId}`
  assert.ok(await meta.subscribe(simulatedBusiness.wabaId, hook))
  browser = await testBrowser()
})
after(async () => {
  await browser?.close()
  await worker?.stop()
  await server?.close()
  await meta?.close()
})

const pixelOf = (base64: string) => Buffer.from(base64, 'base64')
const red = pixelOf('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==')
const grey = pixelOf('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==')

test('a picture of the consumer is seen and saved; the agent’s goes out, and the page says how far it came', async () => {
  const { accountId, skills } = brand
  const { conversationId, phone } = await testConversation(server, brand, { text: 'It came broken.' })
  await server.deps.db`
    update conversations set channel = 'wa', sender_id = ${senderId}
    where account_id = ${accountId} and conversation_id = ${conversationId}`
  meta.persona(phone, 'reader')
  const agent = await testUser(server, accountId, 'agent', { skills: [skills.support] })
  const { page, faults, close } = await consolePage(browser, server, agent, `/workspace/${conversationId}`)
  await page.getByRole('button', { name: 'Take', exact: true }).click()
  await page.getByRole('textbox', { name: 'Reply' }).waitFor()
  const rows = page.getByRole('region', { name: 'Messages' }).getByRole('listitem')

  const file = { contentType: 'image/png', base64: red.toString('base64') }
  await meta.consumerSends(phone, phoneNumberId, { type: 'image', file, part: { caption: 'Look at the lid' } })
  const theirs = rows.filter({ hasText: 'Look at the lid' })
  const picture = theirs.getByRole('img', { name: 'Picture from the consumer' })
  await picture.waitFor()
  await picture.evaluate((img) => (img as unknown as { decode(): Promise<void> }).decode())
  const served = await page.request.get(server.url + (await picture.getAttribute('src')))
  assert.match(served.headers()['content-disposition']!, /^attachment/)
  const [download] = await Promise.all([page.waitForEvent('download'), picture.click()])
  assert.deepEqual(await readFile(await download.path()), red)

  await page.locator('input[type=file]').setInputFiles({ name: 'lid.png', mimeType: 'image/png', buffer: grey })
  await page.getByRole('button', { name: 'Remove lid.png' }).waitFor()
  await page.getByRole('textbox', { name: 'Reply' }).fill('We send you this one.')
  await page.getByRole('button', { name: 'Send', exact: true }).click()
  const ours = rows.filter({ hasText: 'We send you this one.' })
  await ours.locator('[data-word="sending"]').waitFor()
  await meta.drain()
  await ours.getByText('read', { exact: true }).waitFor()
  await ours
    .getByRole('img', { name: 'lid.png' })
    .evaluate((img) => (img as unknown as { decode(): Promise<void> }).decode())
  const sent = meta.accepted.find(({ consumer, type }) => consumer === phone && type === 'image')
  const image = sent?.request?.image as { link: string; caption: string }
  assert.equal(image.caption, 'We send you this one.')
  const fetched = await fetch(image.link)
  assert.equal(fetched.headers.get('content-type'), 'image/png')
  assert.deepEqual(Buffer.from(await fetched.arrayBuffer()), grey, 'what Meta fetches is what was attached')
  assert.deepEqual(meta.violations, [])
  assert.deepEqual(faults, [])
  await close()
})
