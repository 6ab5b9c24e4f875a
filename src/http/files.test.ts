import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type TestBrand, testBrand } from '../../test/test-brand.ts'
import { journalConnector, testConversation } from '../../test/test-conversation.ts'
import { type TestServer, testServer } from '../../test/test-server.ts'
import { type TestUser, testUser } from '../../test/test-user.ts'
import { cleanUp } from '../actions/clean-up.ts'
import { deliverMessage } from '../actions/deliver-message.ts'

const plain = journalConnector()
const connector = {
  ...plain,
  limits: { ...plain.limits, media: { 'image/png': 2_000, 'application/pdf': 100_000_000 } },
}
const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), randomBytes(100)])
let server: TestServer
let brand: TestBrand
let agent: TestUser

before(async () => {
  server = await testServer({ connectors: [connector] })
  brand = await testBrand(server, { smsConnector: connector.name })
  agent = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
})
after(() => server.close())

const of = (conversationId: string, path: string) => `/api/workspace/conversations/${conversationId}/${path}`
async function taken(): Promise<string> {
  const { conversationId } = await testConversation(server, brand)
  assert.equal((await agent.ask('POST', of(conversationId, 'take'))).status, 204)
  return conversationId
}
async function upload(conversationId: string, bytes: Buffer, headers: Record<string, string> = {}, user = agent) {
  const response = await fetch(server.url + of(conversationId, 'files'), {
    method: 'POST',
    headers: {
      ...{ cookie: `c2m-session=${user.sessionToken}`, origin: server.deps.publicUrl },
      ...{ 'content-type': 'image/png', 'x-file-name': encodeURIComponent('Rechnung März.png'), ...headers },
    },
    body: new Uint8Array(bytes),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}

test('a picture goes out with its caption, and is a download wherever it is had', async () => {
  const conversationId = await taken()
  const { status, body } = await upload(conversationId, png)
  assert.equal(status, 201, JSON.stringify(body))
  assert.equal(body.contentType, 'image/png')
  assert.equal(body.size, png.length)
  const reply = { text: 'Here it is.', clientId: 'f1', files: [body.fileId] }
  const sent = await agent.ask('POST', of(conversationId, 'reply'), reply)
  assert.equal(sent.status, 202, JSON.stringify(sent.body))
  assert.deepEqual((await agent.ask('POST', of(conversationId, 'reply'), reply)).body, sent.body)

  const { messages } = (await agent.ask('GET', of(conversationId, '').slice(0, -1))).body
  const media = { url: body.url, contentType: 'image/png', fileName: 'Rechnung März.png' }
  assert.deepEqual(messages.at(-1).media, [media])
  const [attempt] = await server.deps.db`
    select attempt_id from attempts where message_id = ${sent.body.messageId}`
  const { accountId } = brand
  await deliverMessage(server.deps, { kind: 'system', accountId }, { attemptId: attempt!.attempt_id })
  assert.deepEqual(connector.sent.at(-1)!.media, media)
  assert.equal(connector.sent.at(-1)!.text, 'Here it is.')

  const file = await fetch(body.url)
  assert.deepEqual(Buffer.from(await file.arrayBuffer()), png)
  assert.equal(file.headers.get('content-type'), 'image/png')
  assert.equal(file.headers.get('content-disposition'), "attachment; filename*=UTF-8''Rechnung%20M%C3%A4rz.png")
  assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
  assert.match(file.headers.get('content-security-policy')!, /sandbox/)

  const twice = await agent.ask('POST', of(conversationId, 'reply'), { ...reply, clientId: 'f2' })
  assert.match(twice.body.details[0], /sent already/)
})

test('what a file is, its bytes say, and the channel must carry it', async () => {
  const conversationId = await taken()
  for (const [bytes, status, sentence] of [
    [Buffer.from('<html><script>alert(1)</script>'), 400, /no files of this kind; it takes image\/png/],
    [Buffer.from('GIF89a'), 400, /no files of this kind/],
    [Buffer.alloc(0), 400, /no files of this kind/],
    [Buffer.concat([png, Buffer.alloc(2_000)]), 413, null],
    [Buffer.concat([Buffer.from('%PDF-1.7'), Buffer.alloc(5 * 1024 * 1024)]), 413, null],
  ] as const) {
    const answer = await upload(conversationId, bytes)
    assert.equal(answer.status, status)
    if (sentence !== null) assert.match(answer.body.details.join(' '), sentence)
    else assert.equal(answer.body.code, 'too-large')
  }
  assert.equal((await upload(conversationId, png, { 'x-file-name': '%E0%A4' })).status, 400)
  assert.equal((await upload(conversationId, png, { 'x-file-name': 'a%0Ab' })).status, 400)
  const slashes = await upload(conversationId, png, { 'x-file-name': encodeURIComponent('../../etc/passwd') })
  assert.equal(slashes.body.fileName, '..-..-etc-passwd')
})

test("nobody sends from what is not theirs, and another conversation's file goes with none", async () => {
  const [mine, another] = [await taken(), await taken()]
  const colleague = await testUser(server, brand.accountId, 'agent', { skills: [brand.skills.support] })
  assert.equal((await upload(mine, png, {}, colleague)).body.code, 'not-yours')
  const stranger = await testUser(server, (await testBrand(server)).accountId, 'administrator')
  assert.equal((await upload(mine, png, {}, stranger)).status, 404)
  const { body } = await upload(mine, png)
  const astray = await agent.ask('POST', of(another, 'reply'), { text: '', clientId: 'x', files: [body.fileId] })
  assert.equal(astray.status, 400)
  assert.equal((await fetch(body.url.replace(brand.accountId, '999'))).status, 404)
  assert.equal((await fetch(`${body.url.slice(0, -1)}${body.url.endsWith('A') ? 'B' : 'A'}`)).status, 404)
})

test('what was never sent is gone after a day, and nobody fills the disk', async () => {
  const conversationId = await taken()
  const old = (await upload(conversationId, png)).body
  await server.deps.db`update files set created_at = now() - interval '25 hours' where file_id = ${old.fileId}`
  const fresh = (await upload(conversationId, png)).body
  await cleanUp(server.deps)
  assert.equal((await fetch(old.url)).status, 404)
  assert.equal((await fetch(fresh.url)).status, 200)
  await server.deps.db`
    insert into files (account_id, file_id, conversation_id, author_id, token, content_type, bytes)
    select account_id, gen_random_uuid(), conversation_id, author_id, n::text || token, content_type, ''
    from files, generate_series(1, 19) n where file_id = ${fresh.fileId}`
  assert.match((await upload(conversationId, png)).body.details[0], /wait to be sent/)
})
