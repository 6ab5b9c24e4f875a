import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { canaries, personalDataIn } from '../../../test/personal-data.ts'
import { simulatedSms } from '../../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import { type TestUser, testUser } from '../../../test/test-user.ts'
import { providerSignature, signatureHeader } from './provider-signature.ts'

/* A picture from a pretend phone to the agent's page, over every door between them. */
let server: TestServer
let brand: TestBrand
let agent: TestUser

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
  await server.deps.db`
    update settings set default_skill_id = ${brand.skills.support} where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
})
after(() => server.close())

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
)
const pdf = Buffer.from('%PDF-1.4\n% a bill')
/** Nothing that a log or an exchange may hold. */
const fileName = `${canaries.name}’s lid (1).png`

interface Given {
  readonly channel?: string
  /** Default: the brand's number. Null: whoever last wrote to the phone. */
  readonly to?: string | null
  readonly name?: string
  readonly headers?: Record<string, string>
}

function send(number: string, bytes: Buffer, type: string, given: Given = {}): Promise<Response> {
  const { channel = 'sms', to = brand.smsSender.address, name = encodeURIComponent(fileName), headers = {} } = given
  const query = new URLSearchParams({ channel, ...(to === null ? {} : { to }) })
  return fetch(`${server.url}/simulator/phones/${encodeURIComponent(number)}/files?${query}`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-file-name': name, ...headers },
    body: new Uint8Array(bytes),
  })
}
const fileUrl = (number: string, id: string) =>
  `${server.url}/simulator/phones/${encodeURIComponent(number)}/files/${id}`
const look = async (number: string) =>
  (await (await fetch(`${server.url}/simulator/phones/${encodeURIComponent(number)}/messages`)).json()) as {
    file?: unknown
    status: string
  }[]
const problemOf = async (answer: Response) => {
  const { code, details = [] } = (await answer.json()) as { code: string; details?: string[] }
  return { status: answer.status, code, details }
}

test('a picture goes by the webhook into a conversation, and the agent fetches the same bytes', async () => {
  const phone = testPhone()
  const answer = await send(phone, png, 'image/jpeg')
  assert.equal(answer.status, 201)
  const { id, at, ...sent } = (await answer.json()) as Record<string, unknown>
  const shown = {
    ...{ direction: 'from-phone', channel: 'sms', from: phone, to: brand.smsSender.address, text: '' },
    // Its own bytes say what it is.
    ...{ file: { name: fileName, contentType: 'image/png' }, status: 'received' },
  }
  assert.deepEqual(sent, shown)
  const [onPhone, ...others] = await look(phone)
  assert.deepEqual({ ...onPhone, at }, { ...shown, id, at })
  assert.deepEqual(others, [])

  const { body: queue } = await agent.ask('GET', '/api/workspace/queue')
  const [{ conversationId, lastText }] = queue.conversations
  assert.equal(lastText, 'Picture')
  const { body: thread } = await agent.ask('GET', `/api/workspace/conversations/${conversationId}/messages`)
  const [message] = thread.messages
  assert.equal(message.text, '')
  const url = `/api/workspace/conversations/${conversationId}/messages/${message.messageId}/media/0`
  assert.deepEqual(message.media, [{ url, contentType: 'image/png', fileName }])

  const cookie = { cookie: `c2m-session=${agent.sessionToken}` }
  for (const [address, headers] of [
    [server.url + url, cookie],
    [fileUrl(phone, String(id)), {}],
    [fileUrl(phone.slice(1), String(id)), {}],
  ] as const) {
    const file = await fetch(address, { headers })
    assert.equal(file.status, 200)
    assert.deepEqual(Buffer.from(await file.arrayBuffer()), png)
    assert.equal(file.headers.get('content-type'), 'image/png')
    assert.match(
      file.headers.get('content-disposition')!,
      /^attachment; filename\*=UTF-8''Canarina%E2%80%99s%20lid%20%281%29\.png$/,
    )
    assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(file.headers.get('content-security-policy'), "default-src 'none'; sandbox")
    assert.equal(file.headers.get('cache-control'), 'private, no-store')
  }
  const { body: lost } = await agent.ask('GET', `${url.slice(0, -1)}1`)
  assert.equal(lost.code, 'not-found', 'there is one file and no other')
  // When it goes from the phone, as everything there does after a month, its provider has it no more.
  await server.deps.db`delete from simulator_messages where simulator_message_id = ${String(id)}`
  assert.equal((await agent.ask('GET', url)).status, 404)
})

test('without `to` it goes to whoever last wrote; a PDF file needs no name', async () => {
  const phone = testPhone()
  await server.deps.db`insert into simulator_messages ${server.deps.db({
    ...{ account_id: brand.accountId, simulator_message_id: randomUUID(), sender_id: brand.smsSender.senderId },
    ...{ number: phone, channel: 'sms', direction: 'to-phone', body: 'Hello', status: 'delivered' },
  })}`
  assert.equal((await send(phone, pdf, 'application/octet-stream', { to: null, name: '' })).status, 201)
  assert.deepEqual((await look(phone)).at(-1)!.file, { name: 'file', contentType: 'application/pdf' })
})

test('what is neither picture nor PDF file, too large, or badly named is refused, and nothing is kept', async () => {
  const phone = testPhone()
  const html = Buffer.from('<script>alert(1)</script>')
  for (const [bytes, type] of [
    [html, 'image/png'],
    [html, 'text/html'],
    [Buffer.from('plain words'), 'text/plain'],
    [Buffer.from('\0\0\0\x18ftypmp42'), 'video/mp4'],
    [Buffer.alloc(0), 'image/png'],
  ] as const) {
    const { status, code, details } = await problemOf(await send(phone, bytes, type))
    assert.deepEqual([status, code], [400, 'invalid-request'], type)
    assert.deepEqual(details, [
      'This phone sends pictures (JPEG, PNG, GIF or WebP) and PDF files; this file is neither.',
    ])
  }
  for (const name of ['%E0%A4%A', encodeURIComponent('x'.repeat(201)), '%00.png', 'a%0Ab.png'])
    assert.equal((await send(phone, png, 'image/png', { name })).status, 400, name)
  const largest = Buffer.concat([png, Buffer.alloc(5 * 1024 * 1024 - png.length)])
  const tooLarge = await problemOf(await send(phone, Buffer.concat([largest, Buffer.from('x')]), 'image/png'))
  assert.deepEqual([tooLarge.status, tooLarge.code], [413, 'too-large'])
  assert.deepEqual(await look(phone), [])
  assert.equal((await send(phone, largest, 'image/png')).status, 201)
})

test('404 for a sender that is none, 400 for a channel that carries no files, 503 when the server does not take it', async () => {
  const phone = testPhone()
  assert.equal((await send(phone, png, 'image/png', { to: null })).status, 404)
  assert.equal((await send(phone, png, 'image/png', { to: '+18005559999' })).status, 404)
  for (const channel of ['inapp', 'fax', ''])
    assert.equal((await send(phone, png, 'image/png', { channel })).status, 400)
  assert.deepEqual(await look(phone), [])
  await server.deps.db`update accounts set enabled = false where account_id = ${brand.accountId}`
  server.deps.accounts.drop(brand.accountId)
  try {
    assert.equal((await send(phone, png, 'image/png')).status, 503)
    assert.equal((await look(phone)).at(-1)!.status, 'failed')
  } finally {
    await server.deps.db`update accounts set enabled = true where account_id = ${brand.accountId}`
    server.deps.accounts.drop(brand.accountId)
  }
})

test('another site’s page sends nothing from a phone; its own page and programs do', async () => {
  const phone = testPhone()
  const from = async (headers: Record<string, string>) => (await send(phone, png, 'text/plain', { headers })).status
  assert.equal(await from({ origin: 'https://elsewhere.example' }), 403)
  assert.equal(await from({ 'sec-fetch-site': 'cross-site' }), 403)
  assert.deepEqual(await look(phone), [])
  assert.equal(await from({ origin: new URL(server.deps.publicUrl).origin }), 201)
  assert.equal(await from({ 'sec-fetch-site': 'same-origin' }), 201)
})

test('a file is its own phone’s, and its provider gives it to its sender alone', async () => {
  const phone = testPhone()
  const { id } = (await (await send(phone, png, 'image/png')).json()) as { id: string }
  for (const [number, file] of [
    [testPhone(), id],
    ['consumer 7', id],
    [phone, randomUUID()],
    [phone, 'x'],
  ] as const)
    assert.equal((await fetch(fileUrl(number, file))).status, 404, `${number} ${file}`)
  const text = await fetch(`${server.url}/simulator/phones/${phone}/messages`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ channel: 'sms', text: 'Only words', to: brand.smsSender.address }),
  })
  assert.equal((await fetch(fileUrl(phone, ((await text.json()) as { id: string }).id))).status, 404)

  const { secret } = simulatedSms.smsSecrets
  const other = await testBrand(server, simulatedSms)
  const path = (of: TestBrand, file = id) =>
    `/simulator/provider/${of.accountId}/${of.smsSender.senderId}/files/${file}`
  const ask = async (where: string, signedFor = where, with_ = secret) => {
    const headers = { [signatureHeader]: providerSignature(with_, 'GET', signedFor, '') }
    return (await fetch(server.url + where, { headers })).status
  }
  assert.equal(await ask(path(brand)), 200)
  assert.equal((await fetch(server.url + path(brand))).status, 401)
  assert.equal(await ask(path(brand), path(brand), 'a-wrong-secret-of-16'), 401)
  assert.equal(await ask(path(brand), path(brand, randomUUID())), 401)
  assert.equal(await ask(path(other)), 404, 'another brand’s')
  for (const file of [randomUUID(), 'x']) assert.equal(await ask(path(brand, file)), 404)
})

test('nothing of it exists outside of the sandbox', async () => {
  const real = await testServer({ env: { SANDBOX: 'off' }, database: server.database })
  try {
    for (const [method, path] of [
      ['POST', '/simulator/phones/%2B12065551004/files?channel=sms'],
      ['GET', `/simulator/phones/%2B12065551004/files/${randomUUID()}`],
      ['GET', `/simulator/provider/${brand.accountId}/${brand.smsSender.senderId}/files/${randomUUID()}`],
    ] as const) {
      const answer = await fetch(real.url + path, { method })
      assert.equal(answer.status, 404, path)
    }
  } finally {
    await real.close()
  }
})

test('no number and no file’s name was logged, or kept of what was said with the provider', async () => {
  const kept = await server.deps.db<{ row: string }[]>`select to_jsonb(e)::text as row from provider_exchanges e`
  assert.ok(kept.some(({ row }) => row.includes('[file, ')))
  for (const { row } of kept) assert.ok(!row.includes(canaries.name), row)
  assert.deepEqual(personalDataIn(server.logged.join('\n')), [])
})
