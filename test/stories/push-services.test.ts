import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import webPush from 'web-push'
import { deliverMessage } from '../../src/actions/deliver-message.ts'
import { closeHttp2Connections } from '../../src/channels/http2-connections.ts'
import { secretContext } from '../../src/store/account-config.ts'
import { inviteBy, invitedRows } from '../sending-stage.ts'
import { type ApnsSimulator, apnsKeyId, apnsTeamId, startApnsSimulator } from '../simulators/apns/index.ts'
import { type FcmSimulator, fcmProjectId, startFcmSimulator } from '../simulators/fcm/index.ts'
import { type ProxySimulator, startProxySimulator } from '../simulators/push/start-proxy-simulator.ts'
import { type Browser, startWebpushSimulator, type WebpushSimulator } from '../simulators/webpush/index.ts'
import { testBrand, testHandoff } from '../test-brand.ts'
import { testCall } from '../test-call.ts'
import { type TestServer, testServer } from '../test-server.ts'

let server: TestServer
let fcm: FcmSimulator
let apns: ApnsSimulator
let webpush: WebpushSimulator
let proxy: ProxySimulator
const vapid = webPush.generateVAPIDKeys()

before(async () => {
  server = await testServer()
  fcm = await startFcmSimulator()
  apns = await startApnsSimulator()
  webpush = await startWebpushSimulator()
  proxy = await startProxySimulator('c2m', 'pa55-word-of-the-brand')
})
after(async () => {
  await closeHttp2Connections()
  for (const one of [fcm, apns, webpush, proxy, server]) await one.close()
})

const phoneToken = 'fGx1:APA91bH-registration_token-of-one-phone'
const padToken = 'c0ffee00'.repeat(8)
const ownToken = 'token-of-the-brand-itself'

/** One app on all four push services, and a consumer with a device on each. */
async function appOnEveryService(browser: Browser) {
  const { db, cipher } = server.deps
  const brand = await testBrand(server)
  const { accountId } = brand
  const services = [
    {
      platform: 'fcm',
      token: phoneToken,
      settings: { projectId: fcmProjectId, serviceAccountJson: fcm.account.keyFile(), fcmBaseUrl: fcm.baseUrl },
    },
    {
      platform: 'apns',
      token: padToken,
      settings: {
        teamId: apnsTeamId,
        keyId: apnsKeyId,
        privateKey: apns.tokens.privateKey,
        bundleId: 'com.example.shop',
        apnsHost: apns.host,
        ca: apns.ca,
      },
    },
    {
      platform: 'webpush',
      token: browser.subscription,
      settings: {
        subject: 'mailto:push@example.com',
        vapidPublicKey: vapid.publicKey,
        vapidPrivateKey: vapid.privateKey,
        pushHosts: webpush.host,
      },
    },
    {
      platform: 'proxy',
      token: ownToken,
      settings: {
        url: proxy.url,
        appName: 'com.example.shop',
        basicUser: 'c2m',
        basicPassword: 'pa55-word-of-the-brand',
      },
    },
  ]
  const consumerId = randomUUID()
  const senderIds: string[] = []
  for (const { platform, token, settings } of services) {
    const [senderId, deviceId] = [randomUUID(), randomUUID()]
    senderIds.push(senderId)
    await db`
      insert into senders (account_id, sender_id, connector, channel, address, title, settings)
      values (${accountId}, ${senderId}, ${`inapp-${platform}`}, 'inapp', ${`com.example.shop${accountId}`}, 'Shop', ${db.json(settings)})`
    await db`
      insert into devices (account_id, device_id, sender_id, consumer_id, platform, token)
      values (${accountId}, ${deviceId}, ${senderId}, ${consumerId}, ${platform},
        ${cipher.encrypt(token, secretContext.device(accountId, deviceId))})`
  }
  const channels = [{ channel: 'inapp' as const, senderIds, title: 'Your call', text: 'Go on in the app' }]
  const handoffId = await testHandoff(server, accountId, channels)
  const { callId } = await testCall(server, { ...brand, handoffId }, { consumerId, channels: ['inapp'] })
  return { brand, callId, consumerId }
}

async function pushed(brand: Parameters<typeof inviteBy>[1], callId: string) {
  const { deps } = server
  await inviteBy(deps, brand, callId)
  for (const { attempt_id: attemptId } of (await invitedRows(deps, brand, callId)).attempts)
    await deliverMessage(deps, { kind: 'system', accountId: brand.accountId }, { attemptId })
  return invitedRows(deps, brand, callId)
}

test('one invite reaches the consumer’s devices on every push service, with one id', async () => {
  const { brand, callId, consumerId } = await appOnEveryService(webpush.subscribe(vapid.publicKey))
  const { attempts, messages } = await pushed(brand, callId)
  assert.deepEqual(
    attempts.map(({ state }) => state),
    ['sent', 'sent', 'sent', 'sent'],
  )
  const payloads = [fcm.accepted[0]!.data, ...[apns, webpush, proxy].map((one) => one.accepted[0]!.payload)]
  for (const payload of payloads) {
    assert.deepEqual(
      [payload.id, payload.brandId, payload.message, payload.backendService],
      [messages[0]!.message_id, brand.accountId, 'Go on in the app', 'c2m'],
    )
    assert.ok(Number(payload.lookBackPeriod) >= 3_600_000)
  }
  const kept = JSON.stringify(
    await server.deps.db`select * from provider_exchanges where account_id = ${brand.accountId}`,
  )
  assert.ok(kept.includes('/3/device/[secret]'))
  for (const secret of [phoneToken, padToken, ownToken, consumerId, 'Go on in the app', 'pa55-word', 'eyJ', 'ya29'])
    assert.ok(!kept.includes(secret), secret)
})

test('dead devices are retired by their services’ rules, the others are reached', async () => {
  const browser = webpush.subscribe(vapid.publicKey)
  const { brand, callId, consumerId } = await appOnEveryService(browser)
  fcm.persona(phoneToken, 'unregistered')
  apns.persona(padToken, { gone: new Date(Date.now() - 86_400_000) })
  webpush.persona(browser.id, 'gone')
  const { attempts } = await pushed(brand, callId)
  assert.deepEqual(attempts.map(({ state }) => state).sort(), ['rejected', 'rejected', 'rejected', 'sent'])
  const alive = await server.deps.db`
    select platform from devices
    where account_id = ${brand.accountId} and consumer_id = ${consumerId} and disabled_at is null order by platform`
  // Apple knew the pad dead before the app registered it anew: it stays.
  assert.deepEqual(
    alive.map(({ platform }) => platform),
    ['apns', 'proxy'],
  )
})
