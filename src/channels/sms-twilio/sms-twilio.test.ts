import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import {
  outgoing,
  simulatedAccount,
  simulatedSender,
  simulatedWayOut,
  startTwilioSimulator,
  type TwilioSimulator,
  twilioSignature,
} from '../../../test/simulators/twilio/index.ts'
import type { Heard, RawHook } from '../connector.ts'
import { type FailureKind, SendFailure } from '../failures.ts'
import type { Exchange } from '../http.ts'
import { connectorSuite } from '../suite.ts'
import { errorCodes } from '../twilio/error-codes.ts'
import { smsTwilio } from './index.ts'

let simulator: TwilioSimulator
const exchanges: Exchange[] = []
before(async () => {
  simulator = await startTwilioSimulator({ accounts: [simulatedAccount] })
})
after(async () => {
  assert.deepEqual(simulator.violations, [])
  await simulator.close()
})

/** Sends once with the given error answer scripted, and tells the kind of failure. */
async function refusedWith(status: number, code: number): Promise<FailureKind> {
  simulator.fault({ phase: 'api', do: 'error', status, code })
  return kindOfSend(simulator.baseUrl)
}

/** A gateway's error page that repeats every credential it saw. */
function refusedByGossip(): Promise<FailureKind> {
  const basic = btoa(`${simulatedAccount.accountSid}:${simulatedAccount.authToken}`)
  const body = `<html>Authorization: Basic ${basic} token=${simulatedAccount.authToken} ${simulatedAccount.authToken}</html>`
  simulator.fault({ phase: 'api', do: 'raw', status: 502, body })
  return kindOfSend(simulator.baseUrl)
}

async function kindOfSend(baseUrl: string): Promise<FailureKind> {
  const { http, exchanges: recorded } = simulatedWayOut(baseUrl)
  try {
    await smsTwilio.send(outgoing(), simulatedSender(baseUrl), http)
  } catch (error) {
    assert.ok(error instanceof SendFailure)
    return error.kind
  } finally {
    exchanges.push(...recorded)
  }
  throw new Error('The message was sent.')
}

/** Sends, lets the simulator end the message with `errorCode`, and reads the last callback. */
async function endedWith(errorCode: number): Promise<FailureKind> {
  simulator.fault({ phase: 'status', do: 'end', status: 'undelivered', errorCode })
  const { http, exchanges: recorded } = simulatedWayOut(simulator.baseUrl)
  await smsTwilio.send(outgoing(), simulatedSender(simulator.baseUrl), http)
  exchanges.push(...recorded)
  await simulator.drain()
  const { url, params } = simulator.webhooks.at(-1)!
  const heard = smsTwilio.hooks!.parse(formHook(url, params), simulatedSender(simulator.baseUrl))[0] as Heard
  assert.ok(heard.kind === 'status' && heard.failure !== null)
  return heard.failure.kind
}

function formHook(url: string, params: Readonly<Record<string, string>>): RawHook {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', url, headers, body: Buffer.from(new URLSearchParams({ ...params }).toString()) }
}

connectorSuite(smsTwilio, {
  sender: simulatedSender('https://api.twilio.com'),
  secrets: [
    simulatedAccount.authToken,
    simulatedAccount.apiKeys[0].secret,
    `${simulatedAccount.accountSid}:${simulatedAccount.authToken}`,
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  sign: (hook, genuine) => signed(hook, genuine ? simulatedAccount.authToken : 'another-token'),
  claims: [...new Set(Object.values(errorCodes).map(({ kind }) => kind)), 'unreachable'],
  provoke: {
    unreachable: () => kindOfSend('http://127.0.0.1:9'),
    throttled: () => refusedWith(429, 20429),
    misconfigured: () => refusedWith(401, 20003),
    'invalid-recipient': () => refusedWith(400, 21211),
    'not-reachable-here': () => refusedWith(400, 21635),
    'opted-out': () => refusedWith(400, 21610),
    'content-rejected': () => refusedWith(400, 21617),
    'template-rejected': () => refusedWith(400, 21656),
    'unknown-outcome': () => refusedByGossip(),
    blocked: () => endedWith(30007),
    'refused-for-now': () => endedWith(30003),
    expired: () => endedWith(30036),
    'window-closed': () => endedWith(63016),
  },
  exchanges: () => exchanges,
})

/** Signs as Twilio does; a JSON body by its hash in the URL. */
function signed(hook: RawHook, token: string): RawHook {
  if (hook.headers['content-type'] !== 'application/json') {
    const fields = Object.fromEntries(new URLSearchParams(hook.body.toString()))
    return { ...hook, headers: { ...hook.headers, 'x-twilio-signature': twilioSignature(token, hook.url, fields) } }
  }
  const hash = bodyHash(hook.body)
  const url = `${hook.url}?bodySHA256=${hash}`
  return { ...hook, url, headers: { ...hook.headers, 'x-twilio-signature': twilioSignature(token, url, {}) } }
}

function bodyHash(body: Buffer): string {
  return createHash('sha256').update(body).digest('hex')
}

test('every number of the error table means at create time what the table says', async () => {
  for (const [code, { at, kind }] of Object.entries(errorCodes)) {
    if (at === 'S') continue
    const status = { 20003: 401, 20404: 404, 20429: 429, 20500: 500 }[code] ?? 400
    assert.equal(await refusedWith(status, Number(code)), kind, code)
  }
})

test('every number of the error table means in a callback what the table says', async () => {
  // What has failed has failed: "slow down" is then no reason to send the same once more.
  for (const [code, { at, kind }] of Object.entries(errorCodes))
    if (at !== 'C') assert.equal(await endedWith(Number(code)), kind === 'throttled' ? 'refused-for-now' : kind, code)
})
