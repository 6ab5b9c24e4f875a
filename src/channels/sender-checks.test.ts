import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sender } from '../domain/sender.ts'
import type { SenderFinding } from './connector.ts'
import { SendFailure } from './failures.ts'
import type { OutboundHttp } from './http.ts'
import { smsTwilio } from './sms-twilio/index.ts'
import { waCloud } from './wa-cloud/index.ts'

/*
 * What each provider's answers say about a sender's set-up. The answers are the documented resources, cut to what is read;
 * the simulated provider's check is played over HTTP in `http/admin/sender-check.test.ts`.
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
  { display_phone_number: '+1 206-555-0100', status: 'CONNECTED', quality_rating: 'GREEN', ...more },
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
    'the id of another number, banned, of low quality, and nobody subscribed',
    {
      '/10001': phone({ display_phone_number: '+44 20 7946 0000', status: 'BANNED', quality_rating: 'RED' }),
      subscribed_apps: [200, { data: [] }],
    },
    ['credentials ok', 'number wrong', 'registration wrong', 'quality wrong', 'webhook wrong'],
  ],
]
for (const [name, answers, expected] of metaRows)
  test(`Meta: ${name}`, async () => {
    assert.deepEqual(said(await waCloud.check!(meta, provider(answers), hookUrl)), expected)
  })
