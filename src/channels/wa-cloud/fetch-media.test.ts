import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import { metaStage } from '../../../test/provider-stage.ts'
import { simulatedBusiness, waConsumer } from '../../../test/simulators/meta/index.ts'
import type { HeardMedia } from '../connector.ts'
import { outboundHttp } from '../outbound-http.ts'
import { fetchMedia } from './fetch-media.ts'
import { markRead } from './mark-read.ts'
import { parse } from './receive.ts'

const [number] = simulatedBusiness.numbers
const { simulator, sender, http, wayOut } = await metaStage()
/** A host that is not Meta's; nobody may ever call it with our token. */
const stranger = createServer((request, response) => {
  called.push(request.headers.authorization)
  response.end('x')
})
const called: (string | undefined)[] = []
before(async () => {
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  const { port } = stranger.address() as AddressInfo
  simulator.callbackUrl(simulatedBusiness.wabaId, `http://127.0.0.1:${port}/hooks`)
})
afterEach(() => void called.splice(0))
after(() => void stranger.close())

const fetches = (media: HeardMedia) => fetchMedia(media, sender(), http())

/** A consumer sends a file; what our parser heard of it. */
async function heardFile(bytes: Buffer, contentType = 'image/png'): Promise<HeardMedia> {
  const file = { contentType, base64: bytes.toString('base64') }
  await simulator.consumerSends(waConsumer, number.phoneNumberId, { type: 'image', file })
  called.splice(0)
  const body = Buffer.from(simulator.webhooks.at(-1)!.body)
  const [heard] = parse({ method: 'POST', url: '', headers: {}, body }, sender())
  assert.ok(heard?.kind === 'message')
  return heard.media[0]!
}

test('a file comes whole, by its id and our token, and is not recorded', async () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 7) % 256))
  const media = await heardFile(bytes)
  const { http, exchanges } = wayOut()
  const got = await fetchMedia(media, sender(), http)
  assert.equal(got.contentType, 'image/png')
  assert.ok(Buffer.from(got.base64, 'base64').equals(bytes))
  assert.equal(exchanges[1]!.answerBody, '[file, 400000 bytes]')
  const voice = await heardFile(bytes.subarray(0, 9), 'audio/ogg; codecs=opus')
  assert.equal((await fetches(voice)).contentType, 'audio/ogg; codecs=opus')
})

test('our token goes to no other host, whatever the answer says', async () => {
  const media = await heardFile(Buffer.from('x'))
  const { port } = stranger.address() as AddressInfo
  const everywhere = outboundHttp({
    timeoutMs: 2000,
    allowPrivateNetworks: true,
    secrets: [],
    onExchange: () => {},
  })
  for (const url of [
    `http://127.0.0.1:${port}/x`,
    `${simulator.baseUrl.replace('http://', `http://u:p@`)}/x`,
    `https://graph.facebook.com.evil.example/x`,
    'https://evil.example/?lookaside.fbsbx.com',
    'http://lookaside.fbsbx.com/x',
    'https://lookaside.fbsbx.com:8443/x',
    'file:///etc/passwd',
    '',
    7,
  ]) {
    simulator.fault({ phase: 'api', match: { operation: 'media' }, do: 'patch', fields: { url } })
    await assert.rejects(fetchMedia(media, sender(), everywhere), { kind: 'content-rejected' }, String(url))
  }
  assert.deepEqual(called, [])
})

test('what is too large, gone, or no id of Meta’s is refused', async () => {
  const media = await heardFile(Buffer.from('x'))
  simulator.fault({ phase: 'api', do: 'patch', fields: { file_size: '16777217' } })
  await assert.rejects(fetches(media), { kind: 'content-rejected' })
  const before = simulator.requests.length
  for (const url of ['../me', 'https://example.com/x', '', '1/messages', '1?x=2'])
    await assert.rejects(fetches({ ...media, url }), { kind: 'content-rejected' })
  assert.equal(simulator.requests.length, before)
  await assert.rejects(fetches({ ...media, url: '12345' }), { providerCode: '100' })
  simulator.fault({ phase: 'api', match: { operation: 'file' }, do: 'error', status: 404, code: 100 })
  await assert.rejects(fetches(media), { kind: 'content-rejected' })
  simulator.fault({ phase: 'api', match: { operation: 'file' }, do: 'cut', accepts: false })
  await assert.rejects(fetches(media), { kind: 'unknown-outcome' })
})

test('a content type that could pass for something else is not believed', async () => {
  const media = await heardFile(Buffer.from('x'))
  for (const [mime_type, expected] of [
    ['text/html"><script>', 'application/octet-stream'],
    ['IMAGE/JPEG', 'image/jpeg'],
    [null, 'image/png'],
  ] as const) {
    simulator.fault({ phase: 'api', match: { operation: 'media' }, do: 'patch', fields: { mime_type } })
    assert.equal((await fetches(media)).contentType, expected)
  }
})

test('a message is marked as read, with or without typing', async () => {
  const { messageId } = await simulator.consumerSends(waConsumer, number.phoneNumberId, 'Hi')
  const mark = (id: string, typing: boolean) => markRead(id, { typing }, sender(), http())
  await mark(messageId, false)
  await mark(messageId, true)
  assert.deepEqual(
    simulator.journal.filter(({ kind }) => kind === 'read').map(({ id, type }) => [id, type]),
    [
      [messageId, 'read'],
      [messageId, 'typing'],
    ],
  )
  await assert.rejects(mark('wamid.unknown', false), { kind: 'content-rejected' })
  simulator.fault({ phase: 'api', do: 'error', status: 401, code: 190 })
  await assert.rejects(mark(messageId, false), { kind: 'misconfigured' })
})
