import assert from 'node:assert/strict'
import { once } from 'node:events'
import { constants } from 'node:http2'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, afterEach, mock, test } from 'node:test'
import { type ApnsFault, startApnsSimulator } from '../../test/simulators/apns/index.ts'
import { expiredCertificate, localhostCertificate, localhostKey } from '../../test/simulators/localhost-certificates.ts'
import { SendFailure } from './failures.ts'
import type { Exchange } from './http.ts'
import { closeHttp2Connections } from './http2-connections.ts'
import { outboundHttp } from './outbound-http.ts'

const simulator = await startApnsSimulator()
afterEach(() => simulator.reset())
after(async () => {
  await closeHttp2Connections()
  await simulator.close()
})

const exchanges: Exchange[] = []
interface Given {
  readonly url?: string
  readonly connection?: string
  readonly timeoutMs?: number
  readonly allowPrivateNetworks?: boolean
  readonly ca?: string
}
/** Apple would refuse it, 400: any answer is good here. */
const post = ({
  url,
  connection = 'one',
  timeoutMs = 5000,
  allowPrivateNetworks = true,
  ca = simulator.ca,
}: Given = {}) =>
  outboundHttp({ timeoutMs, allowPrivateNetworks, secrets: [], onExchange: (exchange) => exchanges.push(exchange) })({
    method: 'POST',
    url: url ?? `https://${simulator.host}/3/device/secret-device-token`,
    headers: { authorization: 'bearer s3cr3t-bearer' },
    body: '{"aps":{"alert":{"body":"Hello Ann"}}}',
    http2: { connection, ca },
    hide: { secrets: ['secret-device-token'], texts: [] },
  })
const failsAs = (work: Promise<unknown>, kind: 'unreachable' | 'unknown-outcome') =>
  assert.rejects(work, (error: unknown) => error instanceof SendFailure && error.kind === kind)

test('an answer comes whole over HTTP/2, and the record holds neither path, token nor text', async () => {
  const answer = await post()
  assert.deepEqual([answer.status, answer.text], [400, '{"reason":"MissingTopic"}'])
  const { startedAt, durationMs, ...kept } = exchanges.at(-1)!
  assert.deepEqual(kept, {
    method: 'POST',
    url: `https://${simulator.host}/3/device/[secret]`,
    requestBody: '{"aps":{"alert":{"body":"[text, 9 characters]"}}}',
    status: 400,
    answerBody: '{"reason":"MissingTopic"}',
    failure: null,
  })
  assert.ok(startedAt instanceof Date && durationMs >= 0)
})

test('requests of one name share a connection, those of another have their own', async () => {
  const before = simulator.connections
  await Promise.all([post({ connection: 'a' }), post({ connection: 'a' }), post({ connection: 'b' })])
  await post({ connection: 'a' })
  assert.equal(simulator.connections, before + 2)
})

test('a connection closed by GOAWAY while it rested is replaced', async () => {
  await post()
  const before = simulator.connections
  simulator.goAway()
  await post({ connection: 'other' })
  await post()
  assert.equal(simulator.connections, before + 2)
})

test('GOAWAY and refused streams tell unsent from unknown; nothing is repeated here', async () => {
  const rows = [
    [{ do: 'goaway', processed: false }, 'unreachable'],
    [{ do: 'goaway', processed: false, code: constants.NGHTTP2_ENHANCE_YOUR_CALM }, 'unreachable'],
    [{ do: 'refuse-stream' }, 'unreachable'],
    [{ do: 'goaway', processed: true, silent: true }, 'unknown-outcome'],
    [{ do: 'goaway', processed: true, silent: true, code: constants.NGHTTP2_INTERNAL_ERROR }, 'unknown-outcome'],
    [{ do: 'cut', accepts: true }, 'unknown-outcome'],
  ] as const
  for (const [fault, kind] of rows) {
    const before = simulator.requests
    simulator.fault({ phase: 'send', ...fault } as ApnsFault)
    await failsAs(post(), kind)
    assert.equal(simulator.requests, before + 1, JSON.stringify(fault))
    assert.equal((await post()).status, 400)
  }
})

test('an answer that was given before GOAWAY counts', async () => {
  simulator.fault({ phase: 'send', do: 'goaway', processed: true })
  assert.equal((await post()).status, 400)
})

test('silence ends at the deadline as unknown; the connection is proven before it is used again', async () => {
  await post()
  simulator.fault({ phase: 'send', do: 'hold', accepts: false })
  const { pings, connections } = simulator
  await failsAs(post({ timeoutMs: 200 }), 'unknown-outcome')
  await post()
  assert.deepEqual([simulator.pings, simulator.connections], [pings + 1, connections])
})

test('a server in trouble gets the next request on a new connection', async () => {
  await post()
  const before = simulator.connections
  simulator.fault({ phase: 'send', do: 'error', status: 503, reason: 'Shutdown' })
  assert.equal((await post()).status, 503)
  assert.equal((await post()).status, 400)
  assert.equal(simulator.connections, before + 1)
})

test('an answer without end is cut off', async () => {
  simulator.fault({ phase: 'send', do: 'raw', status: 200, body: 'x'.repeat(300_000) })
  await failsAs(post(), 'unknown-outcome')
})

test('no authority, a certificate that is over, no HTTP/2, nobody there: nothing is sent (PO-09)', async () => {
  await failsAs(post({ connection: 'x', ca: expiredCertificate }), 'unreachable')
  const plain = createServer({ key: localhostKey, cert: localhostCertificate }, (_, response) => void response.end())
  plain.listen(0, '127.0.0.1')
  await once(plain, 'listening')
  await failsAs(post({ url: `https://localhost:${(plain.address() as AddressInfo).port}/` }), 'unreachable')
  plain.close()
  await failsAs(post({ url: 'https://localhost:9/' }), 'unreachable')
  await failsAs(post({ url: `http://${simulator.host}/` }), 'unreachable')
})

test('private networks are not reached (SS-01)', async () => {
  const before = simulator.connections
  const port = simulator.host.split(':')[1]
  for (const url of [
    `https://${simulator.host}/`,
    `https://127.0.0.1:${port}/`,
    'https://localhost/',
    'https://[::1]/',
  ])
    await failsAs(post({ url, allowPrivateNetworks: false }), 'unreachable')
  assert.equal(simulator.connections, before)
})

test('a connection that rested proves itself by a PING before it carries a message', async () => {
  await post()
  const { pings, connections } = simulator
  const now = performance.now()
  const clock = mock.method(performance, 'now', () => now + 60_000)
  try {
    await Promise.all([post(), post()])
  } finally {
    clock.mock.restore()
  }
  assert.deepEqual([simulator.pings, simulator.connections], [pings + 1, connections])
})
