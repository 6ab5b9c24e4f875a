import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { metaStage } from '../../../test/provider-stage.ts'
import { metaSignature, simulatedBusiness, simulatedWaSender, waOutgoing } from '../../../test/simulators/meta/index.ts'
import type { FailureKind } from '../failures.ts'
import { connectorSuite } from '../suite.ts'
import { errorCodes } from './error-codes.ts'
import { waCloud } from './index.ts'

const { simulator, sender, http, failure, exchanges } = await metaStage()
/** A webhook that says yes to everything. */
const receiver = createServer((request, response) => void request.resume().on('end', () => response.end()))
before(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  const { port } = receiver.address() as AddressInfo
  simulator.callbackUrl(simulatedBusiness.wabaId, `http://127.0.0.1:${port}/hooks`)
})
after(() => void receiver.close())

const token = simulatedBusiness.tokens[0].token
const kindOfSend = async (baseUrl?: string): Promise<FailureKind> =>
  (await failure(waCloud, waOutgoing(), baseUrl)).kind

function refusedWith(code: number, status = 400, more: { subcode?: number; details?: string } = {}) {
  simulator.fault({ phase: 'api', do: 'error', status, code, ...more })
  return kindOfSend()
}

/** A gateway's error page that repeats every credential it saw. */
function refusedByGossip(): Promise<FailureKind> {
  const body = `<html>Authorization: Bearer ${token} secret=${simulatedBusiness.appSecret} ${simulatedBusiness.verifyToken}</html>`
  simulator.fault({ phase: 'api', do: 'raw', status: 502, body })
  return kindOfSend()
}

/** Sends, lets the simulator end the message with `code`, and reads the webhook that says so. */
async function endedWith(code: number): Promise<FailureKind> {
  simulator.fault({ phase: 'status', do: 'end', code })
  await waCloud.send(waOutgoing(), sender(), http())
  await simulator.advance()
  const { url, body } = simulator.webhooks.at(-1)!
  const [heard] = waCloud.hooks!.parse({ method: 'POST', url, headers: {}, body: Buffer.from(body) }, sender())
  assert.ok(heard?.kind === 'status' && heard.status === 'failed' && heard.failure !== null)
  assert.equal(heard.failure.providerCode, String(code))
  return heard.failure.kind
}

connectorSuite(waCloud, {
  sender: simulatedWaSender('https://graph.facebook.com'),
  secrets: [token, simulatedBusiness.appSecret, simulatedBusiness.verifyToken],
  fixtures: new URL('fixtures/', import.meta.url),
  signsBodyOnly: true,
  sign: (hook, genuine) => {
    const secret = genuine ? simulatedBusiness.appSecret : 'another-secret'
    return { ...hook, headers: { ...hook.headers, 'x-hub-signature-256': metaSignature(secret, hook.body) } }
  },
  claims: [
    ...new Set(Object.values(errorCodes).map((kind) => (kind === 'transient' ? 'unknown-outcome' : kind))),
    'unreachable',
  ],
  provoke: {
    unreachable: () => kindOfSend('http://127.0.0.1:9'),
    throttled: () => refusedWith(130429, 429),
    misconfigured: () => refusedWith(190, 401),
    'invalid-recipient': () => refusedWith(131021),
    'not-reachable-here': () => endedWith(131026),
    'opted-out': () => endedWith(131050),
    'window-closed': () => endedWith(131047),
    'template-rejected': () => refusedWith(132015),
    'content-rejected': () => refusedWith(131009),
    blocked: () => refusedWith(130497, 403),
    'refused-for-now': () => endedWith(131049),
    'unknown-outcome': () => refusedByGossip(),
  },
  exchanges,
})

test('every code of the error table means in an answer what the table says, whatever the HTTP status', async () => {
  for (const [code, meaning] of Object.entries(errorCodes)) {
    const number = Number(code)
    if (meaning === 'transient') {
      assert.equal(await refusedWith(number, 400), 'throttled', `${code} with 400`)
      assert.equal(await refusedWith(number, 503), 'unknown-outcome', `${code} with 503`)
    } else
      for (const status of [400, 500]) assert.equal(await refusedWith(number, status), meaning, `${code} ${status}`)
  }
})

test('every code of the error table means in a webhook what the table says, and is never tried again', async () => {
  for (const [code, meaning] of Object.entries(errorCodes)) {
    const expected = meaning === 'transient' || meaning === 'throttled' ? 'refused-for-now' : meaning
    assert.equal(await endedWith(Number(code)), expected, code)
  }
})

test('codes that are not in the table go by their range, their details and the HTTP status', async () => {
  const rows: readonly (readonly [number, number, { subcode?: number; details?: string }, FailureKind])[] = [
    [294, 400, {}, 'misconfigured'],
    [132099, 400, {}, 'template-rejected'],
    [139999, 400, {}, 'content-rejected'],
    [139999, 401, {}, 'misconfigured'],
    [139999, 403, {}, 'misconfigured'],
    [139999, 404, {}, 'misconfigured'],
    [139999, 408, {}, 'unknown-outcome'],
    [139999, 429, {}, 'throttled'],
    [139999, 500, {}, 'unknown-outcome'],
    [139999, 200, {}, 'unknown-outcome'],
    [139999, 302, {}, 'unknown-outcome'],
    [100, 400, { subcode: 33 }, 'misconfigured'],
    [100, 400, { details: "Parameter 'to' is not valid" }, 'invalid-recipient'],
    [131009, 400, { details: 'Recipient phone number is not valid' }, 'invalid-recipient'],
    [131009, 400, { details: 'recipient_type must be individual' }, 'content-rejected'],
    [131008, 400, { details: 'Required parameter is missing' }, 'content-rejected'],
  ]
  for (const [code, status, more, expected] of rows)
    assert.equal(await refusedWith(code, status, more), expected, `${code} ${status} ${JSON.stringify(more)}`)
})
