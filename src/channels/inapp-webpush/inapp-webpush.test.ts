import assert from 'node:assert/strict'
import { test } from 'node:test'
import webPush from 'web-push'
import { pushStage } from '../../../test/push-stage.ts'
import { assertMistakesTold } from '../../../test/sender-settings.ts'
import { push, pushText, pushTitle } from '../../../test/simulators/push/simulated-push.ts'
import { startWebpushSimulator, type WebpushFault } from '../../../test/simulators/webpush/index.ts'
import { connectorSuite } from '../suite.ts'
import { answers } from './answers.ts'
import { inappWebpush } from './index.ts'
import { isPushEndpoint } from './push-hosts.ts'

const simulator = await startWebpushSimulator()
const { publicKey, privateKey } = webPush.generateVAPIDKeys()
const browser = simulator.subscribe(publicKey)
const { endpoint, keys } = JSON.parse(browser.subscription) as {
  endpoint: string
  keys: { p256dh: string; auth: string }
}
const { newSender, send, failure, kindAfter, assertUnknown, exchanges } = pushStage<WebpushFault>(
  inappWebpush,
  simulator,
  { platform: 'webpush', token: browser.subscription },
  () => ({
    ...{ subject: 'mailto:push@example.com', vapidPublicKey: publicKey, vapidPrivateKey: privateKey },
    pushHosts: simulator.host,
  }),
)
const statusOf = (status: number) => kindAfter({ phase: 'push', do: 'error', status })

connectorSuite(inappWebpush, {
  sender: newSender({ pushHosts: '' }),
  secrets: [privateKey, endpoint, browser.id, keys.p256dh, keys.auth, pushText, pushTitle],
  claims: [...new Set(Object.values(answers)), 'unknown-outcome', 'misconfigured'],
  provoke: {
    'device-gone': () => statusOf(410),
    throttled: () => statusOf(429),
    blocked: () => statusOf(403),
    'content-rejected': () => statusOf(413),
    unreachable: () => statusOf(503),
    misconfigured: async () => (await failure({}, newSender({ vapidPrivateKey: 'short' }))).kind,
    'unknown-outcome': () => {
      const body = `<html>${endpoint} ${browser.id} ${keys.auth} ${pushText}</html>`
      return kindAfter({ phase: 'push', do: 'raw', status: 502, body })
    },
  },
  exchanges,
})

test('a push is readable by its browser alone, and holds what an app of the original reads', async () => {
  const sent = await send()
  assert.equal(sent.status, 'sent')
  assert.match(sent.providerId, /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const [taken] = simulator.accepted
  assert.deepEqual(taken!.payload, {
    id: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    brandId: '12345678',
    message: pushText,
    backendService: 'c2m',
    lookBackPeriod: 3_600_000,
    campaignInfo: { campaignId: 'c-1', engagementId: 'e-1' },
    title: pushTitle,
    body: pushText,
    tag: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
  })
  assert.deepEqual([taken!.ttl, taken!.urgency, taken!.topic], [600, 'high', 'b6f1c1de0e434c9a9a0f1f1f8a4f0001'])
  assert.deepEqual(simulator.violations, [])
})

test('the record holds the size of the push, and nothing of it or of its endpoint', async () => {
  await send()
  const { url, requestBody } = exchanges().at(-1)!
  assert.equal(url, `${simulator.baseUrl}/push/[secret]`)
  assert.match(requestBody!, /^\[encrypted, \d+ bytes\]$/)
})

test('a second copy takes the place of a first that still waits', async () => {
  const first = await send()
  assert.deepEqual(await send(), first)
  await send({ messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0002' })
  assert.deepEqual([simulator.accepted.length, simulator.kept(browser.id).length], [3, 2])
})

test('every status means what the table says', async () => {
  for (const [status, kind] of Object.entries(answers)) {
    simulator.fault({ phase: 'push', do: 'error', status: Number(status) })
    const error = await failure()
    assert.deepEqual([error.kind, error.providerCode], [kind, status])
  }
  const others = [
    [405, 'content-rejected'],
    [408, 'unknown-outcome'],
    [500, 'unknown-outcome'],
    [302, 'unknown-outcome'],
  ] as const
  for (const [status, kind] of others) assert.equal(await statusOf(status), kind)
})

test('a subscription that was taken back or is forgotten is gone', async () => {
  for (const persona of ['gone', 'forgotten'] as const) {
    simulator.persona(browser.id, persona)
    assert.equal((await failure()).kind, 'device-gone')
  }
})

test('another key than the one subscribed with is an administrator’s matter', async () => {
  const other = webPush.generateVAPIDKeys()
  const changed = newSender({ vapidPublicKey: other.publicKey, vapidPrivateKey: other.privateKey })
  assert.equal((await failure({}, changed)).kind, 'blocked')
  const mixed = newSender({ vapidPrivateKey: other.privateKey })
  assert.equal((await failure({}, mixed)).kind, 'blocked')
})

test('waits are those that the push service asks for', async () => {
  for (const status of [429, 503]) {
    simulator.fault({ phase: 'push', do: 'error', status, retryAfter: '20' })
    assert.equal((await failure()).retryAfterMs, 20_000)
  }
})

test('silence and breaks are unknown, and nothing is sent again', () =>
  assertUnknown(
    [
      { phase: 'push', do: 'cut', accepts: true },
      { phase: 'push', do: 'hold', accepts: true },
    ],
    () => simulator.requests,
  ))

test('a push is never larger than 4096 bytes: shown short, then refused unsent', async () => {
  const text = 'ö'.repeat(1000)
  await send({ text })
  const [taken] = simulator.accepted
  assert.ok(taken!.bytes <= 4096)
  assert.deepEqual([taken!.payload.message, [...String(taken!.payload.body)].length], [text, 178])
  assert.equal((await failure({ text: '😀'.repeat(1000) })).kind, 'content-rejected')
  assert.equal(simulator.requests, 1)
})

test('endpoints at no push service are never called (SS-01)', async () => {
  for (const good of [
    'https://fcm.googleapis.com/fcm/send/x',
    'https://updates.push.services.mozilla.com/wpush/v2/x',
    'https://web.push.apple.com/x',
    'https://wns2-db5p.notify.windows.com/w/?token=x',
  ])
    assert.ok(isPushEndpoint(good, []), good)
  for (const bad of [
    'http://fcm.googleapis.com/fcm/send/x',
    'https://fcm.googleapis.com:8443/x',
    'https://fcm.googleapis.com.evil.example/x',
    'https://evilfcm.googleapis.com/x',
    'https://push.apple.com.evil.example/x',
    'https://user@fcm.googleapis.com/x',
    'https://127.0.0.1/x',
    'ftp://fcm.googleapis.com/x',
    'no address',
  ])
    assert.ok(!isPushEndpoint(bad, []), bad)
  assert.ok(!isPushEndpoint('http://push.example.com/x', ['push.example.com']))
  assert.equal((await failure({}, newSender({ pushHosts: '' }))).kind, 'device-gone')
  assert.equal(simulator.requests, 0)
})

test('what is no subscription goes nowhere', async () => {
  const broken = [
    'no json',
    '[]',
    JSON.stringify({ endpoint }),
    JSON.stringify({ endpoint, keys: { ...keys, auth: 'AAAA' } }),
    JSON.stringify({ endpoint, keys: { ...keys, p256dh: keys.p256dh.slice(0, 80) } }),
    // A point that is not on the curve.
    JSON.stringify({ endpoint, keys: { ...keys, p256dh: Buffer.alloc(65, 4).toString('base64url') } }),
  ]
  for (const token of broken)
    assert.equal((await failure(push({ platform: 'webpush', token }))).kind, 'device-gone', token)
  assert.equal((await failure({ device: null })).kind, 'device-gone')
  assert.equal(simulator.requests, 0)
})

test('wrong settings are told in sentences that hold no secret', () => {
  const other = webPush.generateVAPIDKeys()
  assertMistakesTold(
    (changes) => inappWebpush.checkSender(newSender(changes)),
    [
      [{ subject: 'push@example.com' }, /contact/],
      [{ subject: 'https://localhost/' }, /contact/],
      [{ vapidPublicKey: 'x' }, /public key must be 87/],
      [{ vapidPrivateKey: 'x' }, /private key must be 43/],
      [{ vapidPrivateKey: other.privateKey }, /do not belong together/],
      [{ pushHosts: 'https://push.example.com/' }, /host names/],
      [{ allowedOrigins: 'https://shop.example.com/page' }, /origins/],
    ],
  )
})
