import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { pushStage } from '../../../test/push-stage.ts'
import { assertMistakesTold } from '../../../test/sender-settings.ts'
import { type FcmFault, fcmProjectId, startFcmSimulator } from '../../../test/simulators/fcm/index.ts'
import { push, pushText, pushTitle, pushWayOut } from '../../../test/simulators/push/simulated-push.ts'
import { connectorSuite } from '../suite.ts'
import { errorCodes } from './error-codes.ts'
import { inappFcm } from './index.ts'

const simulator = await startFcmSimulator()
const token = 'fGx1:APA91bH-registration_token-of-one-phone'
const { newSender, sender, send, failure, kindAfter, assertUnknown, exchanges } = pushStage<FcmFault>(
  inappFcm,
  simulator,
  { platform: 'fcm', token },
  // Each sender has a key of its own, for which no access token is kept yet.
  () => ({
    projectId: fcmProjectId,
    serviceAccountJson: simulator.account.keyFile(),
    fcmBaseUrl: simulator.baseUrl,
  }),
)

/** A gateway's error page that repeats everything it saw. */
const gossip = () => {
  const granted = simulator.grants.at(-1) ?? ''
  const body = `<html>Authorization: Bearer ${granted} to ${token}: ${pushText}</html>`
  return kindAfter({ phase: 'send', do: 'raw', status: 502, body })
}

connectorSuite(inappFcm, {
  sender: newSender({ fcmBaseUrl: 'https://fcm.googleapis.com' }),
  secrets: [token, pushText, pushTitle, simulator.account.privateKey],
  claims: [...new Set(Object.values(errorCodes).map(({ kind }) => kind)), 'misconfigured', 'content-rejected'],
  provoke: {
    'device-gone': () => kindAfter({ phase: 'send', do: 'error', status: 404, code: 'UNREGISTERED' }),
    throttled: () => kindAfter({ phase: 'send', do: 'error', status: 429, code: 'QUOTA_EXCEEDED' }),
    unreachable: () => kindAfter({ phase: 'send', do: 'error', status: 503, code: 'UNAVAILABLE' }),
    blocked: () => kindAfter({ phase: 'send', do: 'error', status: 401, code: 'THIRD_PARTY_AUTH_ERROR' }),
    misconfigured: () => kindAfter({ phase: 'send', do: 'error', status: 403 }),
    'content-rejected': () => kindAfter({ phase: 'send', do: 'error', status: 400, field: 'message.data[0]' }),
    'unknown-outcome': () => gossip(),
  },
  exchanges,
})

test('a push holds what an app of the original reads, and what a phone shows', async () => {
  const sent = await send()
  const [taken] = simulator.accepted
  assert.deepEqual(sent, { providerId: taken!.name, status: 'sent' })
  assert.deepEqual(taken!.notification, { title: pushTitle, body: pushText })
  assert.deepEqual(taken!.data, {
    id: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    brandId: '12345678',
    message: pushText,
    backendService: 'c2m',
    lookBackPeriod: '3600000',
    campaignInfo: '{"campaignId":"c-1","engagementId":"e-1"}',
  })
  const { android, apns, webpush } = taken!.message as Record<string, Record<string, Record<string, string>>>
  assert.deepEqual(android, {
    priority: 'HIGH',
    collapse_key: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    ttl: '600s',
    notification: { tag: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001' },
  })
  assert.equal(apns!.headers!['apns-collapse-id'], 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001')
  assert.deepEqual(webpush!.headers, { Urgency: 'high', Topic: 'b6f1c1de0e434c9a9a0f1f1f8a4f0001', TTL: '600' })
})

test('an app that shows the notification itself gets data alone', async () => {
  await send({}, newSender({ dataOnly: true }))
  const [taken] = simulator.accepted
  assert.equal(taken!.notification, null)
  assert.deepEqual([taken!.data.title, taken!.data.body], [pushTitle, pushText])
})

test('a second copy takes the first one’s place on the screen', async () => {
  await send()
  await send()
  await send({ messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0002' })
  assert.equal(simulator.accepted.length, 3)
  assert.equal(simulator.shown(token).length, 2)
})

test('every error code means what the table says', async () => {
  for (const [code, { status, kind }] of Object.entries(errorCodes)) {
    simulator.fault({ phase: 'send', do: 'error', status, code })
    const error = await failure()
    assert.deepEqual([error.kind, error.providerCode], [kind, code])
  }
})

test('devices that FCM does not know, or knows from another project, are gone', async () => {
  for (const persona of ['unregistered', 'malformed', 'other-project'] as const) {
    simulator.persona(token, persona)
    assert.equal((await failure()).kind, 'device-gone', persona)
  }
})

test('an invalid argument is the device’s fault only when no other field is named', async () => {
  const rows = [
    [{}, 'device-gone'],
    [{ field: 'message.token' }, 'device-gone'],
    [{ field: 'message.android.ttl' }, 'content-rejected'],
  ] as const
  for (const [fault, kind] of rows)
    assert.equal(await kindAfter({ phase: 'send', do: 'error', status: 400, code: 'INVALID_ARGUMENT', ...fault }), kind)
  const tooBig = {
    error: { code: 400, message: 'Android message is too big', details: [fcmDetail('INVALID_ARGUMENT')] },
  }
  const body = JSON.stringify(tooBig)
  assert.equal(await kindAfter({ phase: 'send', do: 'raw', status: 400, body }), 'content-rejected')
})
const fcmDetail = (errorCode: string) => ({ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode })

test('waits are those that FCM asks for, a minute for a quota', async () => {
  const rows = [
    [{ status: 429, code: 'QUOTA_EXCEEDED' }, 60_000],
    [{ status: 429, code: 'QUOTA_EXCEEDED', retryAfter: '90' }, 90_000],
    [{ status: 503, code: 'UNAVAILABLE', retryAfter: '7' }, 7_000],
    [{ status: 503, code: 'UNAVAILABLE', retryAfter: '1000000000' }, 3_600_000],
    [{ status: 503, code: 'UNAVAILABLE' }, null],
  ] as const
  for (const [fault, waitMs] of rows) {
    simulator.fault({ phase: 'send', do: 'error', ...fault })
    assert.equal((await failure()).retryAfterMs, waitMs)
  }
})

test('silence, breaks and answers in other words than FCM’s are unknown, and nothing is sent again', async () => {
  await send()
  const rules: FcmFault[] = [
    { phase: 'send', do: 'cut', accepts: true },
    { phase: 'send', do: 'hold', accepts: true },
    { phase: 'send', do: 'raw', status: 503, body: '<html>Bad gateway</html>' },
    { phase: 'send', do: 'raw', status: 200, body: '{"surprise":1}' },
    { phase: 'send', do: 'raw', status: 302, body: '', headers: { location: 'http://127.0.0.1:9/' } },
  ]
  await assertUnknown(rules, () => simulator.sends)
})

test('one access token serves many sends, and parallel ones fetch it once', async () => {
  const fresh = newSender()
  await Promise.all(Array.from({ length: 8 }, () => send({}, fresh)))
  await send({}, fresh)
  assert.deepEqual([simulator.grants.length, simulator.accepted.length], [1, 9])
})

test('an access token is fetched anew five minutes before its end', async () => {
  const fresh = newSender()
  mock.timers.enable({ apis: ['Date'], now: Date.now() })
  try {
    await send({}, fresh)
    mock.timers.tick((3599 - 301) * 1000)
    await send({}, fresh)
    assert.equal(simulator.grants.length, 1)
    mock.timers.tick(2000)
    await send({}, fresh)
    assert.equal(simulator.grants.length, 2)
  } finally {
    mock.timers.reset()
  }
})

test('a token that FCM no longer takes is replaced once; many sends replace it once together', async () => {
  const fresh = newSender()
  await send({}, fresh)
  simulator.revoke()
  await Promise.all([send({}, fresh), send({}, fresh), send({}, fresh)])
  assert.deepEqual([simulator.grants.length, simulator.accepted.length], [2, 4])
  simulator.fault({ phase: 'send', do: 'error', status: 401, times: 2 })
  assert.equal((await failure({}, fresh)).kind, 'misconfigured')
})

test('without an access token nothing was sent: only a refused key is final', async () => {
  const rows = [
    [{ do: 'error', status: 400, code: 'invalid_grant' }, 'misconfigured'],
    [{ do: 'error', status: 401, code: 'invalid_client' }, 'misconfigured'],
    [{ do: 'error', status: 429 }, 'throttled'],
    [{ do: 'error', status: 500 }, 'unreachable'],
    [{ do: 'cut', accepts: false }, 'unreachable'],
    [{ do: 'raw', status: 200, body: '{}' }, 'unreachable'],
  ] as const
  for (const [fault, kind] of rows) {
    simulator.fault({ phase: 'token', ...fault } as FcmFault)
    assert.equal((await failure({}, newSender())).kind, kind, JSON.stringify(fault))
  }
  assert.equal(simulator.sends, 0)
})

test('a fetch stopped by its own lost claim does not stop the sends that waited for it', async () => {
  const fresh = newSender()
  const out = push({ platform: 'fcm', token })
  const { http } = pushWayOut([])
  const lost = inappFcm.send(out, fresh, () => Promise.reject(new RangeError('claim lost')))
  const waiting = inappFcm.send(out, fresh, http)
  await assert.rejects(lost, RangeError)
  assert.equal((await waiting).status, 'sent')
})

test('a text too large to show twice is shown short and sent whole; a larger one is refused unsent', async () => {
  const text = 'ö'.repeat(1000)
  await send({ text })
  const [taken] = simulator.accepted
  assert.equal(taken!.data.message, text)
  assert.equal([...taken!.notification!.body!].length, 178)
  const before = simulator.sends
  assert.equal((await failure({ text: '😀'.repeat(1000) })).kind, 'content-rejected')
  assert.equal(simulator.sends, before)
})

test('an exchange holds neither token nor text, however it is cut', async () => {
  const out = pushWayOut([String(sender.settings.serviceAccountJson)])
  const text = `${'ä'.repeat(995)}.`
  await inappFcm.send(push({ platform: 'fcm', token }, { text, title: 'Hi' }), newSender(), out.http)
  const kept = JSON.stringify(out.exchanges)
  for (const secret of [token, 'ää', '"Hi"', simulator.grants.at(-1)!, 'eyJ']) assert.ok(!kept.includes(secret), secret)
  assert.equal(out.exchanges.length, 2)
})

test('a message without an FCM device goes nowhere', async () => {
  assert.equal((await failure({ device: null })).kind, 'device-gone')
  const device = { deviceId: 'd', platform: 'apns', token, registeredAt: new Date(0) } as const
  assert.equal((await failure({ device })).kind, 'device-gone')
})

test('wrong settings are told in sentences that hold no secret', () => {
  const key = JSON.parse(simulator.account.keyFile())
  assertMistakesTold(
    (changes) => inappFcm.checkSender(newSender(changes)),
    [
      [{ projectId: 'My Shop' }, /Project ID/],
      [{ serviceAccountJson: '{' }, /whole JSON file/],
      [{ serviceAccountJson: JSON.stringify({ ...key, private_key: 'no key' }) }, /private key/],
      [{ fcmBaseUrl: 'http://fcm.example.com' }, /FCM address must begin with https/],
      [{ allowedOrigins: 'shop.example.com' }, /origins/],
      [{ tokenUri: 'nowhere' }, /Token address is no web address/],
    ],
  )
})
