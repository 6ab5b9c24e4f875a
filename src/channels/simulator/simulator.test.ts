import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { failureOf } from '../../../test/failure-of.ts'
import { simulatedSms } from '../../../test/simulated-provider.ts'
import { type TestBrand, testBrand } from '../../../test/test-brand.ts'
import { testPhone } from '../../../test/test-phone.ts'
import { type TestServer, testServer } from '../../../test/test-server.ts'
import type { Sender } from '../../domain/sender.ts'
import type { Outgoing } from '../connector.ts'
import type { FailureKind } from '../failures.ts'
import type { Exchange } from '../http.ts'
import { connectorSuite } from '../suite.ts'
import { simulators } from './index.ts'
import { claims } from './send.ts'
import { sign, signatureHeader } from './signature.ts'

const sms = simulators.find((connector) => connector.name === 'sms-simulator')!
const { secret } = simulatedSms.smsSecrets
const exchanges: Exchange[] = []
let server: TestServer
let brand: TestBrand

before(async () => {
  server = await testServer({ env: { SANDBOX: 'on' } })
  brand = await testBrand(server, simulatedSms)
})
after(() => server.close())

async function senderOf(settings: Record<string, unknown> = {}): Promise<Sender> {
  const sender = (await server.deps.accounts.get(brand.accountId))!.senders.get(brand.smsSender.senderId)!
  return { ...sender, settings: { ...sender.settings, ...settings } }
}

const out = (more: Partial<Outgoing> = {}): Outgoing => ({
  messageId: randomUUID(),
  attemptToken: randomUUID(),
  to: testPhone(),
  text: 'canary-text-3f9b',
  template: null,
  title: null,
  providerTemplateId: null,
  media: null,
  device: null,
  campaign: null,
  ttlSeconds: null,
  statusUrl: `${server.url}/hooks/sms-simulator/${brand.accountId}/${brand.smsSender.senderId}?attempt=t`,
  ...more,
})

const wayOut = (sender: Sender) => server.deps.outbound(sender, (exchange) => exchanges.push(exchange))

const kindOfSend = async (sender: Sender, message = out()): Promise<FailureKind> =>
  (await failureOf(sms.send(message, sender, wayOut(sender)))).kind

async function atBrokenProvider(): Promise<FailureKind> {
  const broken = createServer((_request, response) => response.writeHead(500).end('out of order'))
  await new Promise<void>((listening) => broken.listen(0, '127.0.0.1', listening))
  const baseUrl = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`
  try {
    return await kindOfSend(await senderOf({ baseUrl }))
  } finally {
    broken.close()
  }
}

connectorSuite(sms, {
  sender: {
    ...{ accountId: '12345678', senderId: '8f14e45f-ceea-467f-a0e6-1b2c3d4e5f60', connector: 'sms-simulator' },
    ...{ channel: 'sms', address: '+18005550100', title: 'Support', enabled: true, broken: null, settings: { secret } },
  },
  secrets: [secret],
  fixtures: new URL('fixtures/', import.meta.url),
  sign: (hook, genuine) => ({
    ...hook,
    headers: { ...hook.headers, [signatureHeader]: sign(genuine ? secret : 'somebody-else-entirely', hook) },
  }),
  provoke: {
    misconfigured: async () => kindOfSend(await senderOf({ secret: 'a-wrong-secret-of-16' })),
    'content-rejected': async () => kindOfSend(await senderOf(), out({ text: '' })),
    'unknown-outcome': atBrokenProvider,
  },
  claims,
  exchanges: () => exchanges,
})

test('sends, and finds by our own reference; says absent only when nothing can arrive any more', async () => {
  const sender = await senderOf()
  const message = out()
  const sent = await sms.send(message, sender, wayOut(sender))
  assert.equal(sent.status, 'sending')
  const found = await sms.find!(message, new Date(), sender, wayOut(sender), new Set())
  assert.ok(found.kind === 'found' && found.providerId === sent.providerId)
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000)
  assert.deepEqual(await sms.find!(out(), secondsAgo(1), sender, wayOut(sender), new Set()), { kind: 'unsure' })
  assert.deepEqual(await sms.find!(out(), secondsAgo(20), sender, wayOut(sender), new Set()), { kind: 'absent' })
})

test('its exchanges show no number, text or token', () => {
  const kept = JSON.stringify(exchanges)
  assert.ok(exchanges.length > 4)
  assert.ok(!kept.includes('canary-text-3f9b'))
  assert.ok(!/\+1206555\d{4}/.test(kept))
})

test('says in sentences what is wrong with a sender, for each channel', () => {
  for (const connector of simulators) {
    const address = connector.channel === 'inapp' ? 'The app' : '+18005550100'
    assert.deepEqual(connector.checkSender({ address, settings: { secret } }), [])
    const problems = connector.checkSender({ address: '', settings: { secret: 'short', baseUrl: 'ftp://x' } })
    assert.equal(problems.length, 3)
  }
})
