import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, test } from 'node:test'
import type { Sender } from '../../domain/sender.ts'
import type { HeardMedia } from '../connector.ts'
import { outboundHttp } from '../outbound-http.ts'
import { fetchMedia } from './fetch-media.ts'
import { parse } from './receive.ts'
import { sign, signatureHeader } from './signature.ts'

/* What is heard of the files that pretend phones send, and how they are fetched; from a provider that answers as told. */
const secret = 'a-secret-of-the-simulator'
const [accountId, senderId, id] = ['12345678', randomUUID(), randomUUID()]
const asked: { path: string; signature: string | undefined }[] = []
let answer: { status: number; body: Buffer } = { status: 200, body: Buffer.from('x') }
const provider = createServer((request, response) => {
  asked.push({ path: request.url!, signature: request.headers[signatureHeader] as string | undefined })
  response.writeHead(answer.status, { 'content-type': 'text/html' }).end(answer.body)
})
let base: string

before(async () => {
  await new Promise<void>((listening) => provider.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
})
afterEach(() => {
  asked.length = 0
  answer = { status: 200, body: Buffer.from('x') }
})
after(() => void provider.close())

const senderAt = (baseUrl: string | null): Sender => ({
  ...{ accountId, senderId, connector: 'sms-simulator', channel: 'sms', address: '+18005550100', title: 'Support' },
  ...{ enabled: true, broken: null, settings: { secret, ...(baseUrl === null ? {} : { baseUrl }) } },
})
const http = outboundHttp({ timeoutMs: 5_000, allowPrivateNetworks: true, secrets: [], onExchange: () => {} })
const path = (ids: { account?: string; sender?: string; file?: string } = {}) =>
  `/simulator/provider/${ids.account ?? accountId}/${ids.sender ?? senderId}/files/${ids.file ?? id}`
const fetches = (url: string, baseUrl: string | null = base) =>
  fetchMedia({ url, contentType: 'image/png' }, senderAt(baseUrl), http)

/** What is heard of a message with this in its `media`, by a webhook that came to `base`. */
function heardMedia(media: unknown, baseUrl: string | null = null): readonly HeardMedia[] {
  const event = { type: 'message', id, from: '+12065551004', text: '', media }
  const body = Buffer.from(JSON.stringify({ events: [event] }))
  const url = `${base}/hooks/sms-simulator/${accountId}/${senderId}`
  const [heard] = parse({ method: 'POST', url, headers: {}, body }, senderAt(baseUrl))
  assert.ok(heard?.kind === 'message', 'whatever its media are, the message is heard')
  return heard.media
}

/** Addresses that are not one of a file which the sender's own provider keeps. */
const strangeAddresses = () => [
  base,
  `${base}${path()}?x=1`,
  `${base}${path()}#x`,
  `${base}${path()}/..`,
  `${base}${path({ file: '..' })}`,
  `${base}${path({ file: 'x' })}`,
  `${base}${path({ account: '12345679' })}`,
  `${base}${path({ sender: randomUUID() })}`,
  `${base.replace('http://', 'http://u:p@')}${path()}`,
  `${base.replace('http:', 'ftp:')}${path()}`,
  path(),
  '',
]

test('a file of the own provider is heard, with its name or without', () => {
  const url = base + path()
  assert.deepEqual(heardMedia([{ url, contentType: 'image/png', fileName: 'lid.png' }]), [
    { url, contentType: 'image/png', fileName: 'lid.png' },
  ])
  for (const fileName of [undefined, null])
    assert.deepEqual(heardMedia([{ url, contentType: 'application/pdf', fileName }]), [
      { url, contentType: 'application/pdf', fileName: null },
    ])
  const elsewhere = 'https://sandbox.example.com'
  const there = { url: elsewhere + path(), contentType: 'image/png', fileName: null }
  assert.deepEqual(heardMedia([there]), [])
  assert.deepEqual(heardMedia([there], `${elsewhere}/`), [there], 'where the sender’s settings say the provider is')
})

test('what is not exactly such a list is dropped, piece by piece, and at most ten are heard', () => {
  const good = { url: base + path(), contentType: 'image/png', fileName: null }
  for (const media of [undefined, null, 'x', 7, {}, good, [null, 'x', 7, [], {}]])
    assert.deepEqual(heardMedia(media), [])
  const odd = [
    ...[...strangeAddresses(), `https://elsewhere.example${path()}`, 7].map((url) => ({ ...good, url })),
    ...['', 'image', 'text/html; charset=x', 'text/html"><script>', 7, null].map((contentType) => ({
      ...good,
      contentType,
    })),
    ...[7, {}, 'x'.repeat(256)].map((fileName) => ({ ...good, fileName })),
  ]
  for (const one of odd) assert.deepEqual(heardMedia([one]), [], JSON.stringify(one))
  assert.deepEqual(heardMedia([...odd, good, odd[0]]), [good])
  assert.equal(heardMedia(Array(12).fill(good)).length, 10)
})

test('a file comes whole, asked for with our signature; its type is the one that was told with it', async () => {
  const bytes = Buffer.from(Array.from({ length: 400_000 }, (_, index) => (index * 7) % 256))
  answer = { status: 200, body: bytes }
  for (const baseUrl of [base, null]) {
    const got = await fetches(base + path(), baseUrl)
    assert.equal(got.contentType, 'image/png')
    assert.ok(Buffer.from(got.base64, 'base64').equals(bytes))
  }
  const signature = sign(secret, { method: 'GET', url: base + path(), body: '' })
  assert.deepEqual(asked, Array(2).fill({ path: path(), signature }))
})

test('nobody but the own provider is ever asked', async () => {
  for (const url of strangeAddresses())
    for (const baseUrl of [base, null]) await assert.rejects(fetches(url, baseUrl), { kind: 'content-rejected' }, url)
  await assert.rejects(fetches(base + path(), 'https://sandbox.example.com'), { kind: 'content-rejected' })
  assert.deepEqual(asked, [])
})

test('each answer that is no file says why', async () => {
  for (const [status, kind] of [
    [400, 'content-rejected'],
    [401, 'misconfigured'],
    [404, 'content-rejected'],
    [302, 'unknown-outcome'],
    [500, 'unknown-outcome'],
  ] as const) {
    answer = { status, body: Buffer.from('no') }
    await assert.rejects(fetches(base + path()), { kind, providerCode: String(status) })
  }
  answer = { status: 200, body: Buffer.alloc(5 * 1024 * 1024 + 1) }
  await assert.rejects(fetches(base + path()), { kind: 'unknown-outcome' })
})
