import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { personalDataIn } from '../../test/personal-data.ts'
import {
  type MetaSimulator,
  metaSignature,
  simulatedBusiness,
  startMetaSimulator,
  waConsumer,
} from '../../test/simulators/meta/index.ts'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { secretContext } from '../store/account-config.ts'

const publicUrl = 'https://c2m.example.com:8443'
const { wabaId, appSecret, verifyToken, tokens, numbers } = simulatedBusiness
const [number] = numbers
let server: TestServer
let brand: TestBrand
let meta: MetaSimulator
let hook: string

before(async () => {
  meta = await startMetaSimulator({ businesses: [simulatedBusiness] })
  server = await testServer({ env: { PUBLIC_URL: publicUrl } })
  brand = await testBrand(server)
  meta.proxy(publicUrl, server.url)
  const senderId = randomUUID()
  const secrets = JSON.stringify({ accessToken: tokens[0].token, appSecret, verifyToken })
  const { db, cipher } = server.deps
  await db`insert into senders ${db({
    account_id: brand.accountId,
    sender_id: senderId,
    connector: 'wa-cloud',
    channel: 'wa',
    address: `+${number.displayPhoneNumber}`,
    title: 'WhatsApp',
    settings: db.json({ phoneNumberId: number.phoneNumberId, wabaId, graphBaseUrl: meta.baseUrl }),
    secrets: cipher.encrypt(secrets, secretContext.sender(brand.accountId, senderId)),
  })}`
  hook = `${publicUrl}/hooks/wa-cloud/${brand.accountId}/${senderId}`
})
after(async () => {
  await server.close()
  await meta.close()
})

test('Meta’s handshake gets the bare challenge for the right token, and 403 for any other', async () => {
  assert.equal(await meta.subscribe(wabaId, hook, 'another-token'), false)
  assert.equal(meta.webhooks.at(-1)!.status, 403)
  assert.equal(await meta.subscribe(wabaId, hook), true)
  assert.equal(meta.webhooks.at(-1)!.status, 200)
  const own = `${server.url}${new URL(hook).pathname}`
  const asked = `${own}?hub.mode=subscribe&hub.challenge=%3Cb%3E&hub.verify_token=${verifyToken}`
  const answer = await fetch(asked)
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/)
  assert.equal(await answer.text(), '<b>')
  assert.equal((await fetch(own)).status, 403)
})

test('messages of one request are stored, each once, however often it comes', async () => {
  meta.callbackUrl(wabaId, hook)
  await meta.consumerSends(waConsumer, number.phoneNumberId, 'Zoë says hello ☕', { queued: true })
  await meta.consumerSends(
    waConsumer,
    number.phoneNumberId,
    { type: 'location', part: { latitude: 52.1, longitude: 4.3 } },
    { queued: true },
  )
  await meta.drainTogether()
  const record = meta.webhooks.at(-1)!
  assert.equal(record.status, 200)
  const again = await fetch(`${server.url}${new URL(hook).pathname}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': metaSignature(appSecret, record.body) },
    body: record.body,
  })
  assert.equal(again.status, 200)
  const rows = await server.deps.db<{ body: string }[]>`
    select body from messages where account_id = ${brand.accountId} and address = ${waConsumer}`
  assert.deepEqual(rows.map(({ body }) => body).sort(), ['Zoë says hello ☕', '[location 52.1, 4.3]'])
})

test('a forged call stores nothing', async () => {
  const { webhook } = await meta.consumerSends(waConsumer, number.phoneNumberId, 'forged', { signature: 'wrong' })
  assert.equal(webhook!.status, 403)
  const rows = await server.deps.db`select 1 from messages where body = 'forged'`
  assert.equal(rows.length, 0)
})

test('WhatsApp’s own stop is an opt-out', async () => {
  await meta.consumerPrefers(waConsumer, number.phoneNumberId, 'stop')
  const [row] = await server.deps.db`
    select channel, source from opt_outs where address = ${waConsumer} and lifted_at is null and channel = 'wa'`
  assert.equal(row?.source, 'provider')
})

test('what is kept and logged of all this holds no number, text, name, place or secret', async () => {
  const kept = await server.deps.db<{ all: string }[]>`
    select concat_ws(' ', url, request_body, answer_body, failure) as all from provider_exchanges`
  assert.ok(kept.length >= 3)
  const everything = [...kept.map((row) => row.all), ...server.logged].join('\n')
  assert.deepEqual(personalDataIn(everything), [])
  for (const secret of ['says hello', 'Sheena', '6505551234', '52.1', appSecret, verifyToken, tokens[0].token])
    assert.ok(!everything.includes(secret), secret)
})
