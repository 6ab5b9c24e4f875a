import assert from 'node:assert/strict'
import { test } from 'node:test'
import { failureOf } from '../../../test/failure-of.ts'
import { twilioStage } from '../../../test/provider-stage.ts'
import {
  type ApiFault,
  outgoing,
  simulatedAccount,
  startTwilioSimulator,
} from '../../../test/simulators/twilio/index.ts'
import type { Outgoing } from '../connector.ts'
import type { SendFailure } from '../failures.ts'
import type { Exchange } from '../http.ts'
import { send } from './send.ts'

const { simulator, sender, http, wayOut } = await twilioStage()

interface Tried {
  readonly failure: SendFailure
  readonly exchange: Exchange
}

const sendWith = (settings: Record<string, unknown> = {}, out: Partial<Outgoing> = {}, timeoutMs?: number) => {
  const { http, exchanges } = wayOut(timeoutMs)
  return { sent: send(outgoing(out), sender(settings), http), exchanges }
}

async function refused(fault: ApiFault, timeoutMs?: number): Promise<Tried> {
  simulator.fault({ phase: 'api', ...fault })
  const { sent, exchanges } = sendWith({}, {}, timeoutMs)
  const failure = await failureOf(sent)
  assert.equal(simulator.requests.length, 1, 'a create is never repeated')
  return { failure, exchange: exchanges[0]! }
}

test('a text goes out by number, with callback and validity; the answer’s id comes back', async () => {
  const { sent, exchanges } = sendWith()
  const { providerId, status } = await sent
  assert.equal(status, 'sending')
  const [accepted] = simulator.accepted
  assert.equal(providerId, accepted!.sid)
  assert.equal(accepted!.from, simulatedAccount.numbers[0])
  assert.equal(accepted!.to, outgoing().to)
  assert.equal(accepted!.body, outgoing().text)
  assert.equal(accepted!.statusCallback, `${outgoing().statusUrl}#rc=5&rp=all`)
  assert.equal(accepted!.validityPeriod, 600)
  assert.equal(accepted!.messagingServiceSid, null)
  assert.equal(exchanges[0]!.status, 201)
  assert.match(exchanges[0]!.requestBody!, /To=\+1206•••0123&From=\+1206•••0100&Body=\[text, 36 characters\]/)
  assert.ok(!JSON.stringify(exchanges).includes('we are ready'))
})

test('with a Messaging Service: both, or the service alone when it is the address', async () => {
  const { sid } = simulatedAccount.messagingServices[0]
  const byService = sender({ messagingServiceSid: sid })
  await send(outgoing(), { ...byService, address: '+12065550101' }, http())
  await send(outgoing(), { ...byService, address: sid }, http())
  assert.deepEqual(
    simulator.accepted.map(({ from, messagingServiceSid }) => [from, messagingServiceSid]),
    [
      ['+12065550101', sid],
      [null, sid],
    ],
  )
})

test('an API key sends in the account’s name; a wrong secret is our fault and nothing goes out', async () => {
  const [{ sid, secret }] = simulatedAccount.apiKeys
  await sendWith({ apiKeySid: sid, apiKeySecret: secret }).sent
  assert.equal(simulator.accepted.length, 1)
  await assert.rejects(sendWith({ apiKeySid: sid, apiKeySecret: 'old' }).sent, {
    kind: 'misconfigured',
    providerCode: '20003',
  })
  await assert.rejects(sendWith({ authToken: 'old' }).sent, { kind: 'misconfigured' })
  assert.equal(simulator.accepted.length, 1)
})

test('the time to live stays within Twilio’s bounds, or is left to Twilio', async () => {
  for (const ttlSeconds of [0, 1, 5.9, 36_000, 86_400, null]) await sendWith({}, { ttlSeconds }).sent
  assert.deepEqual(
    simulator.accepted.map(({ validityPeriod }) => validityPeriod),
    [1, 1, 5, 36_000, 36_000, null],
  )
})

test('every persona and magic number is refused as what it is', async () => {
  simulator.persona('+12065550140', 'opted-out')
  simulator.persona('+12065550141', 'invalid')
  simulator.persona('+12065550142', 'landline-refused')
  for (const [to, kind] of [
    ['+12065550140', 'opted-out'],
    ['+12065550141', 'invalid-recipient'],
    ['+12065550142', 'not-reachable-here'],
    ['+15005550001', 'invalid-recipient'],
    ['+15005550002', 'not-reachable-here'],
    ['+15005550003', 'blocked'],
    ['+15005550004', 'opted-out'],
    ['+15005550009', 'not-reachable-here'],
  ] as const)
    await assert.rejects(sendWith({}, { to }).sent, { kind })
  await assert.rejects(sendWith({}, { text: 'x'.repeat(1601) }).sent, {
    kind: 'content-rejected',
    providerCode: '21617',
  })
  await assert.rejects(sendWith({}, { statusUrl: 'https://my_host.test/x' }).sent, {
    kind: 'misconfigured',
    providerCode: '21609',
  })
  assert.equal(simulator.accepted.length, 0)
})

test('a number Twilio has not told us about: a definite no, kept with its number', async () => {
  const { failure } = await refused({ do: 'error', status: 400, code: 29999 })
  assert.deepEqual([failure.kind, failure.providerCode], ['content-rejected', '29999'])
})

test('429 waits as long as it is told, within an hour (PO-01)', async () => {
  const inTwoMinutes = new Date(Date.now() + 120_000).toUTCString()
  for (const [retryAfter, from, until] of [
    ['2', 2000, 2000],
    ['0', 0, 0],
    [inTwoMinutes, 110_000, 121_000],
    ['1000000000', 3_600_000, 3_600_000],
    [new Date(0).toUTCString(), 0, 0],
  ] as const) {
    const { failure } = await refused({ do: 'error', status: 429, retryAfter })
    assert.equal(failure.kind, 'throttled')
    assert.ok(failure.retryAfterMs! >= from && failure.retryAfterMs! <= until, `${retryAfter}: ${failure.retryAfterMs}`)
    simulator.reset()
  }
  for (const retryAfter of [undefined, 'soon', '-1']) {
    const { failure } = await refused({ do: 'error', status: 429, ...(retryAfter ? { retryAfter } : {}) })
    assert.deepEqual([failure.kind, failure.retryAfterMs], ['throttled', null])
    simulator.reset()
  }
})

test('a server error may have sent or not: unknown either way (PO-02)', async () => {
  for (const status of [500, 502, 503, 504])
    for (const accepts of [true, false]) {
      const { failure } = await refused({ do: 'error', status, accepts })
      assert.equal(failure.kind, 'unknown-outcome')
      assert.equal(simulator.accepted.length, accepts ? 1 : 0)
      simulator.reset()
    }
})

test('a connection that breaks, wherever, once the request was out: unknown (PO-03)', async () => {
  for (const fault of [
    { do: 'cut', accepts: true },
    { do: 'cut', accepts: false },
    { do: 'cut', accepts: true, afterBytes: 1 },
    { do: 'cut', accepts: true, afterBytes: 200 },
  ] as const) {
    const { failure, exchange } = await refused(fault)
    assert.equal(failure.kind, 'unknown-outcome')
    assert.match(exchange.failure!, /^unknown-outcome: /)
    simulator.reset()
  }
})

test('too slow, a byte at a time, without end, or a bomb: unknown, within the deadline and the cap (PO-03, PO-04)', async () => {
  for (const [fault, timeoutMs] of [
    [{ do: 'hold', accepts: true }, 700],
    [{ do: 'drip', everyMs: 20 }, 700],
    [{ do: 'raw', status: 201, body: 'x'.repeat(1000), repeat: 300 }, 5000],
    [{ do: 'raw', status: 201, body: ' '.repeat(1000), repeat: 20_000, gzip: true }, 5000],
  ] as const) {
    const { failure } = await refused(fault, timeoutMs)
    assert.equal(failure.kind, 'unknown-outcome', fault.do)
    simulator.reset()
  }
})

test('a yes that names no message of ours is unknown (PO-05)', async () => {
  const json = 'application/json'
  const faults: readonly ApiFault[] = [
    { do: 'raw', status: 200, body: '<html>Welcome</html>' },
    { do: 'raw', status: 201, body: '' },
    { do: 'raw', status: 204, body: '' },
    { do: 'raw', status: 201, body: '[]', contentType: json },
    { do: 'raw', status: 201, body: 'null', contentType: json },
    { do: 'raw', status: 201, body: '{"sid": "SM1"', contentType: json },
    { do: 'patch', fields: { sid: null } },
    { do: 'patch', fields: { sid: 7 } },
    { do: 'patch', fields: { sid: ['SM'] } },
    { do: 'patch', fields: { sid: 'SM123' } },
    { do: 'patch', fields: { account_sid: null } },
    { do: 'patch', fields: { account_sid: `AC${'0'.repeat(32)}` } },
  ]
  for (const fault of faults) {
    const { failure } = await refused(fault)
    assert.equal(failure.kind, 'unknown-outcome', JSON.stringify(fault))
    simulator.reset()
  }
})

test('strange other fields do not spoil a clear yes', async () => {
  for (const fields of [{ status: 7 }, { status: 'teleported' }, { error_code: 'x' }, { body: null, to: [] }]) {
    simulator.fault({ phase: 'api', do: 'patch', fields })
    assert.equal((await sendWith().sent).status, 'sending')
  }
  simulator.fault({ phase: 'api', do: 'patch', fields: { status: 'delivered' } })
  assert.equal((await sendWith().sent).status, 'sent')
})

test('a message that was created as failed is a definite no with its number', async () => {
  const { failure } = await refused({ do: 'patch', fields: { status: 'failed', error_code: 30034 } })
  assert.deepEqual([failure.kind, failure.providerCode], ['misconfigured', '30034'])
})

test('a redirect is not followed, and the credentials stay (PO-06)', async () => {
  const canary = await startTwilioSimulator({ accounts: [simulatedAccount] })
  try {
    for (const status of [301, 302, 303, 307, 308]) {
      const headers = { location: `${canary.baseUrl}/2010-04-01/Accounts/${simulatedAccount.accountSid}/Messages.json` }
      const { failure } = await refused({ do: 'raw', status, body: '', headers })
      assert.equal(failure.kind, 'unknown-outcome')
      simulator.reset()
    }
    assert.equal(canary.requests.length, 0)
  } finally {
    await canary.close()
  }
})

test('refused credentials and wrong addresses are our fault (PO-07)', async () => {
  for (const fault of [
    { do: 'error', status: 401, code: 20003 },
    { do: 'error', status: 403, code: 29999 },
    { do: 'error', status: 404, code: 20404 },
    { do: 'raw', status: 403, body: '<html>Forbidden</html>' },
    { do: 'raw', status: 405, body: '' },
  ] as const) {
    const { failure } = await refused(fault)
    assert.equal(failure.kind, 'misconfigured')
    simulator.reset()
  }
})

test('RFC 9457 error bodies are read as well', async () => {
  const body = JSON.stringify({ type: 'https://x', title: 'Unsubscribed', status: 400, code: 21610, errors: [] })
  const { failure } = await refused({ do: 'raw', status: 400, body, contentType: 'application/problem+json' })
  assert.deepEqual([failure.kind, failure.providerCode], ['opted-out', '21610'])
})
