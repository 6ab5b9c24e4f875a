import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mock, test } from 'node:test'
import { pushStage } from '../../../test/push-stage.ts'
import { assertMistakesTold } from '../../../test/sender-settings.ts'
import {
  type ApnsFault,
  type ApnsSimulator,
  apnsKeyId,
  apnsTeamId,
  startApnsSimulator,
} from '../../../test/simulators/apns/index.ts'
import { pushText, pushTitle } from '../../../test/simulators/push/simulated-push.ts'
import type { FailureKind } from '../failures.ts'
import { connectorSuite } from '../suite.ts'
import { inappApns } from './index.ts'
import { reasons } from './reasons.ts'

const simulator = await startApnsSimulator()
const token = 'a1b2c3d4e5f60718'.repeat(4)
const registeredAt = new Date('2026-01-01T00:00:00Z')
const { privateKey } = simulator.tokens
const { newSender, send, failure, kindAfter, assertUnknown, exchanges } = pushStage<ApnsFault>(
  inappApns,
  simulator,
  { platform: 'apns', token },
  () => ({
    ...{ teamId: apnsTeamId, keyId: apnsKeyId, privateKey, bundleId: 'com.example.shop', environment: 'sandbox' },
    ...{ apnsHost: simulator.host, ca: simulator.ca },
  }),
)

const kindOf = async (persona: Parameters<ApnsSimulator['persona']>[1]): Promise<FailureKind> => {
  simulator.persona(token, persona)
  return (await failure()).kind
}
/** An error page that repeats everything it saw. */
const gossip = () => {
  const bearer = simulator.tokens.seen.at(-1) ?? ''
  return kindAfter({
    phase: 'send',
    do: 'raw',
    status: 502,
    body: `<html>bearer ${bearer} ${token} ${pushText}</html>`,
  })
}

connectorSuite(inappApns, {
  sender: newSender({ apnsHost: '', ca: '' }),
  secrets: [token, pushText, pushTitle, privateKey],
  claims: [...new Set(Object.values(reasons).map(({ kind }) => kind)), 'refused-for-now', 'unknown-outcome'],
  provoke: {
    'device-gone': () => kindOf({ gone: new Date('2026-02-01T00:00:00Z') }),
    'refused-for-now': () => kindOf({ gone: new Date('2025-12-01T00:00:00Z') }),
    throttled: () => kindOf('flooded'),
    misconfigured: () => kindAfter({ phase: 'send', do: 'error', status: 403, reason: 'InvalidProviderToken' }),
    'content-rejected': () => kindAfter({ phase: 'send', do: 'error', status: 413, reason: 'PayloadTooLarge' }),
    unreachable: () => kindAfter({ phase: 'send', do: 'error', status: 503, reason: 'Shutdown' }),
    'unknown-outcome': gossip,
  },
  exchanges,
})

test('a push holds what an app of the original reads, and what a phone shows', async () => {
  const before = Math.floor(Date.now() / 1000)
  const sent = await send()
  const [taken] = simulator.accepted
  assert.deepEqual(sent, { providerId: taken!.id, status: 'sent' })
  assert.deepEqual(taken!.payload, {
    aps: { alert: { title: pushTitle, body: pushText }, sound: 'default', 'mutable-content': 1 },
    id: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    brandId: '12345678',
    message: pushText,
    backendService: 'c2m',
    lookBackPeriod: 3_600_000,
    campaignInfo: { campaignId: 'c-1', engagementId: 'e-1' },
  })
  const { headers } = taken!
  assert.equal(headers['apns-collapse-id'], 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001')
  assert.deepEqual([headers['apns-priority'], headers['apns-push-type']], ['10', 'alert'])
  const expiry = Number(headers['apns-expiration'])
  assert.ok(expiry >= before + 600 && expiry <= before + 660)
})

test('a second copy has the first one’s id and takes its place on the screen', async () => {
  const first = await send()
  assert.deepEqual(await send(), first)
  const other = await send({ attemptToken: 'another', messageId: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0002' })
  assert.notEqual(other.providerId, first.providerId)
  assert.deepEqual([simulator.accepted.length, simulator.shown(token).length], [3, 2])
})

test('every reason means what the table says', async () => {
  for (const [reason, { status, kind }] of Object.entries(reasons)) {
    if (status === 410) continue
    simulator.fault({ phase: 'send', do: 'error', status, reason })
    const error = await failure()
    assert.deepEqual([error.kind, error.providerCode], [kind, reason])
  }
})

test('a device gone before it last registered is not given up (PO-08)', async () => {
  const rows = [
    [new Date(registeredAt.getTime() - 1), 'refused-for-now'],
    [registeredAt, 'device-gone'],
    [new Date(registeredAt.getTime() + 1), 'device-gone'],
  ] as const
  for (const [gone, kind] of rows) assert.equal(await kindOf({ gone }), kind)
  const untimed = { phase: 'send', do: 'error', status: 410, reason: 'Unregistered' } as const
  assert.equal(await kindAfter(untimed), 'refused-for-now')
})

test('a device of another app is gone; what is no token at all is not even sent', async () => {
  assert.equal(await kindOf('other-topic'), 'device-gone')
  const before = simulator.requests
  const device = { deviceId: 'd', platform: 'apns', token: '../../evil', registeredAt } as const
  assert.equal((await failure({ device })).kind, 'device-gone')
  assert.equal((await failure({ device: null })).kind, 'device-gone')
  assert.equal(simulator.requests, before)
})

test('waits are those that Apple asks for', async () => {
  simulator.fault({ phase: 'send', do: 'error', status: 429, reason: 'TooManyRequests', retryAfter: '30' })
  assert.equal((await failure()).retryAfterMs, 30_000)
})

test('one provider token serves many sends, over one connection', async () => {
  await send()
  const { connections } = simulator
  simulator.tokens.forget()
  await Promise.all(Array.from({ length: 8 }, () => send()))
  assert.deepEqual([simulator.tokens.seen.length, simulator.connections], [1, connections])
})

test('a provider token is renewed after 50 minutes, and not before 20', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 7_200_000 })
  try {
    await send()
    const [first] = simulator.tokens.seen.slice(-1)
    mock.timers.tick(49 * 60_000)
    await send()
    assert.equal(simulator.tokens.seen.at(-1), first)
    mock.timers.tick(2 * 60_000)
    await send()
    assert.notEqual(simulator.tokens.seen.at(-1), first)
  } finally {
    mock.timers.reset()
    simulator.tokens.forget()
  }
})

test('a token that Apple calls expired is renewed once, unless only a wrong clock can be the reason', async () => {
  mock.timers.enable({ apis: ['Date'], now: Date.now() + 14_400_000 })
  try {
    await send()
    mock.timers.tick(30 * 60_000)
    const before = simulator.requests
    simulator.fault({ phase: 'send', do: 'error', status: 403, reason: 'ExpiredProviderToken' })
    assert.equal((await send()).status, 'sent')
    assert.equal(simulator.requests, before + 2)
    simulator.shiftClock(61 * 60_000)
    assert.equal((await failure()).kind, 'misconfigured')
    assert.equal(simulator.requests, before + 3)
  } finally {
    mock.timers.reset()
    simulator.tokens.forget()
  }
})

test('a key that is another’s, or of another team, is refused and the sender told so', async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const other = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  assert.equal((await failure({}, newSender({ privateKey: other }))).kind, 'misconfigured')
  assert.equal((await failure({}, newSender({ teamId: 'OTHER12345' }))).kind, 'misconfigured')
  assert.equal((await failure({}, newSender({ bundleId: 'com.example.other' }))).kind, 'misconfigured')
})

test('silence and breaks are unknown, and nothing is sent again', async () => {
  await send()
  const rules: ApnsFault[] = [
    { phase: 'send', do: 'cut', accepts: true },
    { phase: 'send', do: 'hold', accepts: true },
    { phase: 'send', do: 'goaway', processed: true, silent: true },
    { phase: 'send', do: 'raw', status: 503, body: '<html>Bad gateway</html>' },
    { phase: 'send', do: 'raw', status: 302, body: '' },
  ]
  await assertUnknown(rules, () => simulator.requests)
})

test('a text too large to show twice is shown short and sent whole; a larger one is refused unsent', async () => {
  const text = 'ö'.repeat(1000)
  await send({ text })
  const { payload } = simulator.accepted[0]!
  assert.equal(payload.message, text)
  assert.equal([...(payload.aps as { alert: { body: string } }).alert.body].length, 178)
  const before = simulator.requests
  assert.equal((await failure({ text: '😀'.repeat(1000) })).kind, 'content-rejected')
  assert.equal(simulator.requests, before)
  const kept = JSON.stringify(exchanges())
  assert.ok(!kept.includes('öö') && !kept.includes(simulator.tokens.seen[0]!))
})

test('wrong settings are told in sentences that hold no secret', () =>
  assertMistakesTold(
    (changes) => inappApns.checkSender(newSender({ apnsHost: '', ca: '', ...changes })),
    [
      [{ teamId: 'short' }, /Team ID/],
      [{ keyId: 'lower12345' }, /Key ID/],
      [{ privateKey: 'no key' }, /\.p8/],
      [{ bundleId: 'shop' }, /Bundle ID/],
      [{ environment: 'staging' }, /environment/],
      [{ apnsHost: 'https://x/y' }, /APNs host/],
      [{ ca: 'no certificate' }, /PEM certificate/],
    ],
  ))
