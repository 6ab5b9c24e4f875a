import assert from 'node:assert/strict'
import { after, afterEach, test } from 'node:test'
import webPush from 'web-push'
import { startWebpushSimulator } from './index.ts'

const simulator = await startWebpushSimulator()
const keys = webPush.generateVAPIDKeys()
const browser = simulator.subscribe(keys.publicKey)
const subscription = JSON.parse(browser.subscription) as webPush.PushSubscription
afterEach(() => simulator.reset())
after(() => simulator.close())

const details = webPush.generateRequestDetails(subscription, '{"hello":"Ann"}', {
  vapidDetails: { subject: 'mailto:push@example.com', ...keys },
  TTL: 60,
})
const right = Object.fromEntries(
  Object.entries(details.headers as Record<string, unknown>).map(([k, v]) => [k, `${v}`]),
)

async function post(headers: Readonly<Record<string, string>>, body: Buffer = details.body): Promise<number> {
  const answer = await fetch(subscription.endpoint, {
    method: 'POST',
    headers: { ...headers, 'Content-Length': `${body.length}` },
    body: new Uint8Array(body),
  })
  return answer.status
}

/** An authorization as the library makes it, for another service or with another life. */
const vapid = (audience: string, seconds: number) =>
  webPush.getVapidHeaders(
    audience,
    'mailto:push@example.com',
    keys.publicKey,
    keys.privateKey,
    'aes128gcm',
    Math.floor(Date.now() / 1000) + seconds,
  ).Authorization

test('a right push is opened by its browser', async () => {
  assert.equal(await post(right), 201)
  assert.deepEqual(simulator.accepted[0]!.payload, { hello: 'Ann' })
})

test('VAPID: audience, life, signature and the key subscribed with', async () => {
  const at = simulator.baseUrl
  assert.equal(await post({ ...right, Authorization: vapid(at, 3600) }), 201)
  assert.equal(await post({ ...right, Authorization: vapid('https://push.example.com', 3600) }), 401)
  assert.equal(await post({ ...right, Authorization: vapid(at, 60).replace(/\.[\w-]+,/, '.AAAA,') }), 401)
  assert.equal(await post({ ...right, Authorization: 'WebPush x' }), 401)
  const other = webPush.generateVAPIDKeys()
  const stranger = webPush.getVapidHeaders(at, 'mailto:x@example.com', other.publicKey, other.privateKey, 'aes128gcm')
  assert.equal(await post({ ...right, Authorization: stranger.Authorization }), 403)
})

test('TTL, Topic, encoding and size are demanded; what cannot be read is noted', async () => {
  const { TTL: _, ...timeless } = right
  assert.equal(await post(timeless), 400)
  assert.equal(await post({ ...right, Topic: 'x'.repeat(33) }), 400)
  assert.equal(await post({ ...right, Topic: 'a b' }), 400)
  assert.equal(await post({ ...right, 'Content-Encoding': 'aesgcm' }), 415)
  assert.equal(await post(right, Buffer.alloc(4097)), 413)
  assert.equal(await post(right, Buffer.alloc(200)), 201)
  assert.equal(simulator.violations.at(-1), 'the browser cannot read the push')
  assert.equal(simulator.accepted.length, 0)
})
