import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulatedBusiness, simulatedWaSender, startMetaSimulator, waWayOut } from '../../test/simulators/meta/index.ts'
import { contracts } from '../../test/simulators/twilio/contract.ts'
import {
  simulatedAccount,
  simulatedSender,
  simulatedWayOut,
  simulatedWhatsappSender,
  startTwilioSimulator,
} from '../../test/simulators/twilio/index.ts'
import type { Sender } from '../domain/sender.ts'
import type { SenderFinding } from './connector.ts'
import { SendFailure } from './failures.ts'
import type { OutboundHttp } from './http.ts'
import { smsTwilio } from './sms-twilio/index.ts'
import { waCloud } from './wa-cloud/index.ts'
import { waTwilio } from './wa-twilio/index.ts'

/*
 * What each provider's answers say about a sender's set-up. That the right things are asked, the providers' simulators hold
 * against the providers' own descriptions; whatever else can be answered is given below, cut to what is read.
 */
const hookUrl = 'https://c2m.example/hooks/x/1/2'
const sid = `AC${'0'.repeat(32)}`
const service = `MG${'1'.repeat(32)}`
const number = '+12065550100'

const twilio = (settings: Record<string, unknown> = {}): Sender => ({
  ...{ accountId: '1', senderId: '2', connector: 'sms-twilio', channel: 'sms', address: number, title: 'SMS' },
  ...{ enabled: true, broken: null, settings: { accountSid: sid, authToken: 'token', ...settings } },
})
const meta: Sender = {
  ...twilio(),
  ...{ connector: 'wa-cloud', channel: 'wa' },
  settings: {
    phoneNumberId: '10001',
    wabaId: '20002',
    accessToken: 'token',
    appSecret: 's',
    verifyToken: 'long-enough',
  },
}

/** Answers by the end of the path asked for; anything else asked is a fault of the connector. */
const provider =
  (answers: Record<string, [number, unknown]>): OutboundHttp =>
  async ({ url, method }) => {
    assert.equal(method, 'GET')
    const path = new URL(url).pathname
    const [, [status, body]] = Object.entries(answers).find(([end]) => path.endsWith(end)) ?? ['', [404, {}]]
    return { status, headers: {}, text: JSON.stringify(body) }
  }
const said = (findings: readonly SenderFinding[]) => findings.map(({ what, ok }) => `${what} ${ok ? 'ok' : 'wrong'}`)

const active: [number, unknown] = [200, { status: 'active' }]
const numberWith = (more: object): [number, unknown] => [
  200,
  { incoming_phone_numbers: [{ phone_number: number, capabilities: { sms: true }, sms_url: hookUrl, ...more }] },
]
const accounts = `${sid}.json`
const numbers = 'IncomingPhoneNumbers.json'

const twilioRows: [string, Record<string, unknown>, Record<string, [number, unknown]>, readonly string[]][] = [
  ['all is well', {}, { [accounts]: active, [numbers]: numberWith({}) }, ['credentials ok', 'number ok', 'webhook ok']],
  ['a wrong token', {}, { [accounts]: [401, { code: 20003 }] }, ['credentials wrong']],
  ['a suspended account', {}, { [accounts]: [200, { status: 'suspended' }] }, ['credentials wrong']],
  [
    "somebody else's number",
    {},
    { [accounts]: active, [numbers]: [200, { incoming_phone_numbers: [] }] },
    ['credentials ok', 'number wrong'],
  ],
  [
    'a number without texts, its webhook elsewhere',
    {},
    { [accounts]: active, [numbers]: numberWith({ capabilities: { sms: false }, sms_url: 'https://old.example' }) },
    ['credentials ok', 'number wrong', 'webhook wrong'],
  ],
  [
    'an API key, which may not see the account',
    { apiKeySid: `SK${'2'.repeat(32)}`, apiKeySecret: 'secret' },
    { 'Messages.json': [200, { messages: [] }], [numbers]: numberWith({}) },
    ['credentials ok', 'number ok', 'webhook ok'],
  ],
  [
    'a service whose webhook is elsewhere',
    { messagingServiceSid: service },
    { [accounts]: active, [numbers]: numberWith({ sms_url: '' }), [service]: [200, { inbound_request_url: null }] },
    ['credentials ok', 'number ok', 'messaging-service ok', 'webhook wrong'],
  ],
  [
    'a service that is gone',
    { messagingServiceSid: service },
    { [accounts]: active, [numbers]: numberWith({}) },
    ['credentials ok', 'number ok', 'messaging-service wrong'],
  ],
]
for (const [name, settings, answers, expected] of twilioRows)
  test(`Twilio: ${name}`, async () => {
    const findings = await smsTwilio.check!(twilio(settings), provider(answers), hookUrl)
    assert.deepEqual(said(findings), expected)
    const webhook = findings.find(({ what, ok }) => what === 'webhook' && !ok)
    if (webhook !== undefined) assert.ok(webhook.sentence.includes(hookUrl))
    assert.ok(!JSON.stringify(findings).includes('token'))
  })

test('Twilio that does not answer is no finding about the sender', async () => {
  await assert.rejects(
    async () => smsTwilio.check!(twilio(), provider({ [accounts]: [503, {}] }), hookUrl),
    (error) => error instanceof SendFailure,
  )
})

const phone = (more: object): [number, unknown] => [
  200,
  { display_phone_number: '+1 206-555-0100', platform_type: 'CLOUD_API', quality_rating: 'GREEN', ...more },
]
const subscribed: [number, unknown] = [200, { data: [{ whatsapp_business_api_data: { id: '1' } }] }]
const metaRows: [string, Record<string, [number, unknown]>, readonly string[]][] = [
  [
    'all is well',
    { '/10001': phone({}), subscribed_apps: subscribed },
    ['credentials ok', 'number ok', 'registration ok', 'quality ok', 'webhook ok'],
  ],
  ['a dead token', { '/10001': [401, { error: { code: 190, message: 'expired' } }] }, ['credentials wrong']],
  [
    'the id of another number, not registered, of low quality, and nobody subscribed',
    {
      '/10001': phone({
        display_phone_number: '+44 20 7946 0000',
        platform_type: 'NOT_APPLICABLE',
        quality_rating: 'RED',
      }),
      subscribed_apps: [200, { data: [] }],
    },
    ['credentials ok', 'number wrong', 'registration wrong', 'quality wrong', 'webhook wrong'],
  ],
]
for (const [name, answers, expected] of metaRows)
  test(`Meta: ${name}`, async () => {
    assert.deepEqual(said(await waCloud.check!(meta, provider(answers), hookUrl)), expected)
  })

test('Twilio is asked as its own description says, for a number and for a service', async () => {
  const simulator = await startTwilioSimulator({ accounts: [simulatedAccount] })
  try {
    const { http, exchanges } = simulatedWayOut(simulator.baseUrl)
    const ours = 'http://127.0.0.1:9/hooks/sms-twilio/1/2'
    const sender = simulatedSender(simulator.baseUrl)
    assert.deepEqual(said(await smsTwilio.check!(sender, http, ours)), ['credentials ok', 'number ok', 'webhook wrong'])
    simulator.inboundUrl(sender.address, ours)
    assert.deepEqual(said(await smsTwilio.check!(sender, http, ours)), ['credentials ok', 'number ok', 'webhook ok'])
    const { sid } = simulatedAccount.messagingServices[0]
    simulator.inboundUrl(sid, ours)
    const whatsapp = simulatedWhatsappSender(simulator.baseUrl, { messagingServiceSid: sid })
    const expected = ['credentials ok', 'messaging-service ok', 'webhook ok']
    assert.deepEqual(said(await waTwilio.check!(whatsapp, http, ours)), expected)
    const stranger = { ...sender, settings: { ...sender.settings, authToken: 'wrong' } }
    assert.deepEqual(said(await smsTwilio.check!(stranger, http, ours)), ['credentials wrong'])
    assert.deepEqual(simulator.violations, [])
    assert.ok(!JSON.stringify(exchanges).includes(simulatedAccount.authToken))
    for (const operation of ['account', 'numbers', 'service'] as const) {
      const path = {
        account: `/2010-04-01/Accounts/${simulatedAccount.accountSid}.json`,
        numbers: `/2010-04-01/Accounts/${simulatedAccount.accountSid}/IncomingPhoneNumbers.json`,
        service: `/v1/Services/${sid}`,
      }[operation]
      const basic = Buffer.from(`${simulatedAccount.accountSid}:${simulatedAccount.authToken}`).toString('base64')
      const answer = await fetch(simulator.baseUrl + path, { headers: { authorization: `Basic ${basic}` } })
      assert.deepEqual(contracts[operation].answer(await answer.json()), [], operation)
    }
  } finally {
    await simulator.close()
  }
})

test('Meta is asked with the token, and an account without a subscribed app is told', async () => {
  for (const [business, last] of [
    [simulatedBusiness, 'webhook ok'],
    [{ ...simulatedBusiness, unsubscribed: true }, 'webhook wrong'],
  ] as const) {
    const simulator = await startMetaSimulator({ businesses: [business] })
    try {
      const { http } = waWayOut(simulator.baseUrl)
      const sender = simulatedWaSender(simulator.baseUrl)
      const expected = ['credentials ok', 'number ok', 'registration ok', 'quality ok', last]
      assert.deepEqual(said(await waCloud.check!(sender, http, hookUrl)), expected)
      const stranger = { ...sender, settings: { ...sender.settings, accessToken: 'wrong' } }
      assert.deepEqual(said(await waCloud.check!(stranger, http, hookUrl)), ['credentials wrong'])
      assert.deepEqual(simulator.violations, [])
    } finally {
      await simulator.close()
    }
  }
})
