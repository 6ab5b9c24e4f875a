import assert from 'node:assert/strict'
import { test } from 'node:test'
import { outgoing, simulatedAccount, simulatedWhatsappSender } from '../../../test/simulators/twilio/index.ts'
import { signedByTwilio, twilioConnector } from '../../../test/twilio-connector.ts'
import type { FailureKind } from '../failures.ts'
import { connectorSuite } from '../suite.ts'
import { errorCodes } from '../twilio/error-codes.ts'
import { waTwilio } from './index.ts'

const { sender, http, kindOfSend, refusedWith, endedWith, kindEndedWith, exchanges } = await twilioConnector(
  waTwilio,
  simulatedWhatsappSender,
)

connectorSuite(waTwilio, {
  sender: simulatedWhatsappSender('https://api.twilio.com'),
  secrets: [simulatedAccount.authToken, `${simulatedAccount.accountSid}:${simulatedAccount.authToken}`],
  fixtures: new URL('fixtures/', import.meta.url),
  sign: signedByTwilio,
  claims: [...new Set(Object.values(errorCodes).map(({ kind }) => kind)), 'unreachable'],
  provoke: {
    unreachable: () => kindOfSend({}, 'http://127.0.0.1:9'),
    throttled: () => refusedWith(429, 20429),
    misconfigured: () => kindEndedWith(63020),
    'invalid-recipient': () => kindOfSend({ to: '+0123' }),
    'not-reachable-here': () => kindEndedWith(63003),
    'opted-out': () => kindEndedWith(63014),
    'content-rejected': () => kindEndedWith(63019),
    'template-rejected': () => kindEndedWith(63041),
    'unknown-outcome': () => refusedWith(500, 20500),
    blocked: () => kindEndedWith(63032),
    'refused-for-now': () => kindEndedWith(63049),
    expired: () => kindEndedWith(30036),
    'window-closed': () => kindEndedWith(63016),
  },
  exchanges,
})

/** Providers 1.6, row by row; not read out of the table that it checks. */
const rows: Readonly<Partial<Record<FailureKind, readonly number[]>>> = {
  misconfigured: [63001, 63002, 63007, 63008, 63015, 63020, 63022],
  'not-reachable-here': [63003, 63024],
  'invalid-recipient': [63031],
  'opted-out': [63014],
  'window-closed': [63016],
  'content-rejected': [63005, 63006, 63019, 63021, 63025, 63034, 63037],
  'template-rejected': [63027, 63028, 63029, 63030, 63040, 63041, 63042],
  blocked: [63013, 63026, 63032, 63033],
  // What has failed has failed: a rate that was met is then no reason to send the same once more.
  'refused-for-now': [63009, 63010, 63012, 63017, 63018, 63038, 63049],
}

test('every 63xxx of a callback means what the table of facts says, and none is left out', async () => {
  for (const [kind, codes] of Object.entries(rows))
    for (const code of codes) assert.deepEqual(await endedWith(code), { kind, providerCode: String(code) })
  const listed = Object.values(rows).flat().map(String)
  assert.deepEqual(
    Object.keys(errorCodes).filter((code) => /^63/.test(code) && !listed.includes(code)),
    [],
  )
})

test('at create time 63017 and 63018 mean to wait, and a sender that is none of ours is our fault', async () => {
  for (const code of [63017, 63018]) assert.equal(await refusedWith(400, code), 'throttled')
  const stranger = { ...sender(), address: '+12065550199' }
  await assert.rejects(waTwilio.send(outgoing(), stranger, http()), { kind: 'misconfigured', providerCode: '63007' })
})

test('where WhatsApp’s own number is quoted it tells more than Twilio’s', async () => {
  const quoted: readonly (readonly [string, FailureKind])[] = [
    ['Channel provider returned error: 131026 Message undeliverable', 'not-reachable-here'],
    ['(#131047) Re-engagement message', 'window-closed'],
    ['131049', 'refused-for-now'],
    ['131050', 'opted-out'],
    ['code=132015', 'template-rejected'],
    ['131042 Business eligibility payment issue', 'misconfigured'],
    ['130472', 'refused-for-now'],
    ['no number, or a longer one: 1310260', 'blocked'],
    ['an unheard-of 131999', 'blocked'],
  ]
  for (const [words, kind] of quoted) assert.equal((await endedWith(63013, words)).kind, kind, words)
})
