import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedAccount, simulatedSender } from '../../../test/simulators/twilio/index.ts'
import { signedByTwilio, twilioConnector } from '../../../test/twilio-connector.ts'
import type { FailureKind } from '../failures.ts'
import { connectorSuite } from '../suite.ts'
import { errorCodes } from '../twilio/error-codes.ts'
import { smsTwilio } from './index.ts'

const { simulator, kindOfSend, refusedWith, kindEndedWith, exchanges } = await twilioConnector(smsTwilio)

/** A gateway's error page that repeats every credential it saw. */
function refusedByGossip(): Promise<FailureKind> {
  const basic = btoa(`${simulatedAccount.accountSid}:${simulatedAccount.authToken}`)
  const body = `<html>Authorization: Basic ${basic} token=${simulatedAccount.authToken} ${simulatedAccount.authToken}</html>`
  simulator.fault({ phase: 'api', do: 'raw', status: 502, body })
  return kindOfSend()
}

connectorSuite(smsTwilio, {
  sender: simulatedSender('https://api.twilio.com'),
  secrets: [
    simulatedAccount.authToken,
    simulatedAccount.apiKeys[0].secret,
    `${simulatedAccount.accountSid}:${simulatedAccount.authToken}`,
  ],
  fixtures: new URL('fixtures/', import.meta.url),
  sign: signedByTwilio,
  claims: [...new Set(Object.values(errorCodes).map(({ kind }) => kind)), 'unreachable'],
  provoke: {
    unreachable: () => kindOfSend({}, 'http://127.0.0.1:9'),
    throttled: () => refusedWith(429, 20429),
    misconfigured: () => refusedWith(401, 20003),
    'invalid-recipient': () => refusedWith(400, 21211),
    'not-reachable-here': () => refusedWith(400, 21635),
    'opted-out': () => refusedWith(400, 21610),
    'content-rejected': () => refusedWith(400, 21617),
    'template-rejected': () => refusedWith(400, 21656),
    'unknown-outcome': () => refusedByGossip(),
    blocked: () => kindEndedWith(30007),
    'refused-for-now': () => kindEndedWith(30003),
    expired: () => kindEndedWith(30036),
    'window-closed': () => kindEndedWith(63016),
  },
  exchanges,
})

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
    if (at !== 'C')
      assert.equal(await kindEndedWith(Number(code)), kind === 'throttled' ? 'refused-for-now' : kind, code)
})
