import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pushStage } from '../../../test/push-stage.ts'
import { assertMistakesTold } from '../../../test/sender-settings.ts'
import {
  callerCertificate,
  callerKey,
  expiredCertificate,
  localhostCertificate,
  localhostKey,
} from '../../../test/simulators/localhost-certificates.ts'
import { pushText, pushTitle } from '../../../test/simulators/push/simulated-push.ts'
import { type ProxyFault, startProxySimulator } from '../../../test/simulators/push/start-proxy-simulator.ts'
import { closeOutboundAgents } from '../outbound-agent.ts'
import { connectorSuite } from '../suite.ts'
import { inappProxy } from './index.ts'
import { answers } from './send.ts'

const password = 'pa55-word-of-the-brand'
const apiKey = 'k3y_of-the$brand'
const token = 'device-token-of-the-brand'
const simulator = await startProxySimulator('c2m', password)
const { newSender, send, failure, kindAfter, assertUnknown, exchanges } = pushStage<ProxyFault>(
  inappProxy,
  simulator,
  { platform: 'proxy', token },
  () => ({
    ...{ url: simulator.url, appName: 'com.example.shop', basicUser: 'c2m', basicPassword: password },
    headers: `ApiKey: ${apiKey}\nTenant: shop`,
  }),
)
const statusOf = (status: number) => kindAfter({ phase: 'push', do: 'error', status })

connectorSuite(inappProxy, {
  sender: newSender({ url: 'https://push.example.com/c2m' }),
  secrets: [password, apiKey, token, 'consumer-4711', pushText, pushTitle, callerKey.split('\n')[1]!],
  claims: [...new Set(Object.values(answers)), 'content-rejected', 'unreachable', 'unknown-outcome'],
  provoke: {
    misconfigured: async () => (await failure({}, newSender({ basicPassword: 'wrong' }))).kind,
    'device-gone': () => statusOf(403),
    throttled: () => statusOf(429),
    'content-rejected': () => statusOf(400),
    unreachable: () => statusOf(500),
    'unknown-outcome': () => {
      const body = `<html>c2m:${password} ${apiKey} ${token} consumer-4711 ${pushText}</html>`
      return kindAfter({ phase: 'push', do: 'raw', status: 302, body })
    },
  },
  exchanges,
})

test('the endpoint gets whom, which app, and what an app of the original reads', async () => {
  const sent = await send()
  const [taken] = simulator.accepted
  const { pushId, ...payload } = taken!.payload
  assert.deepEqual(sent, { providerId: pushId, status: 'sent' })
  assert.deepEqual(payload, {
    appName: 'com.example.shop',
    consumerId: 'consumer-4711',
    deviceToken: token,
    id: 'b6f1c1de-0e43-4c9a-9a0f-1f1f8a4f0001',
    brandId: '12345678',
    message: pushText,
    backendService: 'c2m',
    lookBackPeriod: 3_600_000,
    campaignInfo: { campaignId: 'c-1', engagementId: 'e-1' },
    title: pushTitle,
    body: pushText,
  })
  const { headers } = taken!
  assert.deepEqual([headers.apikey, headers.tenant, headers['content-type']], [apiKey, 'shop', 'application/json'])
})

test('a second copy is known by its id', async () => {
  assert.deepEqual(await send(), await send())
  assert.deepEqual([simulator.accepted.length, simulator.shown().length], [2, 1])
})

test('every status means what the table says', async () => {
  for (const [status, kind] of Object.entries(answers)) assert.equal(await statusOf(Number(status)), kind, status)
  const others = [
    [400, 'content-rejected'],
    [408, 'unknown-outcome'],
    [303, 'unknown-outcome'],
    [500, 'unreachable'],
    [503, 'unreachable'],
  ] as const
  for (const [status, kind] of others) assert.equal(await statusOf(status), kind)
})

test('after a 5xx it is sent again 10 s later, or when the endpoint says', async () => {
  simulator.fault({ phase: 'push', do: 'error', status: 500 })
  assert.equal((await failure()).retryAfterMs, 10_000)
  simulator.fault({ phase: 'push', do: 'error', status: 503, retryAfter: '3' })
  assert.equal((await failure()).retryAfterMs, 3_000)
})

test('silence and breaks are unknown, and nothing is sent again', () =>
  assertUnknown(
    [
      { phase: 'push', do: 'cut', accepts: true },
      { phase: 'push', do: 'hold', accepts: true },
    ],
    () => simulator.requests,
  ))

test('an endpoint that asks who calls is shown the client certificate, and takes no push without it', async () => {
  const strict = await startProxySimulator('c2m', password, callerCertificate)
  try {
    const caller = { clientCertificate: callerCertificate, clientKey: callerKey, ca: localhostCertificate }
    const withSettings = (changes: Readonly<Record<string, string>>) =>
      newSender({ url: strict.url, ...caller, ...changes })
    assert.deepEqual(inappProxy.checkSender(withSettings({})), [])
    await send({}, withSettings({}))
    await send({}, withSettings({}))
    assert.deepEqual([strict.accepted.length, strict.shown().length], [2, 1])

    const nobody = { clientCertificate: '', clientKey: '' }
    const another = { clientCertificate: localhostCertificate, clientKey: localhostKey }
    // In TLS 1.3 the endpoint refuses after our side is done and the request is on its way: by itself a break like any other.
    for (const wrong of [nobody, another])
      assert.equal((await failure({}, withSettings(wrong))).kind, 'unknown-outcome')
    assert.equal((await failure({}, withSettings({ ca: '' }))).kind, 'unreachable', 'nobody vouches for the endpoint')
    assert.equal((await failure({}, withSettings({ ca: callerCertificate }))).kind, 'unreachable')
    assert.equal(strict.accepted.length, 2)
  } finally {
    await closeOutboundAgents()
    await strict.close()
  }
})

test('a message without such a device goes nowhere', async () => {
  assert.equal((await failure({ device: null })).kind, 'device-gone')
  assert.equal(simulator.requests, 0)
})

test('wrong settings are told in sentences that hold no secret', () =>
  assertMistakesTold(
    (changes) => inappProxy.checkSender(newSender({ url: 'https://push.example.com/c2m', ...changes })),
    [
      [{ url: 'http://push.example.com/' }, /https/],
      [{ url: 'https://user:pw@push.example.com/' }, /plain address/],
      [{ allowedOrigins: 'https://shop.example.com/page' }, /origins/],
      [{ appName: '' }, /app name/],
      [{ basicPassword: '' }, /no password/],
      [{ basicUser: '' }, /no user name/],
      [{ basicUser: 'a:b' }, /colon/],
      [{ headers: 'A: 1\nB: 2\nC: 3\nD: 4\nE: 5' }, /four headers/],
      [{ headers: 'X-Key: 1' }, /1 to 24 letters/],
      [{ headers: `${'a'.repeat(25)}: 1` }, /1 to 24 letters/],
      [{ headers: 'Key: a b' }, /value of a header/],
      [{ headers: `Key: ${'a'.repeat(301)}` }, /value of a header/],
      [{ headers: 'Host: x' }, /needs itself/],
      [{ headers: 'Key: 1\nkey: 2' }, /same name/],
      [{ clientCertificate: callerCertificate }, /no client key/],
      [{ clientKey: callerKey }, /no client certificate/],
      [{ clientCertificate: 'MIIB', clientKey: callerKey }, /must be PEM, from/],
      [{ clientCertificate: callerCertificate, clientKey: 'secret' }, /key must be PEM/],
      [{ clientCertificate: callerCertificate, clientKey: localhostKey }, /belong together/],
      [{ clientCertificate: expiredCertificate, clientKey: localhostKey }, /has ended/],
      [{ ca: 'MIIB' }, /authority/],
    ],
  ))
